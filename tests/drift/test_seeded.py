"""One change of each kind on a live database: all found, none invented."""

from random import Random

from ctb_audit.scratch import ScratchServer
from tests.drift.seeded import CHANGES, HARMLESS, declared, findings, trials


def test_every_kind_of_change_is_found_and_nothing_else(server: ScratchServer) -> None:
    done = trials(server, len(CHANGES), Random(3))
    wrong = [(t.kind, t.found ^ t.expected) for t in done if t.found != t.expected]
    assert wrong == []
    assert [t.kind for t in done if t.unknown] == []
    assert len({t.kind for t in done}) >= 30 and len(HARMLESS) >= 5


def test_what_is_alike_has_no_drift() -> None:
    assert findings([declared(), declared()]) == (frozenset(), 0)
