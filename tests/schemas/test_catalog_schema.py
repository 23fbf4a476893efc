"""`rules/catalog.schema.json` is made from the model, and what `inspect` prints fits it."""

import json
from typing import Any

import jsonschema

from ctb_audit.codec_schema import schema_of
from ctb_audit.model import (
    Catalog,
    Column,
    Constraint,
    Coverage,
    Declaration,
    Declared,
    Location,
    Name,
    Table,
    Trigger,
    Type,
)
from ctb_audit.resources import resource_path, resource_text
from ctb_audit.sources.snapshot import read_snapshots, snapshot_value

CATALOG = Catalog(
    source="schema.sql",
    tables=(
        Table(
            "postgresql",
            "public",
            "users",
            columns=(
                Column(
                    "id", Type("integer", "integer"), nullable=False, serial=Name("public", "s")
                ),
                Column(
                    "tags",
                    Type("character varying", "text", (50,), 1, "VARCHAR(50)[]"),
                    location=Location("schema.sql", 3, 3),
                ),
            ),
            constraints=(Constraint("primary key", "users_pkey", ("id",)),),
            triggers=(Trigger("t", "before", ("update",), Name("public", "touch"), row=True),),
            row_level_security=None,
        ),
    ),
    coverage=Coverage(2, 1, 1),
    declared=(Declared("postgresql", Name("public", "users"), Declaration("section")),),
)


def expected() -> dict[str, Any]:
    return schema_of(Catalog, identifier="urn:ctb-audit:schema:catalog", title="Catalog")


def test_the_committed_schema_is_the_models() -> None:
    path = resource_path("rules/catalog.schema.json")
    text = json.dumps(expected(), indent=2) + "\n"
    assert path.is_file() and resource_text("rules/catalog.schema.json") == text, (
        "run: python -m ctb_audit.codec_schema > rules/catalog.schema.json"
    )


def test_a_snapshot_fits_the_schema() -> None:
    value = json.loads(json.dumps(snapshot_value(CATALOG)))
    jsonschema.validate(value, expected())
    assert value["tables"][0]["columns"][1]["type"] == "character varying(50)[]"


def test_a_snapshot_is_read_back_as_it_was() -> None:
    text = json.dumps(snapshot_value(CATALOG))
    assert read_snapshots(text, "catalog.json") == (CATALOG,)
