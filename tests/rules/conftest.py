import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from ctb_audit.config import config_from_text
from ctb_audit.judge import Judgement, judge
from ctb_audit.named_files import existing_files
from ctb_audit.names import Surface
from ctb_audit.project import Project
from ctb_audit.rulebook import load_standard
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.standard import Example
from ctb_audit.subjects import build_project
from tests.rules.live_examples import live_project

VERDICTS = Path(__file__).with_name("verdicts")
NEXT_DOCUMENT = "<!-- next document -->"
SURFACE = re.compile(r"^-- surface: (live|registry)$\n", re.M)
ProjectOfExample = Callable[[str, Example], Project]
JudgeExample = Callable[[str, Example], Judgement]


def surfaces(sql: str) -> list[tuple[Surface, str]]:
    """The DDL of an example, and what stands after `-- surface: live` or `-- surface: registry`."""
    parts = SURFACE.split(sql)
    found: list[tuple[Surface, str]] = (
        [("ddl", parts[0])] if parts[0].strip() or len(parts) == 1 else []
    )
    for name, text in zip(parts[1::2], parts[2::2], strict=True):
        found.append(("live" if name == "live" else "registry", text))
    return found


@pytest.fixture(scope="session")
def said() -> Iterator[Callable[[str, str, list[str]], list[str]]]:
    """All that a rule says of an example, by `verdicts/<rule>.json`: severities, messages, places
    and what it passes, which weighs as much in a score. `CTB_WRITE_VERDICTS=1 pytest tests/rules/
    test_examples.py` writes the files anew; read the difference before you commit it.
    """
    if os.environ.get("CTB_WRITE_VERDICTS") is None:
        read = cache(lambda rule: json.loads((VERDICTS / f"{rule}.json").read_text()))
        yield lambda rule, title, _: read(rule)[title]
        return
    found: dict[str, dict[str, list[str]]] = {}
    yield lambda rule, title, lines: found.setdefault(rule, {}).setdefault(title, lines)
    VERDICTS.mkdir(exist_ok=True)
    for rule, examples in found.items():
        text = json.dumps(examples, indent=1, sort_keys=True, ensure_ascii=False)
        (VERDICTS / f"{rule}.json").write_text(f"{text}\n")


@pytest.fixture(scope="session")
def example_server() -> Iterator[Callable[[], ScratchServer]]:
    """A server for the examples that need one, started by the first of them."""
    with ExitStack() as stack:
        yield cache(lambda: stack.enter_context(ScratchServer()))


@pytest.fixture
def project_of_example(
    tmp_path: Path, example_server: Callable[[], ScratchServer]
) -> ProjectOfExample:
    """The project of an example's SQL and document, as an audit makes it, for one rule alone."""

    def built(rule_id: str, example: Example) -> Project:
        if example.live:
            return live_project(rule_id, example, example_server(), tmp_path)
        config = config_from_text(example.config, tmp_path)
        standard = load_standard(config.standard or "ctb-1.0", select=[rule_id])
        catalogs = [
            replay([read_script(sql, "example.sql", example.system)], surface=surface)
            for surface, sql in surfaces(example.sql)
        ]
        for number, text in enumerate(filter(None, example.document.split(NEXT_DOCUMENT))):
            place = tmp_path / f"reference{number or ''}.md"
            place.write_text(text, encoding="utf-8")
            catalogs.extend(load([str(place)], LoadOptions(root=tmp_path)))
        return build_project(
            catalogs,
            standard,
            entry=config.table_entry,
            default_level=config.default_level,
            today=date(2026, 11, 22),
            root=str(tmp_path) if example.config else None,
            existing=existing_files(catalogs, tmp_path, configured=bool(example.config)),
        )

    return built


@pytest.fixture
def judge_example(project_of_example: ProjectOfExample) -> JudgeExample:
    """An example judged by one rule alone."""
    return lambda rule_id, example: judge(project_of_example(rule_id, example))
