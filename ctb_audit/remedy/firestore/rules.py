"""Findings on security rules to edits of `allow` statements (STANDARD section 9).

Every edit narrows what is granted, but for a `create` that could never pass, which then can: all of
them are for somebody to look at.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ctb_audit.checks.rules_access import Access, accesses
from ctb_audit.model import Column, Location
from ctb_audit.project import Project, Subject
from ctb_audit.remedy.firestore.statements import (
    SIGNED_IN,
    Statement,
    guarded,
    scope_at,
    statement_at,
)
from ctb_audit.remedy.in_place.edits import Edit
from ctb_audit.rules_model import Operation
from ctb_audit.semantics.firestore import Granted

_WRITES: tuple[Operation, ...] = ("create", "update")
_DATA = "request.resource.data"
_TESTS = {
    "text": ("string", "''"),
    "number": ("number", "0"),
    "boolean": ("bool", "false"),
    "timestamp": ("timestamp", "request.time"),
    "array": ("list", "[]"),
    "struct": ("map", "{}"),
    "bytes": ("bytes", "b''"),
}
"""What the rules call the types of fields, and a value of each for a field that is absent."""
_INDIRECT = "a function reads resource for it; write one for create that reads request.resource"


@dataclass(frozen=True)
class RuleSite:
    """A collection with a finding on its rules, and the text that those stand in."""

    subject: Subject
    project: Project
    text: str

    @property
    def access(self) -> Access:
        return accesses(self.subject, self.project)


@dataclass(frozen=True, slots=True)
class Repair:
    """Edits of one statement; without any, `reason` says why. `defines`: the block that a function
    is added to, by the place of its brace.
    """

    edits: tuple[Edit, ...] = ()
    reason: str = ""
    defines: int | None = None


def places(check: str, site: RuleSite) -> tuple[Location, ...]:
    """The statements that a finding of the check is about, in order."""
    grants = site.access.grants
    match check:
        case "create_reads_resource":
            return tuple(dict.fromkeys((*grants.dead, *grants.blocked)))
        case "mutable_owner":
            found = _located(grants.cases("update"), lambda g: bool(g.facts.mutable_owner()))
        case "unvalidated_collection":
            found = _located(grants.cases(*_WRITES), lambda g: not g.facts.validated)
        case _:
            found = _located(grants.cases(), _is_open)
    return found


def _is_open(granted: Granted) -> bool:
    facts = granted.facts
    return facts.unconditional or not (facts.signed_in or facts.unknown)


def _located(
    cases: Iterable[tuple[Operation, Granted]], wanted: Callable[[Granted], bool]
) -> tuple[Location, ...]:
    return tuple(dict.fromkeys(g.location for _, g in cases if wanted(g)))


def repair(check: str, site: RuleSite, place: Location) -> Repair:
    """The edits of the statement at `place`."""
    statement = statement_at(site.text, place)
    if statement is None:
        return Repair(reason="the rule is written in a way that is not edited here")
    match check:
        case "open_collection" | "unauthenticated_access":
            return Repair((statement.restricted(SIGNED_IN),))
        case "create_reads_resource":
            return _creatable(statement)
        case "mutable_owner":
            return _pinned(statement, place, site)
        case "unvalidated_collection":
            return _validated(statement, place, site)
    return Repair(reason="who may do what is the owner's to say")


def _creatable(statement: Statement) -> Repair:
    condition = statement.incoming()
    if not condition:
        return Repair(reason=_INDIRECT)
    return Repair(statement.split(("create",), condition))


def _pinned(statement: Statement, place: Location, site: RuleSite) -> Repair:
    cases = site.access.grants.cases("update")
    fields = dict.fromkeys(
        name for _, g in cases if g.location == place for name in g.facts.mutable_owner()
    )
    kept = " && ".join(f"{_DATA}.{name} == resource.data.{name}" for name in fields)
    condition = f"{guarded(statement.condition)} && {kept}"
    return Repair(statement.split(("update",), condition))


def _validated(statement: Statement, place: Location, site: RuleSite) -> Repair:
    """A function that tells the fields apart, called by what creates and updates."""
    tests = _tests(site.subject.table.columns)
    if not tests:
        return Repair(reason="no source says which fields its documents have")
    name = f"isValid{_title(site.subject.name.name)}"
    called = f"{name}()"
    condition = statement.condition
    joined = called if condition in ("", "true") else f"{guarded(condition)} && {called}"
    edits = statement.split(_WRITES, joined)
    scope = scope_at(site.text, place)
    if name in scope.functions:
        return Repair(edits)
    start, head = statement.whole[0], statement.margin
    body = f"{head}  return " + f"{head}    && ".join(tests)
    text = f"function {name}() {{{body};{head}}}{head}"
    return Repair((Edit(start, start, text), *edits), defines=scope.block)


def _title(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in name.replace("-", "_").split("_"))


def _tests(columns: Sequence[Column]) -> list[str]:
    """Required fields are there, and every field is of its type."""
    named = ", ".join(f"'{c.name}'" for c in columns if not c.nullable and c.name.isidentifier())
    found = [f"{_DATA}.keys().hasAll([{named}])"] if named else []
    for column in columns:
        family = "array" if column.type.dimensions else column.type.family
        type_, absent = _TESTS.get(family, ("", ""))
        if not type_ or not column.name.isidentifier():
            continue
        value = f"{_DATA}.get('{column.name}', {absent})" if column.nullable else ""
        found.append(f"{value or f'{_DATA}.{column.name}'} is {type_}")
    return found
