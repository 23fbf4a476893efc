"""Attacks through what is read: names, comments, paths, templates, rules."""

import ast
import csv
import io
import os
import re
from functools import cache
from pathlib import Path

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer, available_binaries
from ctb_audit.sources.ddl.split import split
from tests.faults.conftest import Start

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ctb_audit"
ATTACK = "'); DROP TABLE victim; --"
NAMES = (
    'evil"; DROP TABLE victim; --',
    "evil'); DROP TABLE victim; --",
    "evil$ctb$; DROP TABLE victim; $ctb$",
    "evil\\'; DROP TABLE victim; --",
    "evil */ DROP TABLE victim; /*",
    "evil %s %(x)s {x} {{ x }}",
    "=cmd|' /C calc'!A0",
    "evil\x1b]0;owned\x07",
)


def quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def hostile_schema() -> str:
    """Tables whose names, columns, comments, values and constraints are attacks."""
    parts = ["CREATE TABLE victim (id int PRIMARY KEY);\n"]
    for number, name in enumerate(NAMES):
        parts.append(
            f"CREATE TABLE {quoted(name)} (id serial, heir_id varchar(50), {quoted(name)} text,\n"
            f"  status text DEFAULT {text(name)}, created_at timestamp,\n"
            f"  CONSTRAINT {quoted(f'c{number}{name}')} CHECK (status <> {text(name)}));\n"
            f"COMMENT ON TABLE {quoted(name)} IS {text(ATTACK + name)};\n"
            f"COMMENT ON COLUMN {quoted(name)}.{quoted(name)} IS {text(ATTACK + name)};\n"
        )
    return "".join(parts)


@pytest.fixture
def hostile(project: Path) -> Path:
    (project / "migrations" / "001_users.sql").write_text(hostile_schema())
    return project


def test_hostile_names_survive_audit_remediation_and_application(
    hostile: Path, start: Start
) -> None:
    """What is emitted is run on a server that holds the hostile schema and a row to lose."""
    process = start(
        *("remediate", "--no-log", "--rows", "2", "--output-dir", "out", "--only", "safe"),
    )
    said, error = process.communicate(timeout=240)
    assert process.returncode == 0, (said, error)
    scripts = sorted((hostile / "out").glob("*.up.sql"))
    assert scripts
    newest = max(available_binaries(), key=lambda binaries: binaries.version)
    with ScratchServer(newest) as server, psycopg.connect(server.url(), autocommit=True) as session:
        session.execute(hostile_schema().encode())
        session.execute("INSERT INTO victim VALUES (1)")
        for path in (*scripts, *sorted((hostile / "out").glob("*.down.sql"), reverse=True)):
            for statement in split(path.read_text()):
                if statement.kind == "sql":
                    session.execute(statement.text.encode())
        found = session.execute("SELECT count(*) FROM victim").fetchone()
        tables = session.execute(
            "SELECT count(*) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert (found, tables) == ((1,), (len(NAMES) + 1,))


FORMATS = ("terminal", "json", "markdown", "sarif", "junit", "github", "gitlab", "html", "summary")


@pytest.mark.parametrize("form", FORMATS)
def test_no_output_holds_what_a_terminal_obeys(hostile: Path, start: Start, form: str) -> None:
    said, error = start("audit", "--no-log", "--format", form).communicate(timeout=60)
    assert len(said) > 100
    assert b"\x1b" not in said + error and b"\x07" not in said + error


def test_errors_hold_nothing_that_a_terminal_obeys(project: Path, start: Start) -> None:
    (project / "ctb.toml").write_text('"\\u001b]0;owned\\u0007" = 1\n')
    said, error = start("audit").communicate(timeout=60)
    assert b"\x1b" not in said + error
    assert b"owned" in error


def test_annotations_of_a_build_cannot_be_forged(hostile: Path, start: Start) -> None:
    said = start("audit", "--no-log", "--format", "github").communicate(timeout=60)[0].decode()
    lines = said.splitlines()
    assert all(re.match(r"::(error|warning|notice|group|endgroup)\b", line) for line in lines)


def test_a_spreadsheet_computes_nothing(hostile: Path, start: Start) -> None:
    start("audit").communicate(timeout=60)
    said = start("history", "--format", "csv").communicate(timeout=60)[0].decode()
    cells = [cell for row in csv.reader(io.StringIO(said)) for cell in row]
    assert cells
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "\r"))] == []


# ---- paths ---------------------------------------------------------------------------------------

SECRET = "CREATE TABLE outsider (id int, told text);\n"


