"""`ctb doctor` on sources and logs that are there, missing, wrong, or on a server."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import psycopg
import pytest

from ctb_audit.cli.doctor import SCHEMAS
from ctb_audit.log import open_log
from ctb_audit.resources import resource_text
from ctb_audit.scratch import ScratchServer

Ctb = Callable[..., tuple[int, str, str]]
Doctor = Callable[..., tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with ScratchServer() as server, server.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE users (id int)")
        yield url


@pytest.fixture
def doctor(ctb: Ctb, tmp_path: Path) -> Doctor:
    """Runs it on a configuration: exit code, and the rows of sources by name."""

    def run(configuration: str, *options: str) -> tuple[int, dict[str, dict[str, Any]]]:
        (tmp_path / "ctb.toml").write_text(configuration)
        code, out, _ = ctb("doctor", "--json", *options)
        assert "geheim" not in out
        said = json.loads(out)
        jsonschema.validate(said, json.loads(resource_text("rules/doctor.schema.json")))
        return code, {row["name"]: row for row in said["sources"]}

    return run


def test_paths_are_there_or_missing(doctor: Doctor, tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    code, rows = doctor('sources = ["db", "docs/schema.md"]\nlog = "none"\n')
    assert code == 3
    assert (rows["db"]["value"], rows["db"]["amiss"]) == ("folder", False)
    assert (rows["docs/schema.md"]["value"], rows["docs/schema.md"]["amiss"]) == ("missing", True)
    assert rows["log"]["value"] == "none"


def test_variables_are_set_or_not_and_never_shown(
    doctor: Doctor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KEYED", "host=db.example.org password=geheim")
    monkeypatch.setenv("BROKEN", "postgresql://ann:ge@heim/geheim@db/x")
    monkeypatch.setenv("DATABASE_URL", "postgresql://ann:geheim@db/x")
    code, rows = doctor('sources = ["env:KEYED", "env:BROKEN", "env:DATABASE_URL", "env:UNSET"]\n')
    assert code == 3
    assert rows["env:KEYED"]["value"] == "set"
    assert rows["env:BROKEN"]["value"] == "postgresql://***"
    assert rows["env:DATABASE_URL"]["value"] == "postgresql://ann@db/x"
    assert rows["env:UNSET"]["note"] == "export UNSET"
    assert [name for name, row in rows.items() if row["amiss"]] == ["env:UNSET"]


def test_a_url_of_another_kind_is_amiss_before_anything_is_opened(doctor: Doctor) -> None:
    code, rows = doctor('sources = ["mysql://root:geheim@h/d"]\n')
    assert code == 3
    assert "no source is called mysql://" in rows["mysql://***"]["value"]
    assert "postgresql://..." in rows["mysql://***"]["note"]


def test_connecting_reads_sources_and_asks_the_log(
    doctor: Doctor, database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEAM", database)
    configuration = 'sources = ["env:TEAM"]\nlog = "env:TEAM"\n'
    code, rows = doctor(configuration)
    assert code == 0
    assert "--connect" in rows["log"]["note"] if "log" in rows else rows["env:TEAM"]["note"]
    open_log(database, root=tmp_path, create=True).prepare()
    code, rows = doctor(configuration, "--connect")
    assert code == 0
    assert rows["env:TEAM"]["value"] == "read: 3 tables"
    assert rows["log"]["note"] == "no audit yet"


def test_what_cannot_be_opened_says_why(doctor: Doctor) -> None:
    url = "postgresql://ann:geheim@127.0.0.1:1/x"
    code, rows = doctor(f'sources = ["{url}"]\nlog = "{url}"\n', "--connect")
    assert code == 3
    assert rows["postgresql://ann@127.0.0.1:1/x"]["value"] == "cannot be read"
    assert "refused" in rows["postgresql://ann@127.0.0.1:1/x"]["note"]
    assert rows["log"]["amiss"] is True


def test_the_log_in_a_file_tells_its_last_score(doctor: Doctor, ctb: Ctb, tmp_path: Path) -> None:
    assert doctor("")[1]["log"]["note"] == "made by the first audit"
    (tmp_path / "t.sql").write_text("CREATE TABLE t (id int PRIMARY KEY);")
    ctb("audit", "--exit-zero")
    assert doctor("")[1]["log"]["note"].startswith("last score ")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_schema_is_printed_and_has_an_id(ctb: Ctb, name: str) -> None:
    code, out, _ = ctb("doctor", "--schema", name)
    schema = json.loads(out)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert code == 0
    assert schema["$id"] == f"urn:ctb-audit:schema:{name}"
    assert schema["title"]


def test_every_schema_is_documented() -> None:
    page = (Path(__file__).parents[2] / "docs/doctor.md").read_text(encoding="utf-8")
    assert len(SCHEMAS) >= 12
    assert [name for name in SCHEMAS if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("rules", ("rules", "--format", "json")),
        ("rules", ("rules", "--standard", "ctb-1.3", "--format", "json")),
        ("history", ("history", "--format", "json")),
        ("history", ("history", "--daily", "--format", "json")),
        ("history", ("history", "--diff", "latest~1", "latest", "--format", "json")),
        ("id", ("id", "parse", "--json", "PRC-AUTH-1761177600")),
        ("id", ("id", "parse", "--json", "nonsense")),
    ],
)
def test_what_commands_print_fits_their_schema(
    ctb: Ctb, tmp_path: Path, name: str, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "t.sql").write_text("CREATE TABLE t (id int PRIMARY KEY);")
    if name == "history":
        ctb("tag")
        ctb("audit", "--exit-zero")
        ctb("audit", "--exit-zero", "--standard", "ctb-1.3")
    out = ctb(*arguments)[1]
    jsonschema.validate(json.loads(out), json.loads(resource_text(f"rules/{name}.schema.json")))
    assert out
