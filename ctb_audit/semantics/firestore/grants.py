"""What rules grant on the documents of a path, operation by operation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ctb_audit.names import Location
from ctb_audit.rules_model import OPERATIONS, Allow, Match, Node, Operation, RuleFunction, Rules
from ctb_audit.semantics.firestore.cases import Case, TooComplexError, can_hold, cases_of
from ctb_audit.semantics.firestore.facts import Facts, facts_of
from ctb_audit.semantics.firestore.paths import Path, covers
from ctb_audit.semantics.firestore.scope import Scope, TooLargeError, resolved
from ctb_audit.semantics.firestore.texts import unknown_call


@dataclass(frozen=True, slots=True)
class MatchedPath:
    """One `match` with its whole path from the root of the documents and what is in its reach."""

    path: Path
    match: Match
    scope: Scope
    rules: Rules

    @property
    def name(self) -> str:
        return "/" + "/".join(map(str, self.path))


@dataclass(frozen=True, slots=True)
class Granted:
    """One case in which an `allow` grants an operation."""

    facts: Facts
    location: Location


@dataclass(frozen=True)
class Grants:
    """`granted` holds the cases that can be, `blocked` the places of `allow`s whose every case on
    create reads the document that does not exist yet, `dead` those of `allow create` alone of which
    some case does. `named` are the operations that some allow
    names, granted or not. `doubts` are reasons why a condition could not be decided.
    """

    granted: dict[Operation, tuple[Granted, ...]] = field(default_factory=dict)
    named: frozenset[Operation] = frozenset()
    blocked: tuple[Location, ...] = ()
    doubts: tuple[str, ...] = ()
    matched: tuple[MatchedPath, ...] = ()
    dead: tuple[Location, ...] = ()

    def cases(self, *operations: Operation) -> Iterator[tuple[Operation, Granted]]:
        for operation in operations or OPERATIONS:
            for granted in self.granted.get(operation, ()):
                yield operation, granted


def matched_paths(rules: Rules) -> tuple[MatchedPath, ...]:
    """Every match that grants or denies something itself, in order."""
    functions = {f.name: f for f in rules.functions}
    return tuple(p for m in rules.matches for p in _paths(m, (), functions, rules))


def _paths(
    match: Match, before: Path, functions: dict[str, RuleFunction], rules: Rules
) -> Iterator[MatchedPath]:
    path = (*before, *match.segments)
    known = {**functions, **{f.name: f for f in match.functions}}
    variables = frozenset(s.name for s in path if s.kind != "literal")
    if match.allows:
        yield MatchedPath(path, match, Scope(known, variables), rules)
    for inner in match.matches:
        yield from _paths(inner, path, known, rules)


def applying(paths: Sequence[MatchedPath], target: Path) -> tuple[MatchedPath, ...]:
    """The matches that apply to the target's documents."""
    return tuple(p for p in paths if covers(p.path, target, p.rules.version))


def grants_of(paths: Sequence[MatchedPath]) -> Grants:
    """What these matches grant together: one that grants is enough."""
    granted: dict[Operation, tuple[Granted, ...]] = {}
    named: set[Operation] = set()
    blocked: list[Location] = []
    dead: list[Location] = []
    doubts: dict[str, None] = {}
    for matched in paths:
        for allow in matched.match.allows:
            named.update(allow.covers)
            try:
                condition = _condition(allow, matched.scope)
                for operation in allow.covers:
                    cases = cases_of(condition, operation)
                    found = _possible(cases, allow, operation)
                    if operation == "create" and len(found) < len(cases):
                        _blame(allow, bool(found), blocked, dead)
                    granted[operation] = (*granted.get(operation, ()), *found)
            except (TooLargeError, TooComplexError):
                doubts[f"the condition at {allow.location} has too many cases to decide"] = None
    doubts.update((d, None) for cases in granted.values() for g in cases for d in _doubt(g))
    return Grants(
        granted, frozenset(named), tuple(blocked), tuple(doubts), tuple(paths), tuple(dead)
    )


def _blame(allow: Allow, passes: bool, blocked: list[Location], dead: list[Location]) -> None:
    """Where a create reads what is not there: it `passes` in other cases, or in none."""
    if allow.operations == ("create",):
        dead.append(allow.location)
    elif not passes:
        blocked.append(allow.location)


def _condition(allow: Allow, scope: Scope) -> Node | None:
    return None if allow.condition is None else resolved(allow.condition, scope)


def _possible(cases: Sequence[Case], allow: Allow, operation: Operation) -> tuple[Granted, ...]:
    """The cases that read nothing that the operation does not have."""
    possible = (case for case in cases if can_hold(case, operation))
    return tuple(Granted(facts_of(case), allow.location) for case in possible)


def _doubt(granted: Granted) -> tuple[str, ...]:
    name = granted.facts.unknown
    return (f"the rules call {name}(), which nothing defines",) if name else ()


def undefined_calls(rules: Rules) -> Iterator[tuple[Location, str]]:
    """The allows whose conditions call a function that nothing defines, each with one name."""
    for path in matched_paths(rules):
        for allow in path.match.allows:
            try:
                condition = _condition(allow, path.scope)
            except TooLargeError:
                continue
            name = "" if condition is None else unknown_call(condition)
            if name:
                yield allow.location, name
