"""The one test that keeps the model honest: replayed DDL equals what a server reads back."""

import os
from pathlib import Path

import pytest

from ctb_audit.scratch import ScratchServer
from tests.fidelity.facts import UNKNOWN
from tests.fidelity.fidelity import Outcome, compare
from tests.fidelity.recording import EXAMPLES, MAJOR, path_of, recording


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_replay_equals_the_server(server: ScratchServer, example: Path) -> None:
    outcome = compare(server, example.read_text())
    assert outcome.objects > 0
    assert not outcome.differences, "\n".join(map(str, outcome.differences))
    undecided = [d for d in outcome.undecided if d.replayed is not UNKNOWN]
    assert not undecided, "\n".join(map(str, undecided))
    if server.version[0] == MAJOR:
        _as_recorded(example, outcome)


def _as_recorded(example: Path, outcome: Outcome) -> None:
    """What the test without a server goes by is what the server says today."""
    path, text = path_of(example), str(recording(outcome))
    if os.environ.get("CTB_WRITE_RECORDED"):
        path.write_text(text)
    assert path.read_text() == text, f"CTB_WRITE_RECORDED=1 pytest {__file__} writes it anew"


def test_a_difference_is_found(server: ScratchServer) -> None:
    """The comparison itself can fail: dynamic DDL, which no reader can know."""
    outcome = compare(
        server, "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || chr(120) || ' (a int)'; END $$"
    )
    assert [str(d.key) for d in outcome.differences] == ["('table', 'public.x')"]


def test_spellings_of_one_expression_are_settled_by_the_server(server: ScratchServer) -> None:
    outcome = compare(
        server, "CREATE TABLE t (a varchar(5) CHECK (a IN ('x', 'y')), b numeric CHECK (b > 0))"
    )
    assert outcome.differences == outcome.undecided == []
