"""A command imports what it uses and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = {
    *("sqlglot", "psycopg", "jinja2", "jsonschema", "rich", "markdown_it", "pathspec"),
    *("importlib.metadata", "tree_sitter", "sqlite3", "multiprocessing", "concurrent.futures"),
}
SCRIPT = """
import json, sys
from ctb_audit.cli.app import run
code = run(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def modules(folder: Path, *arguments: str) -> set[str]:
    """What is loaded when the command has run."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, json.dumps(arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    code, names = json.loads(done.stderr.splitlines()[-1])
    assert code in (0, 1), done.stderr
    return set(names)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "one.sql").write_text("CREATE TABLE users (id serial PRIMARY KEY, email text);\n")
    (tmp_path / "notes.md").write_text("# Users\n\n**STAMPED Compliant**: Yes\n")
    return tmp_path


def test_an_audit_of_one_file_loads_no_heavy_library(folder: Path) -> None:
    loaded = modules(folder, "audit", "--no-log", "one.sql")
    assert loaded & HEAVY == set()
    assert "pgparse" in loaded


def test_an_audit_loads_only_the_readers_checks_and_reports_that_it_uses(folder: Path) -> None:
    loaded = modules(folder, "audit", "--no-log", "one.sql")
    ours = {name.removeprefix("ctb_audit.") for name in loaded if name.startswith("ctb_audit.")}
    unused = (
        *("sources.reference", "sources.postgres", "sources.typescript", "sources.firestore_rules"),
        *("sources.ddl.parse_sqlglot", "sources.ddl.parse_postgres.blocks", "compare", "state"),
        *("sources.ddl.replay.renames", "checks.claims", "checks.rows", "checks.security_rules"),
        *("log", "report.html", "report.sarif", "remedy", "scratch", "trees", "codec"),
    )
    assert {name for name in unused if name in ours} == set()


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        (("audit", "--no-log", "--format", "markdown", "one.sql"), "jinja2"),
        (("audit", "--no-log", "--parser", "sqlglot", "one.sql"), "sqlglot"),
        (("audit", "--log", "log.db", "one.sql"), "sqlite3"),
    ],
)
def test_a_library_is_loaded_where_it_is_used(
    folder: Path, arguments: tuple[str, ...], needed: str
) -> None:
    assert needed in modules(folder, *arguments)


@pytest.mark.parametrize("command", ["rules", "explain"])
def test_commands_without_sources_load_no_reader(folder: Path, command: str) -> None:
    arguments = (command, "missing-primary-key") if command == "explain" else (command,)
    loaded = modules(folder, *arguments)
    assert not loaded & (HEAVY | {"pgparse", "ctb_audit.audit", "ctb_audit.sources.load"})


def test_the_version_needs_no_import() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import ctb_audit.cli"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "click" not in done.stderr and "ctb_audit.cli.app" not in done.stderr
