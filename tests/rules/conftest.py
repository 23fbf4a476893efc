from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.config import config_from_text
from ctb_audit.judge import Judgement, judge
from ctb_audit.rulebook import load_standard
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.standard import Example
from ctb_audit.subjects import build_project

JudgeExample = Callable[[str, Example], Judgement]


@pytest.fixture
def judge_example(tmp_path: Path) -> JudgeExample:
    """An example judged by one rule alone, as an audit judges its SQL and its document."""

    def judged(rule_id: str, example: Example) -> Judgement:
        config = config_from_text(example.config, tmp_path)
        standard = load_standard(config.standard or "ctb-1.0", select=[rule_id])
        catalogs = [replay([read_script(example.sql, "example.sql", example.system)])]
        if example.document:
            (tmp_path / "reference.md").write_text(example.document, encoding="utf-8")
            options = LoadOptions(root=tmp_path)
            catalogs.extend(load([str(tmp_path / "reference.md")], options))
        project = build_project(
            catalogs,
            standard,
            entry=config.table_entry,
            default_level=config.default_level,
            today=date(2026, 11, 22),
        )
        return judge(project)

    return judged
