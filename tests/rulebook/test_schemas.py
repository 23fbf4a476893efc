"""Every built-in file keeps its schema, and `shape` answers as `jsonschema` does."""

import copy
import json
import random
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ctb_audit import resources
from ctb_audit.shape import KEYWORDS, problems

RULES = resources.resource_path("rules")
SCHEMAS = {
    kind: json.loads((RULES / f"{kind}.schema.json").read_text())
    for kind in ("rule", "standard", "config", "actions")
}
SHAPED = ("rule", "standard", "config")
FILES = [
    ("standard" if path.parent.name == "standards" else "rule", path)
    for path in sorted(RULES.glob("*/*.toml"))
]
CONFIG = """
standard = "ctb-1.0"
sources = ["db", "env:DATABASE_URL"]
fail_under = 80
min_coverage = 97.5
fail_on = "HIGH"
[severity]
redundant-index = "off"
[dialect]
warehouse = "bigquery"
[registry]
ids = "public.ids"
[migrations]
trackers = ["our_migrations"]
[[table]]
name = "shq.*"
system = "postgresql"
level = "STRICT"
planned = false
kind = "log"
[[waiver]]
rule = "missing-primary-key"
owner = "data"
reason = "view in disguise"
until = "2027-01-01"
[[fail_under_schedule]]
date = "2027-01-01"
threshold = 90
"""


@pytest.mark.parametrize(("kind", "path"), FILES, ids=[path.stem for _, path in FILES])
def test_a_built_in_file_keeps_its_schema(kind: str, path: Path) -> None:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    assert [e.message for e in Draft202012Validator(SCHEMAS[kind]).iter_errors(table)] == []
    assert list(problems(table, SCHEMAS[kind])) == []


@pytest.mark.parametrize("kind", SCHEMAS)
def test_a_schema_is_one_and_describes_every_key(kind: str) -> None:
    schema = SCHEMAS[kind]
    Draft202012Validator.check_schema(schema)
    assert schema["$id"].endswith(f":{kind}")
    silent = [key for key, value in schema["properties"].items() if not value.get("description")]
    assert silent == []


@pytest.mark.parametrize("kind", SHAPED)
def test_shape_knows_every_keyword(kind: str) -> None:
    assert set(_keywords(SCHEMAS[kind])) <= KEYWORDS


@pytest.mark.parametrize("kind", SHAPED)
def test_shape_answers_as_jsonschema_does(kind: str) -> None:
    """A thousand damaged copies of valid tables: both refuse, or neither does."""
    chance = random.Random(20261122)
    validator = Draft202012Validator(SCHEMAS[kind])
    bases = _valid(kind)
    refused = 0
    for _ in range(1000):
        table = copy.deepcopy(chance.choice(bases))
        _damage(table, chance)
        ours = list(problems(table, SCHEMAS[kind]))
        assert bool(ours) is not validator.is_valid(table), (table, ours)
        refused += bool(ours)
    assert 200 < refused < 1000


def _valid(kind: str) -> list[dict[str, Any]]:
    if kind == "config":
        return [tomllib.loads(CONFIG)]
    return [tomllib.loads(path.read_text()) for k, path in FILES if k == kind][:12]


def _keywords(schema: Any) -> Iterator[str]:
    if not isinstance(schema, dict):
        return
    for keyword, value in schema.items():
        yield keyword
        if keyword == "properties":
            for below in value.values():
                yield from _keywords(below)
        elif keyword in ("items", "additionalProperties", "propertyNames"):
            yield from _keywords(value)
        elif keyword == "anyOf":
            for below in value:
                yield from _keywords(below)


VALUES: tuple[Any, ...] = (
    *("", "x", "HIGH", "off", "STRICT", "postgresql", "2027-01-01", "^a$"),
    *(0, 1, -1, 101, 50.0, 50.5, True, False, [], ["a"], [""], [1], {}, {"a": 1}, {"a": "HIGH"}),
)


def _damage(table: dict[str, Any], chance: random.Random) -> None:
    """Replaces, removes or adds one value somewhere in the table."""
    places = list(_places(table))
    holder, key = chance.choice(places)
    match chance.randrange(4):
        case 0 if isinstance(holder, dict):
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[chance.choice(("titel", "level", "params", "x"))] = chance.choice(VALUES)
        case _:
            holder[key] = copy.deepcopy(chance.choice(VALUES))


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])
