"""Bad input: one clear line (place, problem, next step), the documented exit code, no traceback."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
GOOD = "CREATE TABLE users (id serial PRIMARY KEY);\n"


def assert_said(done: CompletedProcess[str], code: int, *parts: str) -> None:
    lines = done.stderr.strip().splitlines()
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert len(lines) == 1, done.stderr
    assert all(part in lines[0] for part in parts), lines[0]


def test_a_missing_path(ctb: Run) -> None:
    assert_said(ctb("audit", "--no-log", "nowhere.sql"), 3, "nowhere.sql", "does not exist")


def test_an_empty_folder(ctb: Run, tmp_path: Path) -> None:
    assert_said(ctb("audit", "--no-log"), 3, "nothing to audit", "ctb.toml")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"\x7fELF\x02\x01\x00\x00" * 50, "is no text"),
        (b"PGDMP\x01\x0e" + b"\x00" * 90, "pg_restore"),
        (b"\x1f\x8b\x08\x00" + b"\x00" * 40, "unpack"),
    ],
)
def test_a_file_that_is_no_text(ctb: Run, tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "dump.sql").write_bytes(content)
    assert_said(ctb("audit", "--no-log", "dump.sql"), 3, "dump.sql", problem)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "latin-1"])
def test_other_encodings_are_read(ctb: Run, tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.sql").write_bytes(("-- größer\n" + GOOD).encode(encoding))
    done = ctb("audit", "--no-log", "--exit-zero", "a.sql")
    assert (done.returncode, "public.users" in done.stdout) == (0, True)


@pytest.mark.parametrize("text", ["SELECT 'abc", "COMMENT ON TABLE users IS $$abc", "/* abc"])
def test_an_unclosed_quote_is_found_and_the_rest_is_kept(
    ctb: Run, tmp_path: Path, text: str
) -> None:
    (tmp_path / "a.sql").write_text(GOOD + text)
    done = ctb("audit", "--no-log", "-v", "a.sql")
    assert done.returncode == 3
    assert "public.users" in done.stdout
    assert "a.sql:2" in done.stdout
    assert done.stderr == ""


def test_twenty_thousand_parentheses(ctb: Run, tmp_path: Path) -> None:
    deep = f"CREATE VIEW v AS SELECT {'(' * 20_000}1{')' * 20_000};\n"
    (tmp_path / "a.sql").write_text(GOOD + deep)
    done = ctb("audit", "--no-log", "-v", "--min-coverage", "0", "--exit-zero", "a.sql")
    assert (done.returncode, done.stderr) == (0, "")
    assert "public.users" in done.stdout
    assert "a.sql:2" in done.stdout


def test_a_rule_file_with_a_misspelt_key(ctb: Run, tmp_path: Path) -> None:
    folder = tmp_path / "our-rules" / "indexes"
    folder.mkdir(parents=True)
    (folder / "odd-thing.toml").write_text('sumary = "x"\n')
    (tmp_path / "ctb.toml").write_text('rules = ["our-rules"]\n')
    (tmp_path / "a.sql").write_text(GOOD)
    assert_said(
        ctb("audit", "--no-log", "a.sql"), 2, "odd-thing.toml", "sumary", "did you mean summary?"
    )


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("standart = 'ctb-1.0'", ("ctb.toml", "standart", "did you mean standard?")),
        ("fail_under = 'x'", ("ctb.toml", "fail_under")),
        ("fail_under = ", ("ctb.toml", "TOML")),
        ("standard = 'ctb-2.0'", ("ctb-2.0", "no such standard")),
        ("select = ['unindexed-statuss']", ("unindexed-statuss", "did you mean")),
    ],
)
def test_a_wrong_configuration(ctb: Run, tmp_path: Path, text: str, parts: tuple[str, ...]) -> None:
    (tmp_path / "ctb.toml").write_text(text)
    (tmp_path / "a.sql").write_text(GOOD)
    assert_said(ctb("audit", "--no-log", "a.sql"), 2, *parts)


def test_a_log_that_was_named_and_cannot_be_written(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(GOOD)
    (tmp_path / "file").write_text("not a folder")
    done = ctb("audit", "--log", "file/log.db", "--exit-zero", "a.sql")
    assert_said(done, 3, "log.db")
    assert "public.users" in done.stdout, "the report comes first"


def test_the_default_log_only_warns(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(GOOD)
    (tmp_path / ".ctb").write_text("not a folder")
    done = ctb("audit", "--exit-zero", "a.sql")
    assert_said(done, 0, "warning", ".ctb")


def test_a_broken_run_is_logged_as_failed(ctb: Run, tmp_path: Path) -> None:
    assert_said(ctb("audit", "--log", "log.db", "nowhere.sql"), 3, "nowhere.sql")
    with sqlite3.connect(tmp_path / "log.db") as database:
        rows = database.execute("SELECT action_type, status FROM ctb_compliance_log").fetchall()
    database.close()
    assert rows == [("audit", "failed")]


def test_an_output_that_cannot_be_written_leaves_what_was_there(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(GOOD)
    (tmp_path / "report").write_text("precious")
    done = ctb("audit", "--no-log", "--exit-zero", "-o", "report/a.json", "a.sql")
    assert_said(done, 3, "report")
    assert (tmp_path / "report").read_text() == "precious"
    assert sorted(os.listdir(tmp_path)) == ["a.sql", "report"]


def test_an_output_of_no_known_format(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(GOOD)
    done = ctb("audit", "--no-log", "-o", "a.docx", "a.sql")
    assert_said(done, 2, "a.docx", ".json")


def test_low_coverage_is_incomplete(ctb: Run, tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text(GOOD + "CREATE TABEL x (a int);\n")
    done = ctb("audit", "--no-log", "a.sql")
    assert done.returncode == 3
    assert "50.0 % of the statements are accounted for" in done.stdout


def test_unknown_commands_and_options(ctb: Run) -> None:
    assert "Did you mean 'audit'?" in ctb("adit").stderr
    done = ctb("audit", "--nolog")
    assert (done.returncode, "--no-log" in done.stderr) == (2, True)


def test_standard_input_has_a_name(ctb: Run) -> None:
    done = ctb(
        *("audit", "--no-log", "--exit-zero", "--stdin-filename", "db/users.sql", "-"),
        stdin=GOOD.encode(),
    )
    assert "db/users.sql:1" in done.stdout
