"""`ctb remediate --in-place` as a user runs it."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ctb_audit.remedy.in_place.files import SourceFile, WriteError, write_all
from ctb_audit.whole_file import write_whole

SQL = """\
-- ctb: enforcement=STRICT orbt=3
CREATE TABLE invoices (
    id bigint PRIMARY KEY,
    status text, -- a note, with ); and 'quotes
    email text   -- the last
);
"""
VALUES = ("--value", "blueprint_version=1.0", "--no-log")


def ctb(folder: Path, *arguments: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "ctb_audit.cli", "remediate", "--in-place", *arguments],
        cwd=folder,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def score(folder: Path, *sources: str) -> int:
    import json

    command = [sys.executable, "-m", "ctb_audit.cli", "audit", "--no-log", "--format", "json"]
    done = subprocess.run(
        [*command, *sources], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return int(json.loads(done.stdout)["score"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "schema.sql").write_text(SQL)
    return tmp_path


def test_the_file_is_edited_proven_and_logged_and_then_left_alone(folder: Path) -> None:
    before = score(folder, "schema.sql")
    done = ctb(folder, "schema.sql", "--value", "blueprint_version=1.0")
    text = (folder / "schema.sql").read_text()
    assert done.returncode == 0, done.stderr + done.stdout
    assert "the edited files load in PostgreSQL" in done.stdout
    assert f"score {before} -> {score(folder, 'schema.sql')}" in done.stdout
    assert "    email text,   -- the last\n    heir_id varchar(50) NOT NULL,\n" in text
    rest = iter(text)
    assert all(character in rest for character in SQL), "every character is there, in order"
    with sqlite3.connect(folder / ".ctb" / "compliance.db") as log:
        ((status, actions),) = log.execute(
            "SELECT status, actions_performed FROM ctb_compliance_log"
            " WHERE action_type = 'remediate'"
        )
    log.close()
    assert status == "completed" and '"schema.sql"' in actions and '"edit"' in actions
    again = ctb(folder, "schema.sql", *VALUES)
    assert again.returncode == 0 and "nothing to edit" in again.stdout
    assert (folder / "schema.sql").read_text() == text


def test_a_dry_run_prints_a_patch_that_git_applies(folder: Path) -> None:
    done = ctb(folder, "schema.sql", *VALUES, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert (folder / "schema.sql").read_text() == SQL
    patch = done.stdout.split("\nsafe ")[0] + "\n"
    subprocess.run(["git", "apply", "-"], cwd=folder, input=patch, text=True, check=True)
    patched = (folder / "schema.sql").read_text()
    (folder / "schema.sql").write_text(SQL)
    assert ctb(folder, "schema.sql", *VALUES).returncode == 0
    assert patched == (folder / "schema.sql").read_text()


@pytest.mark.parametrize(
    ("mark", "encoding", "newline"),
    [
        (b"\xef\xbb\xbf", "utf-8", "\r\n"),
        (b"\xff\xfe", "utf-16-le", "\r\n"),
        (b"", "latin-1", "\n"),
    ],
)
def test_encoding_mark_and_line_ends_stay(
    tmp_path: Path, mark: bytes, encoding: str, newline: str
) -> None:
    text = SQL.replace("the last", "die größte").replace("\n", newline)
    (tmp_path / "schema.sql").write_bytes(mark + text.encode(encoding))
    done = ctb(tmp_path, "schema.sql", *VALUES)
    assert done.returncode == 0, done.stderr + done.stdout
    data = (tmp_path / "schema.sql").read_bytes()
    assert data.startswith(mark)
    after = data[len(mark) :].decode(encoding)
    rest = iter(after)
    assert all(character in rest for character in text)
    assert after.count("\n") == after.count(newline)
    assert "heir_id" in after


def test_a_table_that_main_holds_is_refused_with_the_next_step(folder: Path) -> None:
    for arguments in (("init", "-q", "-b", "main"), ("add", "."), ("commit", "-qm", "x")):
        settings = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        subprocess.run(["git", *settings, *arguments], cwd=folder, check=True)
    done = ctb(folder, "schema.sql", *VALUES)
    assert done.returncode == 2
    assert "schema.sql:2: public.invoices is created on main already; name it with" in done.stderr
    assert (folder / "schema.sql").read_text() == SQL
    said = ctb(folder, "schema.sql", *VALUES, "--unshipped", "invoi*")
    assert said.returncode == 0 and "edited schema.sql" in said.stdout


def test_without_a_server_nothing_is_changed(folder: Path) -> None:
    done = ctb(folder, "schema.sql", *VALUES, CTB_PG_BIN="/nonexistent")
    assert done.returncode == 3
    assert "nothing is changed without proof" in done.stderr
    assert (folder / "schema.sql").read_text() == SQL


def test_a_file_that_would_not_load_any_more_is_left_alone(folder: Path) -> None:
    """A function that lists the columns breaks with one more, which only a server can tell."""
    text = (
        SQL
        + "CREATE FUNCTION f () RETURNS invoices LANGUAGE sql AS 'SELECT 1::bigint, $$$$, $$$$';"
    )
    (folder / "schema.sql").write_text(text)
    done = ctb(folder, "schema.sql", *VALUES)
    assert "would not come out as intended" in done.stdout + done.stderr
    assert done.returncode == 3
    assert (folder / "schema.sql").read_text() == text


def test_the_reference_is_renewed_with_the_tables(folder: Path) -> None:
    command = [sys.executable, "-m", "ctb_audit.cli", "reference", "schema.sql", "-o", "REF.md"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
    before = (folder / "REF.md").read_text()
    done = ctb(folder, "schema.sql", "REF.md", *VALUES)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "edited REF.md" in done.stdout and "edited schema.sql" in done.stdout
    after = (folder / "REF.md").read_text()
    assert "heir_id VARCHAR(50) DEFAULT" not in before
    assert "heir_id VARCHAR(50) DEFAULT" in after
    checked = subprocess.run([*command, "--check"], cwd=folder, check=False, timeout=60)
    assert checked.returncode == 0


@pytest.mark.parametrize(
    "option",
    [
        ("--output-dir", "x"),
        ("--layout", "flyway"),
        ("--verify-against", "postgresql://localhost/x"),
        ("--only", "review"),
        ("--empty",),
    ],
)
def test_options_of_migrations_are_refused(folder: Path, option: tuple[str, ...]) -> None:
    done = ctb(folder, "schema.sql", *VALUES, *option)
    assert done.returncode == 2
    assert "leave out --in-place" in done.stderr
    assert (folder / "schema.sql").read_text() == SQL


def test_only_chosen_tables_and_safe_changes(folder: Path) -> None:
    more = "CREATE TABLE notes (id int PRIMARY KEY, created_at timestamptz);\n"
    (folder / "schema.sql").write_text(SQL + more)
    done = ctb(folder, "schema.sql", *VALUES, "--only", "safe", "--table", "notes")
    assert done.returncode == 0, done.stderr
    text = (folder / "schema.sql").read_text()
    assert text.startswith(SQL)
    assert "created_at timestamptz DEFAULT now()," in text, "NOT NULL would be for review"


def test_what_cannot_be_edited_is_named_and_the_rest_is_edited(folder: Path) -> None:
    text = "CREATE SCHEMA app CREATE TABLE inside (id int PRIMARY KEY);\n"
    (folder / "schema.sql").write_text(SQL + text)
    for told in ("edited schema.sql", "nothing to edit"):
        done = ctb(folder, "schema.sql", *VALUES)
        assert done.returncode == 3, "some of it is left"
        assert "app.inside is created by a statement that cannot be edited" in done.stdout
        assert told in done.stdout
    assert (folder / "schema.sql").read_text().endswith(text)


def test_migrations_of_a_branch_are_edited_and_those_of_main_are_not(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        settings = ("-c", "user.name=t", "-c", "user.email=t@example.org")
        command = ["git", *settings, *arguments]
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)

    (tmp_path / "migrations").mkdir()
    old, new = (tmp_path / "migrations" / n for n in ("001_users.sql", "002_notes.sql"))
    old.write_text("CREATE TABLE users (id int PRIMARY KEY);\n")
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "users")
    git("switch", "-qc", "feature")
    new.write_text(
        "-- migrate:up\nCREATE TABLE notes (id int PRIMARY KEY, user_id int);\n"
        "-- migrate:down\nDROP TABLE notes;\n"
    )
    done = ctb(tmp_path, "migrations", *VALUES, "--value", "orbt_layer=2")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "public.users comes from a migration that main holds" in done.stdout
    assert old.read_text() == "CREATE TABLE users (id int PRIMARY KEY);\n"
    text = new.read_text()
    assert text.endswith("();\n-- migrate:down\nDROP TABLE notes;\n")
    assert "heir_id varchar(50) NOT NULL," in text


def files(folder: Path) -> dict[SourceFile, str]:
    found = {}
    for name in ("a.sql", "b.sql"):
        (folder / name).write_text(name)
        found[SourceFile.read(folder / name, name)] = f"new {name}"
    return found


def test_all_files_are_written_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = files(tmp_path)
    calls: list[str] = []

    def fails(path: Path, content: bytes, **options: bool) -> None:
        calls.append(path.name)
        if calls == ["a.sql", "b.sql"]:
            raise OSError(28, "No space left on device")
        write_whole(path, content, **options)

    monkeypatch.setattr("ctb_audit.remedy.in_place.files.write_whole", fails)
    with pytest.raises(WriteError, match=r"b\.sql: cannot be written: No space"):
        write_all(wanted)
    assert [(tmp_path / n).read_text() for n in ("a.sql", "b.sql")] == ["a.sql", "b.sql"]


def test_a_file_that_somebody_changed_meanwhile_is_kept(tmp_path: Path) -> None:
    wanted = files(tmp_path)
    (tmp_path / "b.sql").write_text("theirs")
    with pytest.raises(WriteError, match="changed while"):
        write_all(wanted)
    assert (tmp_path / "a.sql").read_text() == "a.sql"
    assert (tmp_path / "b.sql").read_text() == "theirs"
