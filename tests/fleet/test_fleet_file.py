"""fleet.toml: what it may hold, and what is said of what it may not."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from ctb_audit.errors import ConfigurationError, CtbError, EmptySourceError, UsageError
from ctb_audit.fleet.fleet_file import Fleet, fleet_of_folders, read_fleet
from ctb_audit.resources import resource_text

SCHEMA = json.loads(resource_text("rules/fleet.schema.json"))


def read(folder: Path, text: str) -> Fleet:
    (folder / "fleet.toml").write_text(text)
    return read_fleet(folder / "fleet.toml")


def said(folder: Path, text: str) -> str:
    with pytest.raises(CtbError) as caught:
        read(folder, text)
    return str(caught.value)


def test_the_schema_is_one_and_names_itself() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "urn:ctb-audit:schema:fleet"
    assert all("description" in p for p in SCHEMA["properties"].values())


def test_every_kind_of_target(tmp_path: Path) -> None:
    (tmp_path / "live.toml").write_text("fail_under = 50\n")
    fleet = read(
        tmp_path,
        """
        log = "env:CTB_LOG"
        standard = "ctb-1.3"
        timeout = 90
        retries = 1
        target = [
          {path = "billing", team = "payments", system = "invoices"},
          {git = "https://example.org/acme/orders.git", ref = "v2", folder = "db"},
          {git = "git@example.org:acme/users.git", standard = "ctb-1.0"},
          {database = "ORDERS_URL", config = "live.toml", timeout = 5},
          {bigquery = "warehouse/events"},
          {firestore = "app", name = "the app"},
        ]
        """,
    )
    assert [(t.name, t.kind, t.shown) for t in fleet.targets] == [
        ("ORDERS_URL", "database", "env:ORDERS_URL"),
        ("billing", "folder", "billing"),
        ("orders/db", "git", "https://example.org/acme/orders.git#v2 db"),
        ("the app", "firestore", "firestore://app"),
        ("users", "git", "git@example.org:acme/users.git"),
        ("warehouse/events", "bigquery", "bigquery://warehouse/events"),
    ]
    assert (fleet.log, fleet.timeout, fleet.retries) == ("env:CTB_LOG", 90, 1)
    by_name = {t.name: t for t in fleet.targets}
    assert by_name["billing"].place == str(tmp_path / "billing")
    assert (by_name["billing"].team, by_name["billing"].system) == ("payments", "invoices")
    assert by_name["ORDERS_URL"].config == str(tmp_path / "live.toml")
    assert by_name["users"].standard == "ctb-1.0" and by_name["billing"].standard == "ctb-1.3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("timout = 3", "fleet.toml: timout: unknown key, did you mean timeout?"),
        ("[[target]]\npth = 'a'", "fleet.toml: target[0].pth: unknown key, did you mean path?"),
        ("[[discover]]\nbelwo = 'a'", "discover[0].belwo: unknown key, did you mean below?"),
        ("timeout = 'long'", 'fleet.toml: timeout: must be a number, not "long"'),
        ("[[target]]\nteam = 'a'", "fleet.toml: target[0]: names no place; write exactly one of"),
        ("[[target]]\npath = 'a'\ngit = 'b'", "target[0]: names both path and git"),
        ("[[target]]\npath = 'a'\nref = 'b'", "target[0].ref: does not go with a folder"),
        ("[[target]]\npath = 'a'\nconfig = 'b'", "target[0].config: does not go with a folder"),
        ("[[target]]\ndatabase = 'A'\nconfig = 'b'", "target[0].config: there is no b"),
        ("[[target]]\npath = 'a'\n[[target]]\npath = './a/'", "target[1]: is the same target as"),
        ("[[target]]\npath = 'a'\n[[target]]\ndatabase = 'a'", "has the name of target[0]: a"),
        ("[[target]]\ngit = 'ext::sh -c id'", "target[0].git: is no repository that may be"),
        ("[[target]]\ngit = 'http://h/a'", "target[0].git: is no repository that may be fetched"),
        ("[[target]]\ngit = '--upload-pack=id'", "target[0].git: is no repository that may be"),
        ("[[target]]\ngit = 'a'\nref = '--exec'", "target[0].ref: is no branch, tag or commit"),
        ("[[target]]\ngit = 'a'\nfolder = '../b'", "target[0].folder: leads out of the repository"),
        ("", "fleet.toml: names no target; add [[target]] or [[discover]]"),
        ("[[target]\n", "fleet.toml: is not valid TOML"),
        ("[[discover]]\nbelow = 'nowhere'", "discover[0].below: nowhere: is no folder"),
    ],
)
def test_mistakes_are_named_with_their_place(tmp_path: Path, text: str, message: str) -> None:
    assert message in said(tmp_path, text)


def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    database = said(tmp_path, "[[target]]\ndatabase = 'postgresql://u:hunter2@h/d'\nx = 1")
    git = said(tmp_path, "[[target]]\ngit = 'https://u:hunter2@h/a'")
    assert "target[0].database: is no name of a variable" in database
    assert "target[0].git: holds a password" in git
    assert "hunter2" not in database + git


def test_a_found_target_that_is_declared_is_there_once_as_declared(estate: Path) -> None:
    text = "[[discover]]\nbelow = '.'\nteam = 'all'\n[[target]]\npath = 'orders'\nteam = 'own'\n"
    found = read(estate, text).targets
    assert [(t.name, t.team) for t in found] == [
        ("billing", "all"),
        ("orders", "own"),
        ("users", "all"),
    ]


def test_a_file_that_is_not_there_and_text_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_fleet(tmp_path / "fleet.toml")
    (tmp_path / "fleet.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        read_fleet(tmp_path / "fleet.toml")


def test_several_folders_keep_their_targets_apart(tmp_path: Path) -> None:
    for place in ("a/one", "b/one"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "x.sql").write_text("CREATE TABLE t (id int);")
    found = fleet_of_folders(["a", "b"], tmp_path).targets
    assert [t.name for t in found] == ["a/one", "b/one"]
    with pytest.raises(EmptySourceError, match=r"^c: is no folder"):
        fleet_of_folders(["c"], tmp_path)
