"""`rules/actions.schema.json` describes what the commands write into `actions_performed`."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ctb_audit import resources

WHOLE: dict[str, Any] = {
    "schema_version": 1,
    "standard": "ctb-1.0",
    "standard_hash": "ab" * 32,
    "tool": {"name": "ctb-audit", "version": "1.0.0"},
    "revision": "0b09d3e",
    "dirty": False,
    "gate": {"passed": False, "threshold": 70, "reasons": ["score 64 is below 70"]},
    "coverage": {"statements": 9, "understood": 7, "irrelevant": 2, "not_understood": 0},
    "tables": [
        {"system": "postgresql", "name": "public.t", "level": "STRICT", "score": 64},
        {"system": "bigquery", "name": "d.u", "level": "NONE", "score": None, "exempt": True},
    ],
    "sources": ["db/migrations"],
    "actions": [{"action": "write", "path": "out/001.up.sql", "detail": "2 columns"}],
}


@pytest.fixture
def is_valid() -> Callable[[dict[str, Any]], bool]:
    schema = json.loads(resources.resource_text("rules/actions.schema.json"))
    return Draft202012Validator(schema).is_valid


def test_a_whole_row_keeps_the_schema(is_valid: Callable[[dict[str, Any]], bool]) -> None:
    assert is_valid(WHOLE)
    assert is_valid({**WHOLE, "later_key": 1}), "later versions may add keys"


@pytest.mark.parametrize(
    "damage",
    [
        {"standard_hash": "short"},
        {"schema_version": 2},
        {"tool": "ctb-audit"},
        {"gate": {"threshold": 70}},
        {"tables": [{"name": "t"}]},
        {"coverage": {"statements": -1}},
    ],
)
def test_another_shape_is_refused(
    is_valid: Callable[[dict[str, Any]], bool], damage: dict[str, Any]
) -> None:
    assert not is_valid({**WHOLE, **damage})
