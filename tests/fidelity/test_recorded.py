"""The replay against what PostgreSQL 18 made of each example, without a server; the recording is
proven by the test that has one.
"""

import os
from bisect import bisect_right
from pathlib import Path

import pytest

from tests.fidelity.facts import facts
from tests.fidelity.recording import EXAMPLES, recorded, said
from tests.fidelity.story import path_of, replayed, script_of, story

examples = pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)


@examples
def test_replay_equals_what_the_server_said(example: Path) -> None:
    assert said(facts(replayed(example))) == recorded(example).replayed


@examples
def test_what_the_server_refuses_is_a_problem(example: Path) -> None:
    starts = sorted({effect.location.line for effect in script_of(example).effects})
    refused = {starts[bisect_right(starts, line) - 1] for line, _ in recorded(example).refused}
    problems = {
        problem.location.line
        for problem in replayed(example).problems
        if problem.location is not None and problem.kind != "not-understood"
    }
    assert problems == refused


@examples
def test_the_story_is_as_reviewed(example: Path) -> None:
    path = path_of(example)
    text = story(replayed(example), replayed(example, "lenient"))
    if os.environ.get("CTB_WRITE_RECORDED"):
        path.write_text(text)
    assert path.read_text() == text, "CTB_WRITE_RECORDED=1 writes it anew, for review"
