"""A security rule's condition for one person, one operation and one document.

Written apart from `ctb_audit.semantics.firestore`, which is measured with it: values are followed
instead of literals. What a person's own data cannot decide (formats, times, flags) is open.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ctb_audit.rules_model import Node, Operation

Truth = Literal["yes", "no", "open", "error"]
CLAIM, ELSEWHERE = "claim", "another document"
ME, OTHER, THIRD = "me", "other", "third"
LOOKUPS = ("get", "exists", "getAfter", "existsAfter")
UNBOUND_CLAIMS = ("email_verified", "firebase", "iat", "exp", "auth_time", "sub")


@dataclass(frozen=True)
class Value:
    """`person` whose id it is, "me+" for a text that holds the own one; `own` what is looked up
    for, or claimed by, who is signed in; `bound`: beside a variable of the path or a field. `place`
    a part of the request (`request.resource.data.userId`).
    """

    truth: Truth = "open"
    person: str = ""
    own: bool = False
    bound: bool = False
    place: str = ""
    text: str | None = None


OPEN, ERROR, NULL = Value(), Value("error"), Value(text="null")


@dataclass(frozen=True)
class World:
    """One request. `stored`, `incoming`: the person in each field. `roles`: what claims and the
    person's own record say, `membership` what other documents say. `given`: the field by which a
    document is given away.
    """

    person: str
    operation: Operation
    signed_in: bool = True
    roles: Truth = "no"
    membership: Truth = "no"
    stored: Mapping[str, str] = field(default_factory=dict)
    incoming: Mapping[str, str] = field(default_factory=dict)
    variables: str = OTHER
    given: str = ""

    @property
    def changed(self) -> frozenset[str]:
        """The fields of persons that an update changes, by the first part of their names."""
        written = self.incoming.items() if self.operation == "update" else ()
        return frozenset(f.split(".")[0] for f, who in written if self.stored.get(f) != who)


def place_of(node: Node) -> str:
    """`request.resource.data.userId` for the members that spell it, "" for anything else."""
    if node.kind == "name":
        return node.text
    held = place_of(node.operands[0]) if node.kind == "member" else ""
    return f"{held}.{node.text}" if held else ""


def truth_of(node: Node, world: World) -> Truth:
    """Whether the condition holds. As the service does, an error decides nothing beside `&& false`
    and `|| true`.
    """
    if node.kind == "binary" and node.text in ("&&", "||"):
        found = [truth_of(o, world) for o in node.operands]
        order: tuple[Truth, ...] = ("no", "error", "open") if node.text == "&&" else ("yes", "open")
        rest: Truth = "yes" if node.text == "&&" else "no"
        return next((t for t in order if t in found), rest)
    if node.kind == "unary" and node.text == "!":
        return _negated(truth_of(node.operands[0], world))
    if node.kind == "ternary":
        condition, yes, no = (truth_of(o, world) for o in node.operands)
        return {"yes": yes, "no": no, "error": "error"}.get(condition) or _either(yes, no)
    return value_of(node, world).truth


def _negated(truth: Truth) -> Truth:
    flipped: dict[Truth, Truth] = {"yes": "no", "no": "yes"}
    return flipped.get(truth, truth)


def _either(first: Truth, second: Truth) -> Truth:
    return first if first == second else "open"


def _is(holds: bool) -> Value:
    return Value("yes" if holds else "no")


def value_of(node: Node, world: World) -> Value:
    if node.kind == "constant":
        truths: dict[str, Truth] = {"true": "yes", "false": "no"}
        return Value(truths.get(node.text, "open"), text=node.text)
    if node.kind in ("string", "number"):
        return Value(text=node.text)
    if node.kind == "name" and node.text.startswith("{"):
        return Value(person=world.variables)
    kind = node.text if node.kind == "binary" else node.kind
    reader = _READERS.get(kind)
    return OPEN if reader is None else reader(node, world)


def _member(node: Node, world: World) -> Value:
    place = place_of(node)
    if place == "request.method":
        return Value(text=world.operation)
    for root, people, absent in (
        ("request.resource", world.incoming, ("get", "list", "delete")),
        ("resource", world.stored, ("create",)),
    ):
        if place == root:
            return NULL if world.operation in absent else Value("yes", place=root)
        if place.startswith(root + "."):
            if world.operation in absent:
                return ERROR
            name = place.removeprefix(root + ".data.")
            return Value(person=people.get(name, ""), place=place)
    return _identity(node, place, world)


def _identity(node: Node, place: str, world: World) -> Value:
    if place.startswith("request.auth"):
        if not world.signed_in:
            return NULL if place == "request.auth" else ERROR
        if place == "request.auth.uid":
            return Value(person=ME)
        claim = place.removeprefix("request.auth.token.")
        if claim != place and claim.split(".")[0] not in UNBOUND_CLAIMS:
            return Value(world.roles, own=True, place=CLAIM)
        return Value("open" if claim != place else "yes", place=place)
    if node.kind == "member" and not place:
        held = value_of(node.operands[0], world)
        return replace(held, person="") if held != NULL else ERROR
    return Value(place=place)


def _call(node: Node, world: World) -> Value:
    called, *arguments = node.operands
    if called.text in LOOKUPS and called.kind == "name":
        return _looked_up([value_of(a, world) for a in arguments], world)
    return _method(called, arguments, world) if called.kind == "member" else OPEN


def _method(called: Node, arguments: list[Node], world: World) -> Value:
    held = value_of(called.operands[0], world)
    given = [value_of(a, world) for a in arguments]
    if ERROR in (held, *given):
        return ERROR
    lists = called.text in ("hasAny", "hasOnly", "hasAll")
    if lists and _is_diff(called.operands[0]):
        return _of_changes(called.text, arguments, world)
    if held.own or any(g.own for g in given):
        return _of_own((held, *given), world)
    if lists and held.place.startswith("resource"):
        return _is(False) if any(_speaks_of(a, world) for a in arguments) else OPEN
    return Value(place=held.place, bound=held.bound)


def _of_own(values: Sequence[Value], world: World) -> Value:
    """What is looked up for who is signed in: a membership where something else is named."""
    bound = any(map(_is_bound, values))
    return Value(world.membership if bound else world.roles, own=True, bound=bound)


def _is_bound(value: Value) -> bool:
    return value.bound or value.person == OTHER or _is_field(value)


def _speaks_of(node: Node, world: World) -> bool:
    return any(value_of(o, world).person == ME for o in (node, *node.operands))


def _looked_up(arguments: list[Value], world: World) -> Value:
    if ERROR in arguments:
        return ERROR
    if any(a.own or a.person == ME for a in arguments):
        return _of_own(arguments, world)
    return Value("open", bound=any(map(_is_bound, arguments)), place=ELSEWHERE)


def _path(node: Node, world: World) -> Value:
    parts = [value_of(o, world) for o in node.operands]
    if ERROR in parts:
        return ERROR
    own = any(p.own or p.person == ME for p in parts)
    return Value(own=own, bound=any(map(_is_bound, parts)))


def _is_diff(node: Node) -> bool:
    return node.kind == "call" and node.operands[0].text in ("affectedKeys", "changedKeys")


def _of_changes(method: str, arguments: list[Node], world: World) -> Value:
    names = _names(arguments)
    if names is None:
        return OPEN
    if method == "hasOnly":
        return OPEN if world.changed <= names else _is(False)
    return _is(True) if world.changed & names else OPEN


def _names(nodes: list[Node]) -> set[str] | None:
    words = {o.text for n in nodes for o in (n, *n.operands) if o.kind == "string"}
    return words or None


def _equal(node: Node, world: World) -> Value:
    left, right = (value_of(o, world) for o in node.operands)
    if ERROR in (left, right):
        return ERROR
    if "null" in (left.text, right.text):
        return _absent(right if left.text == "null" else left)
    if CLAIM in (left.place, right.place) and (_is_field(left) or _is_field(right)):
        return Value("open" if world.given else "no")  # the document names another's claim
    if left.own or right.own or ELSEWHERE in (left.place, right.place):
        looked = left.own or right.own or ME in (left.person, right.person)
        return _of_own((left, right), world) if looked else OPEN
    return _same(left, right)


def _same(left: Value, right: Value) -> Value:
    if left.person and right.person:
        return _is(left.person.rstrip("+") == right.person.rstrip("+"))
    if left.text is not None and right.text is not None:
        return _is(left.text == right.text)
    constant = left.text is not None or right.text is not None
    return _is(False) if constant and ME in (left.person, right.person) else OPEN


def _is_field(value: Value) -> bool:
    return value.place.startswith(("resource.", "request.resource."))


def _absent(value: Value) -> Value:
    """Whether a value is null."""
    if value.text is not None:
        return _is(value.text == "null")
    known = value.person or (value.truth != "open" and not value.own)
    return _is(False) if known else OPEN


def _unequal(node: Node, world: World) -> Value:
    found = _equal(node, world)
    return Value(_negated(found.truth))


def _among(node: Node, world: World) -> Value:
    left, right = (value_of(o, world) for o in node.operands)
    if ERROR in (left, right):
        return ERROR
    if node.operands[0].kind == "string" and _is_diff(node.operands[1]):
        return _is(True) if node.operands[0].text in world.changed else OPEN
    if left.own or right.own or (left.person == ME and right.place == ELSEWHERE):
        return _of_own((left, right), world)
    if left.text is not None and node.operands[1].kind == "list":
        return _is(left.text in {o.text for o in node.operands[1].operands})
    if left.person == ME:
        listed = node.operands[1].kind == "list"
        return _is(False) if listed or right.place.startswith("resource") else OPEN
    return OPEN


def _computed(node: Node, world: World) -> Value:
    values = [value_of(o, world) for o in node.operands]
    if ERROR in values:
        return ERROR
    is_mine = node.text == "+" and any(v.person.startswith(ME) for v in values)
    return Value(person=ME + "+") if is_mine else OPEN


def _index(node: Node, world: World) -> Value:
    held, *keys = (value_of(o, world) for o in node.operands)
    if ERROR in (held, *keys):
        return ERROR
    if held.own or any(k.person == ME for k in keys):
        outside = held.place == ELSEWHERE or held.place.startswith("resource")
        return _of_own((held, *keys), world) if outside or held.own else OPEN
    return Value(place=held.place, bound=held.bound)


def _chosen(node: Node, world: World) -> Value:
    condition = truth_of(node.operands[0], world)
    if condition == "error":
        return ERROR
    yes, no = (value_of(o, world) for o in node.operands[1:])
    if condition != "open":
        return yes if condition == "yes" else no
    own = next((v for v in (yes, no) if v.own), None)
    return own or Value(_either(yes.truth, no.truth))


Reader = Callable[[Node, World], Value]
_READERS: dict[str, Reader] = {
    "name": _member,
    "member": _member,
    "call": _call,
    "path": _path,
    "index": _index,
    "list": _computed,
    **dict.fromkeys(("unary", "&&", "||"), lambda node, world: Value(truth_of(node, world))),
    "ternary": _chosen,
    "==": _equal,
    "!=": _unequal,
    "in": _among,
    **dict.fromkeys(("<", "<=", ">", ">=", "is", "+", "-", "*", "/", "%"), _computed),
}
