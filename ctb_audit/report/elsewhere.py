"""What the remedy of a system beside PostgreSQL says of itself, as lines for a terminal."""

from collections.abc import Iterator

from ctb_audit.remedy.elsewhere import Elsewhere
from ctb_audit.report.inert import inert
from ctb_audit.report.terminal import Line, Segment

_SHOWN = 20  # of a long list


def elsewhere_lines(other: Elsewhere) -> Iterator[Line]:
    """Changes, failures, the proof and the score; nothing where there is nothing to do."""
    if not other.files and not other.failures:
        return
    for name, count in other.counts:
        yield (Segment(f"{other.system:10}", "yellow"), Segment(f"{count:5}  {inert(name)}"))
    yield from ((Segment(f"note: {inert(note)}", "dim"),) for note in other.notes)
    for failure in other.failures[:_SHOWN]:
        yield (Segment("FAILED ", "red"), Segment(f"{other.system}: {inert(failure)}"))
    if not other.failures:
        word, style = ("proven ", "green") if other.tried else ("UNPROVEN ", "red")
        yield (Segment(word, style), Segment(f"{other.system}: {other.proof}"))
    shown = " -> ".join(
        "-" if s is None else str(s) for s in (other.score_before, other.score_after)
    )
    yield (Segment(f"score with {other.system} alone {shown}", "dim"),)
