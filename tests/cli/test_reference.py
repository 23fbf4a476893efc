"""`ctb reference` as a user runs it."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

Run = Callable[..., CompletedProcess[str]]
SQL = "CREATE TABLE users (id integer PRIMARY KEY, email text);\n"


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    place = tmp_path / "schema.sql"
    place.write_text(SQL, encoding="utf-8")
    return place


def test_writes_checks_and_notices_a_stale_file(ctb: Run, schema: Path, tmp_path: Path) -> None:
    target = tmp_path / "REFERENCE.md"
    assert ctb("reference", "schema.sql", "-o", "REFERENCE.md").returncode == 0
    first = target.read_text(encoding="utf-8")
    assert "CREATE TABLE users" in first
    assert ctb("reference", "schema.sql", "-o", "REFERENCE.md", "--check").returncode == 0
    schema.write_text(SQL + "ALTER TABLE users ADD name text;\n", encoding="utf-8")
    stale = ctb("reference", "schema.sql", "-o", "REFERENCE.md", "--check")
    assert (stale.returncode, "is stale" in stale.stderr) == (1, True)
    assert target.read_text(encoding="utf-8") == first
    assert ctb("reference", "schema.sql", "-o", "REFERENCE.md").returncode == 0
    assert "name TEXT" in target.read_text(encoding="utf-8")


def test_prints_without_a_file(ctb: Run, schema: Path) -> None:
    done = ctb("reference", "schema.sql", "--shape", "ctb-1.3")
    assert done.returncode == 0
    assert "S - Structure" in done.stdout
    assert "**Foreign Keys**: None" in done.stdout


def test_a_folder_holds_an_index_and_a_file_a_table(ctb: Run, schema: Path, tmp_path: Path) -> None:
    assert ctb("reference", "schema.sql", "--output-dir", "docs").returncode == 0
    found = sorted(p.relative_to(tmp_path).as_posix() for p in (tmp_path / "docs").rglob("*.md"))
    assert found == ["docs/README.md", "docs/postgresql/public.users.md"]


@pytest.mark.parametrize(
    "arguments",
    [("--check",), ("-o", "a.md", "--output-dir", "b"), ("--shape", "ctb-9")],
)
def test_refuses_what_makes_no_sense(ctb: Run, schema: Path, arguments: tuple[str, ...]) -> None:
    done = ctb("reference", "schema.sql", *arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_document_that_is_not_text_is_left_alone(ctb: Run, schema: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.md").write_bytes(b"# R\n\xff\xfe\n")
    done = ctb("reference", "schema.sql", "-o", "broken.md")
    assert done.returncode == 3
    assert "broken.md" in done.stderr
    assert (tmp_path / "broken.md").read_bytes() == b"# R\n\xff\xfe\n"
