import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry, LogFilter, open_log
from ctb_audit.log.entry import COLUMNS
from ctb_audit.log.sqlite import SqliteLog

Entry = Callable[..., LogEntry]
_AT = datetime(2026, 11, 1, tzinfo=UTC)

WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from ctb_audit.log import LogEntry, open_log
log = open_log(sys.argv[1], root=Path("/"))
for number in range(25):
    print(log.write(LogEntry("audit", number, "completed", datetime(2026, 11, 22, tzinfo=UTC))))
"""


def test_a_row_comes_back_as_it_was_written(tmp_path: Path, entry: Entry) -> None:
    written = entry(
        issues=[{"rule": "missing-primary-key", "table": "public.ätem"}],
        recommendations=[{"points": 4}],
        actions={"schema_version": 1, "gate": {"passed": True}},
        report_path="reports/audit.md",
        created_by="deploy-bot",
        blueprint_version="1.3.3",
    )
    log = open_log("sqlite:///audits.db", root=tmp_path)
    ids = log.write(written)
    (row,) = log.entries()
    assert (row.log_id, row.heir_id) == (ids.log_id, ids.heir_id)
    assert (row.action, row.score, row.status) == ("audit", 83, "completed")
    assert row.at == written.at.replace(microsecond=123000)
    assert (row.issues, row.recommendations) == (written.issues, written.recommendations)
    assert row.actions == written.actions
    assert (row.report_path, row.created_by) == ("reports/audit.md", "deploy-bot")
    assert row.blueprint_version == "1.3.3"


def test_the_default_log_ignores_itself_in_git(tmp_path: Path, entry: Entry) -> None:
    open_log(root=tmp_path).write(entry())
    assert (tmp_path / ".ctb" / "compliance.db").is_file()
    assert (tmp_path / ".ctb" / ".gitignore").read_text() == "*\n"


def test_the_file_has_every_column_and_its_versions(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry())
    connection = sqlite3.connect(log.path)
    found = [row[1] for row in connection.execute("PRAGMA table_info(ctb_compliance_log)")]
    versions = connection.execute("PRAGMA user_version").fetchone()
    mode = connection.execute("PRAGMA journal_mode").fetchone()
    connection.close()
    assert set(found) == {"id", *COLUMNS}
    assert (versions, mode) == ((1,), ("wal",))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("action_type", "scan"),
        ("compliance_score", 101),
        ("compliance_score", -1),
        ("compliance_score", "high"),
        ("status", "done"),
        ("enforcement_level", "SOFT"),
        ("orbt_layer", 5),
        ("orbt_layer", 0),
        ("heir_id", "HEIR-2026-13-SYS-CTB-01"),
        ("heir_id", "HEIR-2026-11-SYS-CTB-1"),
        ("heir_id", "HEIR-2026-11-SYS-CTB1-01"),
        ("heir_id", "HEIR-2026-11-SYS-CTB-01x"),
        ("process_id", "PRC-CTB-123456789"),
        ("process_id", "PRC-CT1-1234567890"),
        ("process_id", "PRC-CTB-12345678901"),
        ("process_id", "CTB-1234567890"),
        ("blueprint_version", "1"),
        ("blueprint_version", "1."),
        ("blueprint_version", ".1"),
        ("blueprint_version", "1.2.3.4"),
        ("blueprint_version", "1..2"),
        ("blueprint_version", "v1.0"),
        ("updated_at", "2020-01-01T00:00:00.000Z"),
        ("created_at", "yesterday"),
        ("issues", "{not json"),
        ("log_id", "x" * 51),
        ("report_path", "x" * 256),
        ("created_by", "x" * 101),
        ("created_by", None),
        ("heir_id", None),
        ("process_id", None),
        ("orbt_layer", None),
        ("blueprint_version", None),
    ],
)
def test_the_table_refuses(tmp_path: Path, entry: Entry, column: str, value: object) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry())
    connection = sqlite3.connect(log.path)
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute(f"UPDATE ctb_compliance_log SET {column} = ?", (value,))
    connection.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("heir_id", "HEIR-2026-01-SYS-CTBAB-99"),
        ("process_id", "PRC-CTB-1234567890123"),
        ("blueprint_version", "12.34.56"),
        ("issues", None),
        ("enforcement_level", None),
    ],
)
def test_the_table_accepts(tmp_path: Path, entry: Entry, column: str, value: object) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry(at=_AT - timedelta(days=300)))
    connection = sqlite3.connect(log.path)
    connection.execute(f"UPDATE ctb_compliance_log SET {column} = ?", (value,))
    found = connection.execute(f"SELECT {column}, updated_at > created_at FROM ctb_compliance_log")
    assert tuple(found.fetchone()) == (value, 1)
    connection.close()


def test_two_hundred_rows_of_one_month_stay_unique(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    heirs = [log.write(entry()).heir_id for _ in range(205)]
    assert len(set(heirs)) == 205
    assert heirs[98:100] == ["HEIR-2026-11-SYS-CTB-99", "HEIR-2026-11-SYS-CTBA-01"]
    assert heirs[-1] == "HEIR-2026-11-SYS-CTBB-07"


def test_eight_writers_at_once_get_distinct_ids(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'log.db'}"
    command = [sys.executable, "-c", WRITER, url]
    writers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(8)
    ]
    errors = [writer.communicate()[1] for writer in writers]
    assert errors == [""] * 8
    rows = list(open_log(url, root=tmp_path).entries())
    assert len({row.heir_id for row in rows}) == len({row.log_id for row in rows}) == 200


def test_entries_are_filtered_newest_first(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    start = entry().at
    for day, action in enumerate(("audit", "tag", "audit", "remediate")):
        log.write(entry(action=action, score=day, at=start + timedelta(days=day)))
    scores = [row.score for row in log.entries()]
    audits = [row.score for row in log.entries(LogFilter(action="audit"))]
    days = LogFilter(since=start + timedelta(days=1), until=start + timedelta(days=2))
    newest = [row.score for row in log.entries(LogFilter(limit=1))]
    assert scores == [3, 2, 1, 0]
    assert audits == [2, 0]
    assert [row.score for row in log.entries(days)] == [2, 1]
    assert newest == [3]
    assert list(log.entries(LogFilter(status="failed"))) == []


def test_the_last_score_is_that_of_the_last_whole_audit(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    assert log.last_score() is None
    for values in (
        {"score": 71},
        {"score": 64, "status": "failed"},
        {"score": 0, "status": "partial"},
        {"score": 0, "status": "failed", "actions": {"error": "no source"}},
        {"score": 99, "action": "remediate"},
    ):
        log.write(entry(**values))
    assert log.last_score() == 64


def test_text_that_no_engine_stores_is_cleaned(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry(issues=[{"m": "a\0b \ud800 \\u0000"}]))
    (row,) = log.entries()
    assert row.issues == [{"m": "ab ? \\u0000"}]


def test_a_path_too_long_for_the_column_is_kept_in_actions(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry(report_path="r" * 256, actions={"schema_version": 1}))
    (row,) = log.entries()
    assert row.report_path == ""
    assert row.actions == {"schema_version": 1, "report_path": "r" * 256}


def _text(path: Path) -> None:
    path.write_text("not a database, " * 100)


def _newer(path: Path) -> None:
    SqliteLog(path).write(LogEntry("tag", 0, "partial", _AT))
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 7")
    connection.close()


def _foreign(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (id INTEGER)")
    connection.close()


def _narrow(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE ctb_compliance_log (id INTEGER, log_id TEXT)")
    connection.close()


def _damaged(path: Path) -> None:
    SqliteLog(path).write(LogEntry("tag", 0, "partial", _AT))
    content = bytearray(path.read_bytes())
    content[100:] = b"\xff" * (len(content) - 100)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (_text, "is not a SQLite database and is left as it is; name another file with --log"),
        (_newer, r"was written by a newer ctb \(log schema 7\); upgrade ctb-audit"),
        (_foreign, "holds other tables and no ctb_compliance_log; it is left as it is"),
        (_narrow, "ctb_compliance_log lacks action_type, .*enforcement_level; add them"),
    ],
)
def test_a_file_that_is_no_log_of_ours_is_left_alone(
    tmp_path: Path, entry: Entry, make: Callable[[Path], Any], problem: str
) -> None:
    path = tmp_path / "log.db"
    make(path)
    before = path.read_bytes()
    log = SqliteLog(path)
    for use in (lambda: log.write(entry()), lambda: list(log.entries()), log.last_score):
        with pytest.raises(LogError, match=problem):
            use()
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_log(tmp_path: Path, entry: Entry) -> None:
    path = tmp_path / "log.db"
    path.touch()
    assert list(SqliteLog(path).entries()) == []
    assert SqliteLog(path).write(entry()).heir_id == "HEIR-2026-11-SYS-CTB-01"


def test_a_log_as_the_reference_defines_it_is_written_to(tmp_path: Path, entry: Entry) -> None:
    path = tmp_path / "theirs.db"
    connection = sqlite3.connect(path)
    columns = ", ".join(f"{name} TEXT" for name in COLUMNS if name != "compliance_score")
    connection.execute(
        f"CREATE TABLE ctb_compliance_log (id INTEGER PRIMARY KEY, compliance_score INT, {columns})"
    )
    connection.close()
    log = SqliteLog(path)
    log.write(entry())
    assert log.last_score() == 83


def test_reading_a_log_that_is_not_there_says_so(tmp_path: Path) -> None:
    log = SqliteLog(tmp_path / "none.db")
    with pytest.raises(LogError, match="no log here yet; run an audit"):
        list(log.entries())
    assert not log.path.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, entry: Entry) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LogError, match="its folder cannot be made"):
        SqliteLog(tmp_path / "file" / "log.db").write(entry())


def test_a_folder_as_log_cannot_be_opened(tmp_path: Path, entry: Entry) -> None:
    with pytest.raises(LogError, match="cannot be opened"):
        SqliteLog(tmp_path).write(entry())


READER = """
import os, sys
from datetime import UTC, datetime
from pathlib import Path
from ctb_audit.errors import LogError
from ctb_audit.log import LogEntry
from ctb_audit.log.sqlite import SqliteLog
if os.getuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
log = SqliteLog(Path(sys.argv[1]))
print(log.last_score())
try:
    log.write(LogEntry("audit", 1, "completed", datetime.now(UTC)))
