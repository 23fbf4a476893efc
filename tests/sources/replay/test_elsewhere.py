"""What the replay makes of other systems' DDL, in both modes; a person reviewed the texts beside
the scripts, and CTB_WRITE_RECORDED=1 writes them anew.
"""

import os
from pathlib import Path
from typing import get_args

import pytest

from ctb_audit.model import System
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from tests.fidelity.story import fact_lines, story

SCRIPTS = sorted(Path(__file__).with_name("elsewhere").glob("*.sql"))


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_other_systems_are_as_reviewed(path: Path) -> None:
    system = next(name for name in get_args(System) if name == path.stem)
    script = read_script(path.read_text(), "schema.sql", system)
    server, lenient = replay([script], mode="server"), replay([script])
    text = "\n".join((*fact_lines(server), story(server, lenient)))
    golden = path.with_suffix(".txt")
    if os.environ.get("CTB_WRITE_RECORDED"):
        golden.write_text(text)
    assert golden.read_text() == text
