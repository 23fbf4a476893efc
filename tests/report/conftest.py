"""An audit whose every name, comment, path and waiver is hostile, and what pages show beside it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.cli.excerpts import source_lines
from ctb_audit.config import Config, config_from_text
from ctb_audit.gate import Step
from ctb_audit.report.context import ReportContext, TrendPoint
from ctb_audit.result import Audit
from ctb_audit.sources.load import LoadOptions, load

TODAY = date(2026, 11, 22)
SCRIPT = "<script>alert(1)</script>"
MARKDOWN = "[x](javascript:alert(1))![i](http://e.vil/i.png)|`*@team"
ESCAPE = "\x1b]0;owned\x07\x1b[2J\x9b31m"
DIRECTION = "\u202egpj.exe\u2066\u200b"
HOSTILE = (SCRIPT, MARKDOWN, ESCAPE, DIRECTION)

SQL = "\n".join(
    f"""
-- {hostile.replace(chr(27), "")}
CREATE TABLE "t{number}{hostile}" (
  id int,
  "status" text, -- {hostile}
  "x{number}{hostile}_status" text,
  "parent" int REFERENCES "t0{HOSTILE[0]}"
);
COMMENT ON TABLE "t{number}{hostile}" IS '{hostile} TODO';
"""
    for number, hostile in enumerate(HOSTILE)
)
CONFIG = f"""
[[waiver]]
rule = "unindexed-status"
table = "*"
requirement = "status"
owner = "{SCRIPT}"
reason = 'as [agreed](javascript:alert(1)) \u202e with | them'
until = "2026-12-01"
"""

Judge = Callable[..., Audit]


def judged(root: Path, sql: str, config_text: str = "", name: str = "schema.sql") -> Audit:
    (root / name).write_text(sql, encoding="utf-8")
    config: Config = config_from_text(config_text, root)
    catalogs = load([str(root / name)], LoadOptions(root=root))
    return audit_catalogs(catalogs, config, AuditSettings(today=TODAY))


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    root = tmp_path_factory.mktemp("hostile")
    found = judged(root, SQL, CONFIG, "a<b>\u202e&.sql")
    assert any(f.waiver for f in found.findings)
    assert any(SCRIPT in f.table for f in found.findings)
    assert any("\x1b" in f.table for f in found.findings)
    return found


@pytest.fixture(scope="session")
def hostile_context(hostile: Audit, tmp_path_factory: pytest.TempPathFactory) -> ReportContext:
    root = tmp_path_factory.mktemp("lines")
    (root / "a<b>\u202e&.sql").write_text(SQL, encoding="utf-8")
    lines = source_lines(hostile, [root])
    assert lines
    return ReportContext(TODAY, trend(), schedule(), lines=lines, trend_note=SCRIPT)


def trend() -> tuple[TrendPoint, ...]:
    return tuple(
        TrendPoint(datetime(2026, month, 1, tzinfo=UTC), 40 + month, 40, True, f"LOG-{month}")
        for month in range(1, 11)
    )


def schedule() -> tuple[Step, ...]:
    return (Step(date(2026, 6, 1), 50), Step(date(2027, 1, 1), 60), Step(date(2027, 6, 1), 100))