@pytest.fixture
def outside(project: Path) -> Path:
    """A folder beside the project that nothing may read or write."""
    folder = project.parent / f"{project.name}-outside"
    folder.mkdir()
    (folder / "o.sql").write_text(SECRET)
    (folder / "report.md.j2").write_text("outsider\n")
    return folder


WAYS = ["\\i ../../{}", "\\ir ../../{}", "\\i {absolute}", "\\ir l.sql"]


@pytest.mark.parametrize(
    ("way", "flag"), [*((way, "--no-cache") for way in WAYS), (WAYS[-1], "--via-postgres")]
)
def test_an_include_does_not_leave_the_project(
    project: Path, outside: Path, start: Start, way: str, flag: str
) -> None:
    relative = f"{outside.name}/o.sql"
    line = way.format(relative, absolute=outside / "o.sql")
    (project / "migrations" / "002_i.sql").write_text(f"{line}\n")
    (project / "migrations" / "l.sql").symlink_to(outside / "o.sql")
    said = b"".join(start("audit", "--no-log", "-v", flag).communicate(timeout=120))
    assert b"public.users" in said
    assert b"public.outsider" not in said


@pytest.mark.parametrize("link", ["migrations/002_l.sql", "linked", "SCHEMA.md"])
def test_a_link_does_not_lead_out(project: Path, outside: Path, start: Start, link: str) -> None:
    (outside / "SCHEMA.md").write_text(
        f"# outsider\n\n**Table ID**: BART-X-Y-V1\n```sql\n{SECRET}```\n"
    )
    targets = {"linked": outside, "SCHEMA.md": outside / "SCHEMA.md"}
    (project / link).symlink_to(targets.get(link, outside / "o.sql"))
    (project / "ctb.toml").unlink()
    said = b"".join(start("audit", "--no-log", "-v").communicate(timeout=60))
    assert b"outsider." not in said and b"public.outsider" not in said
    assert b"link that leaves the root" in said


CONFIGURED = {
    "sources": 'sources = ["{}"]',
    "baseline": 'sources = ["migrations"]\nbaseline = "{}/b.json"',
    "templates": 'sources = ["migrations"]\ntemplates = "{}"',
    "rules": 'sources = ["migrations"]\nrules = ["{}"]',
    "standards": 'sources = ["migrations"]\nstandards = ["{}"]',
    "standard": 'sources = ["migrations"]\nstandard = "{}/s.toml"',
    "log": 'sources = ["migrations"]\nlog = "{}/l.db"',
    "log by URL": 'sources = ["migrations"]\nlog = "sqlite:///{}/l.db"',
}


@pytest.mark.parametrize("how", ["relative", "absolute", "through a link"])
@pytest.mark.parametrize("key", CONFIGURED)
def test_no_configured_path_leaves_the_project(
    project: Path, outside: Path, start: Start, key: str, how: str
) -> None:
    before = sorted(outside.iterdir())
    places = {"relative": f"../{outside.name}", "absolute": str(outside), "through a link": "inner"}
    (project / "inner").symlink_to(outside)
    (project / "ctb.toml").write_text(CONFIGURED[key].format(places[how]))
    process = start("audit")
    error = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 2
    assert f"ctb.toml: {key.partition(' ')[0]}: " in error and "leaves the project" in error
    assert sorted(outside.iterdir()) == before


def test_a_configuration_below_the_top_may_name_the_whole_repository(
    project: Path, start: Start
) -> None:
    (project / ".git").mkdir()
    (project / "team").mkdir()
    (project / "team" / "ctb.toml").write_text('sources = ["../migrations"]\n')
    said = start("audit", "--no-log", cwd=project / "team").communicate(timeout=60)[0]
    assert b"public.users" in said


@pytest.mark.parametrize("link", [".ctb", ".github"])
def test_nothing_is_written_through_a_link_that_leads_out(
    project: Path, outside: Path, start: Start, link: str
) -> None:
    before = sorted(outside.iterdir())
    (project / link).symlink_to(outside)
    (project / "ctb.toml").unlink()
    for command in (("audit", "--exit-zero"), ("init",), ("tag",), ("audit", "--exit-zero")):
        process = start(*command)
        process.communicate(timeout=60)
    assert sorted(outside.iterdir()) == before


