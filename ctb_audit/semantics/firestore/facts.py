"""What one case of a condition proves."""

from dataclasses import dataclass

from ctb_audit.rules_model import Node, Operation
from ctb_audit.semantics.firestore.cases import Case, Literal
from ctb_audit.semantics.firestore.texts import (
    CLAIMS,
    INCOMING,
    STORED,
    field_of,
    fields,
    holds_identity,
    is_at,
    mentions,
    method_of,
    reads,
    strings_of,
    text_of,
    unknown_call,
    walk,
)

_LOOKUPS = ("get", "exists", "getAfter", "existsAfter")
_ORDERS = ("<", "<=", ">", ">=")
_TESTS = ("matches", "hasAll", "hasOnly", "hasAny")


@dataclass(frozen=True, slots=True)
class Tie:
    """How a literal binds the access to a person: by the `path`, a `stored` or `incoming` field,
    a `role` (a claim, a constant, the person's own record) or as a `member`, by another document
    that the path or the document names. `exact`: the field equals the identity.
    """

    kind: str
    field: str = ""
    exact: bool = False


@dataclass(frozen=True)
class Facts:
    """`unchanged` None: fields are compared with a list that cannot be told. `unknown` is a
    function that nothing defines.
    """

    signed_in: bool
    ties: tuple[Tie, ...]
    kept: frozenset[str] = frozenset()  # fields that the write leaves as they are
    changeable: frozenset[str] | None = None  # the only fields that may change
    undecided: bool = False
    validated: bool = False
    unconditional: bool = False
    unknown: str = ""

    def owned(self, operation: Operation) -> bool:
        """Whether the case binds the operation to a person or a role."""
        return any(self._binds(tie, operation) for tie in self.ties)

    def _binds(self, tie: Tie, operation: Operation) -> bool:
        if tie.kind in ("path", "role", "member"):
            return True
        if tie.kind == "incoming":
            return operation == "create" or (operation == "update" and self.pinned(tie.field))
        return operation != "create"

    @property
    def by_membership(self) -> bool:
        """Whether nothing but a membership binds the case: no role, no path, no field."""
        kinds = {tie.kind for tie in self.ties}
        return kinds == {"member"}

    def pinned(self, field: str) -> bool:
        """Whether an update leaves the field as it is."""
        whole = field.partition(".")[0]
        listed = self.changeable is not None and whole not in self.changeable
        return field in self.kept or whole in self.kept or listed

    def mutable_owner(self) -> tuple[str, ...]:
        """The owner's fields that an update may change; () where ownership rests on none, or on
        the path.
        """
        if any(tie.kind == "path" for tie in self.ties):
            return ()
        owners = {t.field for t in self.ties if t.kind == "stored" and t.exact}
        given = {t.field for t in self.ties if t.kind == "incoming" and t.exact}
        if owners & given or any(self.pinned(owner) for owner in owners):
            return ()
        return tuple(sorted(owners))


def facts_of(case: Case) -> Facts:
    """What holds whenever the case does."""
    unchanged = [_unchanged(literal) for literal in case]
    lists = [u.only for u in unchanged if u.only is not None]
    return Facts(
        signed_in=any(map(_signed_in, case)),
        ties=tuple(tie for literal in case for tie in _ties(literal)),
        kept=frozenset().union(*(u.kept for u in unchanged)),
        changeable=frozenset.intersection(*lists) if lists else None,
        undecided=any(u.undecided for u in unchanged),
        validated=any(map(_validates, case)),
        unconditional=not case,
        unknown=next((name for lit in case if (name := unknown_call(lit.node))), ""),
    )


def _signed_in(literal: Literal) -> bool:
    node = literal.node
    if reads(node, "request.auth"):
        return True
    if node.kind != "binary" or node.text not in ("==", "!=") or len(node.operands) != 2:
        return False
    compared = {text_of(o) for o in node.operands}
    return compared == {"request.auth", "null"} and (node.text == "!=") == literal.positive


# ---- who ---------------------------------------------------------------------------------------


def _ties(literal: Literal) -> list[Tie]:
    node = literal.node
    if not literal.positive:
        return []
    if node.kind == "binary" and node.text == "in" and is_at(node.operands[1], CLAIMS):
        return [Tie("role")]
    if not holds_identity(node):
        return []
    if node.kind == "binary":
        return _compared(node) if _tells(node) else []
    return _bound(node, exact=False)


def _tells(node: Node) -> bool:
    """Whether a comparison says who it is: not `uid != null`, `uid is string`, `uid.size() > 0`."""
    if node.text in ("is", "!=") or any(text_of(o) == "null" for o in node.operands):
        return False
    sized = any((m := method_of(n)) and m[1] == "size" for n in node.operands)
    return not sized