except LogError as error:
    print(error.problem)
"""


def test_a_log_in_a_closed_folder_is_read_and_not_written(entry: Entry) -> None:
    """In a process of its own, without root's rights: root may write everywhere."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = SqliteLog(folder / "log.db")
        log.write(entry())
        log.path.chmod(0o444)
        folder.chmod(0o555)
        command = [sys.executable, "-c", READER, str(log.path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        folder.chmod(0o755)
    assert (done.stdout, done.stderr) == ("83\ncannot be written\n", "")


def test_a_damaged_log_is_kept_aside_and_a_new_one_begins(tmp_path: Path, entry: Entry) -> None:
    path = tmp_path / "log.db"
    _damaged(path)
    before = path.read_bytes()
    log = SqliteLog(path)
    with pytest.raises(LogError, match="is damaged and is left as it is; restore it"):
        list(log.entries())
    written = log.write(entry())
    (aside,) = tmp_path.glob("log.db.damaged-*[0-9]Z")
    assert aside.read_bytes() == before
    assert [row.log_id for row in log.entries()] == [written.log_id]
    (notice,) = log.notices
    assert f"is damaged; it is kept aside as {aside.name} and a new log begins" in notice


def test_a_log_that_lost_even_its_header_is_ours_by_its_place(tmp_path: Path, entry: Entry) -> None:
    folder = tmp_path / ".ctb"
    folder.mkdir()
    (folder / "compliance.db").write_bytes(b"\0garbage" * 64)
    log = open_log(root=tmp_path)
    log.write(entry())
    (aside,) = folder.glob("compliance.db.damaged-*")
    assert aside.read_bytes() == b"\0garbage" * 64
    assert len(list(log.entries())) == 1


def test_the_same_log_id_is_written_once(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    row = entry().identified()
    assert log.write(row) == log.write(row)
    assert len(list(log.entries())) == 1


def test_rows_can_be_asked_for_by_score_and_id_and_without_details(
    tmp_path: Path, entry: Entry
) -> None:
    log = SqliteLog(tmp_path / "log.db")
    ids = [log.write(entry(score=s, issues=[{"rule": "x"}])).log_id for s in (40, 60, 80)]
    between = list(log.entries(LogFilter(lowest=50, highest=70)))
    assert [row.log_id for row in between] == [ids[1]]
    (lean,) = log.entries(LogFilter(log_id=ids[2], details=False))
    assert (lean.score, lean.issues) == (80, [])
    (whole,) = log.entries(LogFilter(log_id=ids[2]))
    assert [r.log_id for r in log.entries(LogFilter(heir_id=whole.heir_id))] == [ids[2]]
    assert whole.issues == [{"rule": "x"}]


def test_a_full_disk_is_said_and_leaves_no_half_row(tmp_path: Path, entry: Entry) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry())
    code = (
        "import resource, signal, sys\n"
        "from datetime import UTC, datetime\n"
        "from pathlib import Path\n"
        "from ctb_audit.errors import LogError\n"
        "from ctb_audit.log import LogEntry\n"
        "from ctb_audit.log.sqlite import SqliteLog\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "big = [{'rule': 'x' * 400_000}]\n"
        "try:\n"
        "    SqliteLog(Path(sys.argv[1])).write(\n"
        "        LogEntry('audit', 1, 'completed', datetime.now(UTC), issues=big))\n"
        "except LogError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(log.path)], capture_output=True, text=True, check=True
    )
    assert "cannot" in ran.stdout and str(log.path) in ran.stdout
    assert len(list(log.entries())) == 1
    check = sqlite3.connect(log.path)
    assert check.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    check.close()


def test_rows_of_a_fleet_come_with_that_part_of_their_actions_alone(
    tmp_path: Path, entry: Entry
) -> None:
    log = SqliteLog(tmp_path / "log.db")
    log.write(entry(actions={"schema_version": 1}))
    log.write(entry(actions={"schema_version": 1, "fleet": {"target": "a"}, "tables": [1]}))
    (row,) = log.entries(LogFilter(only="fleet"))
    assert row.actions == {"fleet": {"target": "a"}}