TEMPLATES = {
    "a link": '{% include "leak" %}',
    "dots": '{% include "../ctb.toml" %}',
    "an absolute path": '{% include "/etc/passwd" %}',
    "a class": "{{ ''.__class__.__mro__ }}",
    "an attribute": "{{ audit.__init__.__globals__ }}",
    "a call": "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "a format": "{{ '{0.__class__}'.format(1) }}",
    "a change": "{% do audit.findings.clear() %}",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_reaches_nothing_but_its_values(project: Path, start: Start, name: str) -> None:
    folder = project / "templates"
    folder.mkdir()
    (folder / "report.md.j2").write_text(TEMPLATES[name])
    (folder / "leak").symlink_to("/etc/passwd")
    (project / "ctb.toml").write_text('sources = ["migrations"]\ntemplates = "templates"\n')
    process = start("audit", "--no-log", "--format", "markdown")
    said, error = process.communicate(timeout=60)
    assert (process.returncode, said) == (2, b"")
    assert b"report.md.j2" in error or b"leak" in error


LOOKED_AT = re.compile(
    r"""Environment\(|\b(eval|exec|compile|__import__)\(|\bos\.(system|popen)|pickle|marshal|shelve"""
    r"""|yaml|shell=|\bf["']+\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT"""
    r"""|TRUNCATE|COPY)\s"""
)
"""What the tests below may object to; other files need not be parsed."""


@cache
def nodes() -> tuple[tuple[str, ast.Call | ast.JoinedStr], ...]:
    """Calls and f-strings of our code, with the file that each stands in."""
    return tuple(
        (path.relative_to(PACKAGE).as_posix(), node)
        for path in sorted(PACKAGE.rglob("*.py"))
        if LOOKED_AT.search(text := path.read_text())
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call | ast.JoinedStr)
    )


def called(node: ast.AST) -> str:
    """`name` or `module.name` of what a call calls, "" for another node."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        return f"{function.value.id}.{function.attr}"
    return function.id if isinstance(function, ast.Name) else ""


def test_there_is_one_environment_of_templates_and_it_is_safe() -> None:
    made = [
        (place, ast.unparse(node))
        for place, node in nodes()
        if called(node).endswith("Environment")
    ]
    assert [name for name, _ in made] == ["report/template.py"]
    assert made[0][1].startswith("ImmutableSandboxedEnvironment(")
    assert "autoescape=" in made[0][1]
    unescaped = {
        found
        for path in (ROOT / "templates").glob("*.html*")
        for found in re.findall(r"\{\{[^}]*\|\s*safe[^}]*\}\}", path.read_text())
    }
    assert unescaped <= {"{{ style|safe }}", "{{ script|safe }}"}


# ---- our own code --------------------------------------------------------------------------------

EXECUTING = {
    *("eval", "exec", "compile", "__import__", "os.system", "os.popen", "yaml.load"),
    *("pickle.load", "pickle.loads", "marshal.loads", "shelve.open"),
}
SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP|GRANT|REVOKE|COMMENT ON|TRUNCATE|COPY)\s"
)
RAW = {"name", "schema", "comment", "column", "table", "label", "qualified", "value", "owner"}
REVIEWED = {
    "drift/settle.py": "names of its own",
    "reference/sql.py": "documents in BigQuery's dialect, which nothing runs",
    "remedy/bigquery/changes.py": "columns of BigQuery hold letters, digits and _",
}


def test_no_sql_is_made_of_a_name_that_was_not_quoted() -> None:
    """An attribute of the model inside an f-string of SQL, without a call around it."""
    found = {
        f"{place}: {ast.unparse(part.value)}"
        for place, node in nodes()
        if isinstance(node, ast.JoinedStr) and _is_sql(node)
        for part in node.values
        if isinstance(part, ast.FormattedValue)
        and isinstance(part.value, ast.Attribute)
        and part.value.attr in RAW
    }
    assert {line for line in found if line.partition(":")[0] not in REVIEWED} == set()
    assert found  # the rule finds what was reviewed


def _is_sql(node: ast.JoinedStr) -> bool:
    first = node.values[0]
    return isinstance(first, ast.Constant) and bool(SQL.match(str(first.value)))


def test_nothing_that_is_read_is_executed() -> None:
    """No eval, pickle of files, YAML objects or shells; `exec` makes methods of our own classes."""
    found = set()
    for place, node in nodes():
        if isinstance(node, ast.Call):
            name = called(node)
            if name in EXECUTING or any(word.arg == "shell" for word in node.keywords):
                found.add((place, name))
    assert found <= {
        ("lean_methods.py", "exec"),
        ("forked.py", "pickle.loads"),  # of a child, through a pipe of our own
        ("fleet/frames.py", "pickle.loads"),  # likewise
    }


def test_running_as_root_or_not_the_tests_of_links_can_fail(project: Path, outside: Path) -> None:
    (project / "link").symlink_to(outside)
    assert (project / "link" / "o.sql").read_text() == SECRET
    assert os.path.realpath(project / "link") == str(outside)
