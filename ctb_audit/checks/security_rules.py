"""Firestore security rules, collection by collection (STANDARD section 9).

Each check judges declared collections by every match that applies to them; what matches say of
collections that nobody declares is judged match by match, on a pseudo-object.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from ctb_audit.checks.expectation import column_of
from ctb_audit.checks.registry import ProjectFinding, beside, check, project_check
from ctb_audit.checks.rules_access import (
    Access,
    accesses,
    undeclared,
    words,
)
from ctb_audit.model import Column, Location
from ctb_audit.project import Project, Subject
from ctb_audit.rules_model import WIDER, Operation
from ctb_audit.semantics.firestore import Granted
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

UNOWNED = "{words} is open to whoever is signed in, owner or not"
UNBOUND = "{words} of any document is open to whoever is signed in"
NO_RULES = "no security rule matches the collection"
_CHANGES: tuple[Operation, ...] = ("update", "delete")
Judge = Callable[[Access], Fail | None]
Found = Sequence[tuple[Operation, Granted]]


@check
def unmatched_collection(subject: Subject, project: Project) -> Iterator[Verdict]:
    access = accesses(subject, project)
    if access.matched:
        yield Pass()
    elif access.broken:
        yield Unknown("part of the security rules could not be read")
    else:
        yield Fail("no security rule matches it, so no client may use it")


@check
def open_collection(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield from _judged(accesses(subject, project), _open_to_all)


@beside(open_collection)
def open_matches(project: Project) -> Iterator[ProjectFinding]:
    yield from _undeclared(project, _open_to_all)


def _open_to_all(access: Access) -> Fail | None:
    found = [(o, g) for o, g in access.grants.cases() if g.facts.unconditional]
    return _fail(found, "anybody may {words}, without any condition")


@check
def unauthenticated_access(subject: Subject, project: Project) -> Iterator[Verdict]:
    yield from _judged(accesses(subject, project), _signed_out)


@beside(unauthenticated_access)
def unauthenticated_matches(project: Project) -> Iterator[ProjectFinding]:
    yield from _undeclared(project, _signed_out)


def _signed_out(access: Access) -> Fail | None:
    found = [
        (o, g)
        for o, g in access.grants.cases()
        if not (g.facts.signed_in or g.facts.unconditional or g.facts.unknown)
    ]
    return _fail(found, "{words} is possible without signing in")


@check
def unowned_access(
    subject: Subject, project: Project, *, owner_fields: tuple[str, ...]
) -> Iterator[Verdict]:
    """Where nothing tells whose a document is, reading and creating are nobody's; to change or
    delete what others wrote is judged.
    """
    access = accesses(subject, project)
    named = [f for f in owner_fields if _declares(subject.table.columns, f)]
    if named or access.has_owner(owner_fields) or access.is_below_owned:
        yield from _judged(access, lambda a: _both(_not_owned(a), _in_another_name(a, named)))
    elif access.matched and not list(access.grants.cases(*_CHANGES)):
        yield NotApplicable("neither its documents nor its rules know an owner")
    else:
        yield from _judged(access, _not_bound)


def _declares(columns: Iterable[Column], field: str) -> bool:
    """Whether the documents have the field, `author.uid` for one in a map."""
    name, _, inner = field.partition(".")
    found = next((c for c in columns if c.name == name), None)
    return found is not None and (not inner or _declares(found.fields, inner))


@beside(unowned_access)
def unowned_matches(project: Project, *, owner_fields: tuple[str, ...]) -> Iterator[ProjectFinding]:
    """Nobody declares the documents: only writes."""
    for access in undeclared(project):
        found = [(o, g) for o, g in _without_owner(access) if o in WIDER["write"]]
        known = access.has_owner(owner_fields)
        open_to_all = _fail(found, UNOWNED) if known else _not_bound(access)
        failed = _both(open_to_all, _in_another_name(access, ()))
        if failed is not None:
            yield ProjectFinding(access.name, failed, "firestore", access.surface)


def _both(first: Fail | None, second: Fail | None) -> Fail | None:
    if first is None or second is None:
        return first or second
    return Fail(f"{first.message}; {second.message}", location=first.location)


def _in_another_name(access: Access, declared: Sequence[str]) -> Fail | None:
    found = access.forged(declared)
    if found is None:
        return None
    owner, granted = found
    told = f"whoever is a member may create in another's name: nothing holds {owner} to the writer"
    return Fail(told, location=granted.location)


def _not_owned(access: Access) -> Fail | None:
    return _fail(_without_owner(access), UNOWNED)


def _not_bound(access: Access) -> Fail | None:
    return _fail([(o, g) for o, g in _without_owner(access) if o in _CHANGES], UNBOUND)


def _without_owner(access: Access) -> Found:
    return [
        (o, g)
        for o, g in access.grants.cases()
        if g.facts.signed_in and not g.facts.owned(o) and not g.facts.unknown
    ]


@check
def mutable_owner(subject: Subject, project: Project) -> Iterator[Verdict]:
    access = accesses(subject, project)
    updates = list(access.grants.cases("update"))
    if access.matched and not updates:
        yield NotApplicable("no rule grants an update")
    elif any(g.facts.undecided and g.facts.mutable_owner() for _, g in updates):
        yield Unknown("the fields that an update may change are not written as a list")
    else:
        yield from _judged(access, _owner_changes)


@beside(mutable_owner)
def mutable_owners(project: Project) -> Iterator[ProjectFinding]:
    yield from _undeclared(project, _owner_changes)


def _owner_changes(access: Access) -> Fail | None:
    for _, granted in access.grants.cases("update"):
        facts = granted.facts
        fields = facts.mutable_owner()
        if fields and not facts.undecided:
            shown = " and ".join(fields)
            return Fail(f"an update may change {shown}, the owner", location=granted.location)
    return None


@check
def create_reads_resource(subject: Subject, project: Project) -> Iterator[Verdict]:
    access = accesses(subject, project)
    if access.matched and "create" not in access.grants.named:
        yield NotApplicable("no rule grants create")
    else:
        yield from _judged(access, _never_created)


@beside(create_reads_resource)
def creates_read_resource(project: Project) -> Iterator[ProjectFinding]:
    yield from _undeclared(project, _never_created)


def _never_created(access: Access) -> Fail | None:
    grants = access.grants
    if grants.dead:
        message = "create reads resource, which does not exist yet, so that case can never hold"
        return Fail(message, location=grants.dead[0])
    if not grants.blocked or grants.granted.get("create"):
        return None
    message = "create reads resource, which does not exist yet: no document can ever be created"
    return Fail(message, location=grants.blocked[0])


@check
def unvalidated_collection(subject: Subject, project: Project) -> Iterator[Verdict]:
    access = accesses(subject, project)
    if access.matched and not list(access.grants.cases("create", "update")):
        yield NotApplicable("no rule grants create or update")
    else:
        yield from _judged(access, _unvalidated)


def _unvalidated(access: Access) -> Fail | None:
    found = [
        (o, g)
        for o, g in access.grants.cases("create", "update")
        if not g.facts.validated and not g.facts.unknown
    ]
    return _fail(found, "{words} accepts any fields of any type")


@check
def missing_update_rule(subject: Subject, project: Project) -> Iterator[Verdict]:
    access = accesses(subject, project)
    column = column_of("updated_at", subject, project)
    if column is None:
        yield NotApplicable("its documents have no time of the last update")
    elif not access.matched:
        yield NotApplicable(NO_RULES)
    elif "update" in access.grants.named:
        yield Pass()
    else:
        yield Fail(f"no rule names update, so {column.name} never changes", location=access.place)


@project_check
def unbounded_match(project: Project) -> Iterator[ProjectFinding]:
    for access in undeclared(project, unbounded=True):
        found = [(o, g) for o, g in access.grants.cases() if _is_personal(g)]
        fail = _fail(found, "grants {words} on every collection, named or not")
        if fail is not None:
            yield ProjectFinding(access.name, fail, "firestore", access.surface)


def _is_personal(granted: Granted) -> bool:
    """Not reported as open already, and bound to no role."""
    facts = granted.facts
    return facts.signed_in and not any(tie.kind in ("role", "member") for tie in facts.ties)


# ---- verdicts -----------------------------------------------------------------------------------


def _judged(access: Access, judge: Judge) -> Iterator[Verdict]:
    if not access.matched:
        yield NotApplicable(NO_RULES)
        return
    failed = judge(access)
    if failed is not None:
        yield failed
    elif access.grants.doubts:
        yield Unknown(access.grants.doubts[0])
    else:
        yield Pass()


def _undeclared(project: Project, judge: Judge) -> Iterator[ProjectFinding]:
    for access in undeclared(project):
        failed = judge(access)
        if failed is not None:
            yield ProjectFinding(access.name, failed, "firestore", access.surface)


def _fail(found: Iterable[tuple[Operation, Granted]], message: str) -> Fail | None:
    """One finding for all operations, at the first of the rules that grant them."""
    cases = list(found)
    if not cases:
        return None
    place: Location = min(g.location for _, g in cases)
    return Fail(message.format(words=words(o for o, _ in cases)), location=place)
