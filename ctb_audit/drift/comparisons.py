"""The comparisons behind the drift findings, for reports."""

from ctb_audit.checks.drifts import Pair, drift_of
from ctb_audit.compare import Change
from ctb_audit.project import Project
from ctb_audit.result import Comparison


def comparisons_of(project: Project) -> tuple[Comparison, ...]:
    """Every pair of sources with all changes, what is no drift apart."""
    return tuple(map(_comparison, drift_of(project).every))


def _comparison(pair: Pair) -> Comparison:
    changes: list[Change] = []
    set_aside: list[Change] = []
    for change in pair.changes:
        (changes if pair.counts(change) else set_aside).append(change)
    return Comparison(pair.label, _name(pair, 0), _name(pair, 1), tuple(changes), tuple(set_aside))


def _name(pair: Pair, place: int) -> str:
    side = pair.sides[place]
    return side.catalog.source or side.title
