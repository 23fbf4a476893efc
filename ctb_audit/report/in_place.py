"""What edits in place say of themselves, as lines for a terminal."""

from collections import Counter
from collections.abc import Iterator

from ctb_audit.remedy.in_place.edit import Edited
from ctb_audit.report.inert import inert
from ctb_audit.report.remediation import change_lines, left_lines
from ctb_audit.report.terminal import Line, Segment

_SHOWN = 20  # of a long list


def in_place_lines(edited: Edited, *, dry_run: bool) -> Iterator[Line]:
    """Changes, what is left, tables that are not edited, the proof, the scores, the files."""
    if not edited.files:
        yield (Segment("nothing to edit: no open finding has a repair that a file can hold"),)
    yield from change_lines(edited.changes)
    yield from left_lines(edited.plan)
    yield from ((Segment(f"note: {inert(note)}", "dim"),) for note in edited.notes)
    yield from _refused(edited)
    if edited.server:
        stubs = f", with stubs of {', '.join(edited.stubs)}" if edited.stubs else ""
        told = f"the edited files load in PostgreSQL {edited.server}{stubs}; nothing else differs"
        yield (Segment("proven ", "green"), Segment(told))
    scores = (edited.score_before, edited.score_after)
    shown = " -> ".join("-" if score is None else str(score) for score in scores)
    yield (Segment(f"score {shown}", "bold"),)
    verb = "would edit" if dry_run else "edited"
    yield from ((Segment(f"{verb} {inert(file.shown)}"),) for file in edited.files)


def _refused(edited: Edited) -> Iterator[Line]:
    reasons = Counter((r.problem, r.step) for r in edited.refused)
    for (problem, step), count in reasons.most_common(_SHOWN):
        first = next(r for r in edited.refused if (r.problem, r.step) == (problem, step))
        more = f" (and {count - 1} more tables)" if count > 1 else ""
        told = f"{first.place}: {first.table} {problem}{more}; {step}"
        yield (Segment("not edited ", "yellow"), Segment(inert(told)))
