"""`ctb history`, `ctb report`, decline and comparison as a user meets them."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from ctb_audit.log import LogEntry, open_log

Run = Callable[..., CompletedProcess[str]]
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOOD = "CREATE TABLE a (id int PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());\n"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """Rows of three days: a tag of 10, then audits of 40, 60 and (failed) 50."""
    written = open_log("log.db", root=tmp_path)
    tables = [{"system": "postgresql", "name": "public.users", "level": "STRICT", "score": 44}]
    for number, (action, score, status) in enumerate(
        [
            ("tag", 10, "completed"),
            ("audit", 40, "completed"),
            ("audit", 60, "completed"),
            ("audit", 50, "failed"),
        ]
    ):
        actions = {"standard": "=cmd|'x'!A1", "tables": tables if score == 60 else []}
        at = NOW + timedelta(days=number // 2)
        written.write(LogEntry(action, score, status, at, actions=actions))  # type: ignore[arg-type]
    return tmp_path / "log.db"


def scores(ctb: Run, log: Path, *arguments: str) -> list[int]:
    done = ctb("history", "--log", str(log), "--format", "json", *arguments)
    assert done.returncode == 0, done.stderr
    return [row["score"] for row in json.loads(done.stdout)]


@pytest.mark.parametrize(
    ("arguments", "wanted"),
    [
        ((), [50, 60, 40, 10]),
        (("--action", "audit"), [50, 60, 40]),
        (("--status", "failed"), [50]),
        (("--since", "2026-03-02"), [50, 60]),
        (("--until", "2026-03-01"), [40, 10]),
        (("--min-score", "40", "--max-score", "50"), [50, 40]),
        (("--table", "USERS"), [60]),
        (("--limit", "1"), [50]),
    ],
)
def test_rows_are_chosen(
    ctb: Run, log: Path, arguments: tuple[str, ...], wanted: list[int]
) -> None:
    assert scores(ctb, log, *arguments) == wanted


def test_days_are_those_of_the_view(ctb: Run, log: Path) -> None:
    done = ctb("history", "--log", str(log), "--daily", "--format", "json")
    days = [tuple(day.values()) for day in json.loads(done.stdout)]
    connection = sqlite3.connect(log)
    viewed = connection.execute("SELECT * FROM view_compliance_history").fetchall()
    connection.close()
    assert days == viewed == [("2026-03-02", "audit", 55.0, 2), ("2026-03-01", "audit", 40.0, 1)]


def test_a_spreadsheet_computes_nothing(ctb: Run, log: Path) -> None:
    done = ctb("history", "--log", str(log), "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [row["score"] for row in rows] == ["50", "60", "40", "10"]
    assert all(row["standard"].startswith("'=") for row in rows)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--since", "soon"), "is no day"),
        (("--diff", "latest", "LOG-NONE"), "names no row of the log"),
        (("--diff", "LOG-01", "latest"), "begins 4 log_ids"),
        (("--diff", "latest", "latest~9"), "names no row"),
        (("--diff", "latest", "latest", "--format", "csv"), "does not go with --diff"),
    ],
)
def test_wrong_questions_are_refused(
    ctb: Run, log: Path, arguments: tuple[str, ...], problem: str
) -> None:
    done = ctb("history", "--log", str(log), *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert problem in done.stderr


def test_a_log_that_is_not_there_is_said(ctb: Run, tmp_path: Path) -> None:
    done = ctb("history")
    assert done.returncode == 3 and "no log here yet" in done.stderr
    made = ctb("history", "--create", "--log", "new/log.db")
    assert (made.returncode, made.stdout) == (0, "no runs\n")
    assert (tmp_path / "new" / "log.db").is_file()


def test_what_changed_between_two_audits(ctb: Run, tmp_path: Path) -> None:
    schema = tmp_path / "schema.sql"
    schema.write_text("-- ctb: enforcement=STRICT\n" + GOOD)
    ctb("audit", "schema.sql", "-q")
    schema.write_text(
        "-- ctb: enforcement=RELAXED\n"
        "CREATE TABLE a (id int, status text);\nCREATE TABLE b (x int);"
    )
    ctb("audit", "schema.sql", "-q")
    done = ctb("history", "--diff", "latest~1", "latest")
    assert done.returncode == 0, done.stderr
    for part in (
        "public.a: level STRICT -> RELAXED",
        "public.b: new table",
        "missing-primary-key",
        "severity changed",
    ):
        assert part in done.stdout
    value = json.loads(ctb("history", "--diff", "latest~1", "latest", "--format", "json").stdout)
    assert value["same_standard"] is True
    assert {f["table"] for f in value["new"]} >= {"public.b"}


def test_a_report_of_the_log_and_of_a_file_say_the_same(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(GOOD)
    ctb("audit", "schema.sql", "-q", "-o", "saved.json")
    from_file = ctb("report", "saved.json", "--format", "markdown")
    from_log = ctb("report", "--format", "markdown")
    assert from_file.returncode == from_log.returncode == 0, from_log.stderr
    assert from_file.stdout == from_log.stdout
    page = ctb("report", "latest", "-o", "page.html", "-q")
    assert page.returncode == 0, page.stderr
    text = (tmp_path / "page.html").read_text()
    assert "CREATE TABLE a (id int PRIMARY KEY" in text
    assert "they may have changed since" in text


def test_an_audit_writes_a_page_with_its_past(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(GOOD)
    for _ in range(3):
        done = ctb("audit", "schema.sql", "-q", "-o", "page.html", "-o", "summary:s.md")
        assert done.returncode in (0, 1), done.stderr
    assert "3 audits." in (tmp_path / "page.html").read_text()
    assert (tmp_path / "s.md").read_text().startswith("<!-- ctb-audit -->")


def test_a_decline_loses_the_gate_and_does_not_lower_the_bar(ctb: Run, tmp_path: Path) -> None:
    schema = tmp_path / "schema.sql"
    arguments = ("audit", "schema.sql", "--fail-under", "1", "--fail-on-decline")
    schema.write_text(GOOD)
    first = ctb(*arguments)
    assert first.returncode == 0
    assert "the log holds no earlier audit of these sources" in first.stdout
    assert ctb(*arguments).returncode == 0
    schema.write_text("CREATE TABLE a (id int);\n")
    for _ in range(2):
        done = ctb(*arguments)
        assert done.returncode == 1
        assert "the database score fell from" in done.stdout
    refused = ctb(*arguments, "--no-log")
    assert refused.returncode == 2 and "compares with the compliance log" in refused.stderr


def test_another_standard_is_compared(ctb: Run, example: Path) -> None:
    done = ctb("audit", "--no-log", "--standard", "ctb-1.3", "--compare", "ctb-1.0", cwd=example)
    assert "ctb-1.0 against ctb-1.3: " in done.stdout
    value = json.loads(
        ctb("audit", "--no-log", "--compare", "ctb-1.3", "--format", "json", cwd=example).stdout
    )
    assert value["impact"]["standard"] == "ctb-1.3"
    moved = [t for t in value["impact"]["tables"] if t["before_grade"] != t["after_grade"]]
    assert moved and value["impact"]["score"] != value["score"]
    refused = ctb("audit", "--compare", "ctb-1.0", "--staged", cwd=example)
    assert refused.returncode == 2 and "does not go with --staged" in refused.stderr


def test_a_damaged_log_is_said_and_kept(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(GOOD)
    (tmp_path / ".ctb").mkdir()
    (tmp_path / ".ctb" / "compliance.db").write_bytes(b"rubbish" * 99)
    done = ctb("audit", "schema.sql", "--fail-under", "1", "-o", "page.html")
    assert done.returncode == 0, done.stderr
    assert "is damaged; it is kept aside as compliance.db.damaged-" in done.stderr
    assert "The log could not be read" in (tmp_path / "page.html").read_text()
    (aside,) = (tmp_path / ".ctb").glob("compliance.db.damaged-*")
    assert aside.read_bytes() == b"rubbish" * 99
