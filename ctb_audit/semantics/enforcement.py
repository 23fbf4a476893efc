"""What the database enforces for one column, judged on probe values (STANDARD section 3).

However a rule is written (CHECK, domain, enum, trigger, foreign key), it holds when every
probe that it must refuse is refused, on INSERT and on UPDATE, or is corrected before it is stored.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from ctb_audit.model import Table
from ctb_audit.semantics.answers import (
    Answer,
    Holds,
    Missing,
    Rejection,
    Undecided,
    Unsure,
    Yes,
)
from ctb_audit.semantics.evaluate import Row
from ctb_audit.semantics.guards import (
    Guarded,
    Types,
    constants_of,
    name_of,
    rejects,
    rejects_value,
    relevant_checks,
    relevant_triggers,
)
from ctb_audit.semantics.inline import Functions
from ctb_audit.semantics.patterns import Untranslatable, full_match
from ctb_audit.semantics.probes import NOT_EMAILS, accepted_by, refused_by, refusing
from ctb_audit.semantics.regex import advanced
from ctb_audit.semantics.values import NOW, Instant, Value

Number = int | Decimal


def enforces_format(
    table: Table, functions: Functions, types: Types, column: str, pattern: str
) -> Answer:
    """Whether every text that does not match `pattern` as a whole is refused."""
    guarded = Guarded(table, functions, types)
    try:
        named = [c for c in constants_of(guarded, column) if isinstance(c, str)]
        probes = (*refused_by(pattern), *refusing(pattern, named))
        regex, valid = advanced(pattern), accepted_by(pattern)
    except Untranslatable as error:
        return Unsure(f"the pattern {pattern} is not translated: {error}")
    return _enforces(
        guarded,
        [{column: text} for text in probes],
        {column: valid[0] if valid else None},
        lambda row: isinstance(v := row.get(column), str) and full_match(regex, v) is True,
    )


def enforces_email(table: Table, functions: Functions, types: Types, column: str) -> Answer:
    """Whether obvious non-addresses are refused: no @, two @, spaces, an empty part."""
    return _enforces(
        Guarded(table, functions, types),
        [{column: text} for text in NOT_EMAILS],
        {column: "user@example.org"},
        lambda row: row.get(column) not in NOT_EMAILS,
    )


def enforces_range(
    table: Table,
    functions: Functions,
    types: Types,
    column: str,
    *,
    low: Number | None,
    high: Number | None,
) -> Answer:
    """Whether numbers outside low..high (inclusive; None for no bound) are refused."""
    guarded = Guarded(table, functions, types)

    def inside(value: Value) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return False
        return (low is None or value >= low) and (high is None or value <= high)

    named = [c for c in constants_of(guarded, column) if isinstance(c, int | Decimal)]
    bounds = [bound for bound in (low, high) if bound is not None]
    edges = [n for b in bounds for n in (b - 1, b + 1)]
    edges += [n for b in bounds for n in (b - 100, b + 100, -b)] + [0]
    tried = dict.fromkeys((*edges, *(n + d for n in named for d in (-1, 0, 1))))
    probes: list[Row] = [{column: number} for number in tried if not inside(number)]
    start = low if low is not None else high
    return _enforces(guarded, probes, {column: start}, lambda row: inside(row.get(column)))


def enforces_values(
    table: Table, functions: Functions, types: Types, column: str, values: Iterable[str]
) -> Answer:
    """Whether texts outside the list are refused; a foreign key to a lookup table counts."""
    guarded = Guarded(table, functions, types)
    allowed = tuple(values)
    for constraint in table.constraints:
        lookup = constraint.kind == "foreign key" and constraint.columns == (column,)
        if lookup and constraint.validated and constraint.enforced:
            return Holds(constraint.name)
    named = [c for c in constants_of(guarded, column) if isinstance(c, str)]
    changed = (t for v in allowed for t in (v.lower(), v.upper(), v + "x", v[:-1], v + " "))
    tried = dict.fromkeys(("", "x", "no such value", *changed, *named, *_labels(guarded, column)))
    probes: list[Row] = [{column: text} for text in tried if text not in allowed]
    valid = allowed[0] if allowed else None
    return _enforces(guarded, probes, {column: valid}, lambda row: row.get(column) in allowed)


def _labels(guarded: Guarded, column: str) -> tuple[str, ...]:
    found = guarded.table.column(column)
    user = guarded.types.get(name_of(found.type)) if found else None
    return user.labels if user else ()


def enforces_order(
    table: Table, functions: Functions, types: Types, later: str, earlier: str
) -> Answer:
    """Whether a row with `later` before `earlier` is refused (updated_at >= created_at)."""
    hour, year = timedelta(hours=1), timedelta(days=365)

    def ordered(row: Row) -> bool:
        first, second = row.get(earlier), row.get(later)
        return isinstance(first, Instant) and isinstance(second, Instant) and first <= second

    pairs = ((NOW, Instant(-hour)), (Instant(-hour), Instant(-year)), (Instant(hour), NOW))
    probes: list[Row] = [{earlier: first, later: second} for first, second in pairs]
    valid: Row = {earlier: Instant(-hour), later: NOW}
    return _enforces(Guarded(table, functions, types), probes, valid, ordered, both=True)


def _enforces(
    guarded: Guarded,
    probes: Sequence[Row],
    valid: Row,
    conforms: Callable[[Row], bool],
    *,
    both: bool = False,
) -> Answer:
    """Every probe must be refused, or stored in a form that conforms."""
    columns = frozenset(valid)
    lacking = [name for name in sorted(columns) if guarded.table.column(name) is None]
    if lacking:
        return Missing(f"there is no column {lacking[0]}")
    if not _is_guarded(guarded, columns):
        return Missing(f"nothing checks {' and '.join(sorted(columns))}")
    by: dict[str, None] = {}
    doubt: Unsure | None = None
    for probe in probes:
        for outcome in _outcomes(guarded, probe, valid):
            if isinstance(outcome, Yes):
                by[outcome.by] = None
            elif isinstance(outcome, Undecided):
                doubt = doubt or Unsure(outcome.reason)
            elif not conforms({**probe, **outcome.row}):
                return Missing(_accepted(probe, both))
    return doubt or Holds(_credited(by))


def _credited(by: Iterable[str]) -> str:
    """What holds the rule; a length that stops an odd probe besides is not worth a mention."""
    names = list(by)
    rules = [name for name in names if not name.startswith("type ")]
    return ", ".join(rules or names) or "a trigger that corrects the value"


def _accepted(probe: Row, both: bool) -> str:
    if both:
        return f"a row is stored whose {' is after its '.join(probe)}"
    value = next(iter(probe.values()))
    return f"{value if isinstance(value, Decimal) else repr(value)} is accepted"


def _outcomes(guarded: Guarded, probe: Row, valid: Row) -> Iterable[Rejection]:
    """On INSERT, and on an UPDATE of a valid row; without triggers they are one."""
    yield rejects(guarded, probe)
    columns = frozenset(probe)
    if any(relevant_triggers(guarded, columns, timing) for timing in ("before", "after")):
        yield rejects(guarded, probe, event="update", old=valid)


def _is_guarded(guarded: Guarded, columns: frozenset[str]) -> bool:
    """Whether anything at all could refuse a value of the columns: saves the probes."""
    if relevant_checks(guarded, columns):
        return True
    if any(relevant_triggers(guarded, columns, timing) for timing in ("before", "after")):
        return True
    found = [guarded.table.column(name) for name in columns]
    return any(c is not None and _restricts(guarded, c.type.family, name_of(c.type)) for c in found)


def _restricts(guarded: Guarded, family: str, name: object) -> bool:
    return family not in ("text", "timestamp", "integer", "decimal", "float", "json") or (
        name in guarded.types
    )


__all__ = [
    "Guarded",
    "enforces_email",
    "enforces_format",
    "enforces_order",
    "enforces_range",
    "enforces_values",
    "rejects",
    "rejects_value",
]