def _compared(node: Node) -> list[Tie]:
    if node.text == "==":
        bare = [o for o in node.operands if not holds_identity(o)]
        return _bound(bare[0] if len(bare) == 1 else node, exact=len(bare) == 1, whole=node)
    return _bound(node, exact=False)


def _bound(node: Node, *, exact: bool, whole: Node | None = None) -> list[Tie]:
    """What the identity is bound to; `whole` the comparison around it."""
    around = whole or node
    if any(n.kind == "call" and n.operands[0].text in _LOOKUPS for n in walk(around)):
        return [Tie("member" if _speaks_of_document(around) else "role")]
    found = []
    for place, kind in ((INCOMING, "incoming"), (STORED, "stored")):
        only = field_of(node, place)
        names = fields(node, place) if only is None else (only,)
        found += [Tie(kind, name, exact and only is not None) for name in names]
        if not found and mentions(node, place):
            found.append(Tie(kind))
    if any(n.kind == "name" and n.text.startswith("{") for n in walk(around)):
        found.append(Tie("path"))
    if any(is_at(n, "resource.id") or is_at(n, "request.resource.id") for n in walk(around)):
        found.append(Tie("path"))
    return found or [Tie("role")]


def _speaks_of_document(node: Node) -> bool:
    """Whether the path's variables or the document's fields stand in it."""
    named = any(n.kind == "name" and n.text.startswith("{") for n in walk(node))
    return named or mentions(node, INCOMING) or mentions(node, STORED)


# ---- what stays, and what is checked ------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Unchanged:
    kept: frozenset[str] = frozenset()
    only: frozenset[str] | None = None
    undecided: bool = False


def _unchanged(literal: Literal) -> _Unchanged:
    node = literal.node
    if node.kind == "binary" and node.text == "==" and literal.positive:
        return _equal_fields(node)
    if node.kind == "binary" and node.text == "in" and not literal.positive:
        left, right = node.operands
        if _changed_keys(right) and left.kind == "string":
            return _Unchanged(frozenset((left.text,)))
    method = method_of(node)
    if method is None or len(method[2]) != 1 or not _changed_keys(method[0]):
        return _Unchanged()
    return _listed(method[1], strings_of(method[2][0]), literal.positive)


def _equal_fields(node: Node) -> _Unchanged:
    left, right = node.operands
    for stored, incoming in ((left, right), (right, left)):
        name = field_of(stored, STORED)
        if name is not None and name == field_of(incoming, INCOMING):
            return _Unchanged(frozenset((name,)))
        if (text_of(stored), text_of(incoming)) == (STORED, INCOMING):
            return _Unchanged(only=frozenset())
    return _Unchanged()


def _listed(name: str, names: frozenset[str] | None, positive: bool) -> _Unchanged:
    if (name, positive) not in (("hasOnly", True), ("hasAny", False)):
        return _Unchanged()
    if names is None:
        return _Unchanged(undecided=True)
    return _Unchanged(only=names) if positive else _Unchanged(names)


def _changed_keys(node: Node) -> bool:
    """`request.resource.data.diff(resource.data).affectedKeys()`, `changedKeys()`, or the older
    `request.writeFields`.
    """
    if is_at(node, "request.writeFields"):
        return True
    keys = method_of(node)
    if keys is None or keys[1] not in ("affectedKeys", "changedKeys"):
        return False
    diff = method_of(keys[0])
    if diff is None or diff[1] != "diff" or len(diff[2]) != 1:
        return False
    return {text_of(diff[0]), text_of(diff[2][0])} == {INCOMING, STORED}


def _validates(literal: Literal) -> bool:
    """Whether the literal says what a written field, or the set of fields, may be."""
    return _is_validation(literal.node)


def _is_validation(node: Node) -> bool:
    if not mentions(node, INCOMING) or holds_identity(node):
        return False
    if node.kind == "binary" and node.text in ("&&", "||"):  # a choice that was left whole
        return (any if node.text == "&&" else all)(map(_is_validation, node.operands))
    if node.kind == "unary":
        return _is_validation(node.operands[0])
    if node.kind == "binary":
        return _validating_comparison(node)
    method = method_of(node)
    return method is not None and method[1] in _TESTS


def _validating_comparison(node: Node) -> bool:
    left, right = node.operands[0], node.operands[-1]
    if node.text in ("is", "in", *_ORDERS):
        return True
    compared = (left, right)
    if any(mentions(side, STORED) for side in compared) or any(
        text_of(side) == "null" for side in compared
    ):
        return False
    return node.text == "=="
