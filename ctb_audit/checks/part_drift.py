"""What hangs on a table and differs between two sources (STANDARD section 8)."""

from collections.abc import Iterable, Iterator

from ctb_audit.checks.drifts import Pair, drift_of
from ctb_audit.checks.registry import check
from ctb_audit.compare import Change
from ctb_audit.model import Location
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

_SECURITY = ("row_level_security", "force_row_level_security")
_ABSENT = {"added": 0, "removed": 1}


@check
def part_drift(subject: Subject, project: Project, *, parts: tuple[str, ...]) -> Iterator[Verdict]:
    """One verdict for each pair of sources that agree, else one for each part that differs.

    `parts`: columns, constraints, indexes, triggers, policies, or `traits` of the table itself.
    """
    held = [p for p in drift_of(project).pairs if (subject.system, subject.name) in p.shared]
    for pair in held:
        yield from _verdicts(subject, pair, parts)
    if not held:
        yield NotApplicable("fewer than two sources define the table")


def _verdicts(subject: Subject, pair: Pair, parts: tuple[str, ...]) -> Iterator[Verdict]:
    found: dict[str, list[Change]] = {}
    for change in pair.by_table.get((subject.system, subject.name), ()):
        if _part(change) in parts:
            shown = change.object if change.object_kind != "table" else change.attribute
            found.setdefault(shown, []).append(change)
    if not found:
        yield Pass(pair.label)
    doubt = pair.doubt((subject.system, subject.name))
    for name, changes in found.items():
        requirement = f"{pair.label},{name}"
        yield Unknown(doubt, requirement) if doubt else _verdict(changes, requirement, pair)


def _part(change: Change) -> str:
    if change.object_kind != "table":
        return change.object_kind
    return "policy" if change.attribute in _SECURITY else "traits" if change.attribute else ""


def _verdict(changes: list[Change], requirement: str, pair: Pair) -> Verdict:
    certain = [c for c in changes if c.kind != "undecided"]
    if not certain:
        return Unknown("; ".join(told(c, pair) for c in changes), requirement)
    message = "; ".join(told(c, pair) for c in certain)
    return Fail(message, requirement, object=certain[0].object, location=place(certain))


def told(change: Change, pair: Pair) -> str:
    """A difference in one clause."""
    name = f"{change.object_kind} {change.object}"
    if change.kind in _ABSENT:
        there = pair.sides[1 - _ABSENT[change.kind]].title
        return f"{name} is in {there} and not in {pair.sides[_ABSENT[change.kind]].title}"
    aspect = change.attribute.replace("_", " ")
    values = " and ".join(
        f"{shown(value)} in {side.title}"
        for value, side in zip((change.before, change.after), pair.sides, strict=True)
    )
    if change.kind == "undecided":
        return f"{name}: whether {aspect} is the same cannot be told: {values}"
    return f"{name}: {aspect} is {values}"


LONGEST = 120


def shown(value: str) -> str:
    """A value in a message: one line, not endless; `none` for nothing."""
    text = " ".join(value.split())
    return (text if len(text) <= LONGEST else f"{text[:LONGEST]}...") or "none"


def place(changes: Iterable[Change]) -> Location | None:
    """Where the difference can be mended: in a file rather than in a live database."""
    found = [where for c in changes for where in reversed(c.locations) if where is not None]
    return next((where for where in found if where.line), found[0] if found else None)
