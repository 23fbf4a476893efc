"""Tracking columns: there, of their type, NOT NULL and with a default (STANDARD section 1)."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.model import Type
from ctb_audit.rulebook import load_standard
from tests.checks.judging import catalog_of, said

TYPE, NULL = "wrong-tracking-type", "nullable-tracking-column"
DEFAULT, VALUE = "missing-tracking-default", "invalid-tracking-default"
MISSING = "the column is missing"


def judged(rule: str, column: str, before: str = "", system: Any = "postgresql", **own: Any) -> str:
    """The verdict on the one tracking column of a table, from its requirement on."""
    catalog = catalog_of(f"{before} CREATE TABLE t ({column});", system=system)
    lines = [line for line in said(rule, catalog, **own) if not line.endswith(MISSING)]
    assert len(lines) <= 1
    return lines[0] if lines else ""


def failed(severity: str, column: str, told: str) -> str:
    return f"{severity} postgresql ddl public.t [{column}], line 1: {column} {told}"


def met(column: str) -> str:
    return f"pass public.t [{column}]"


TYPES: list[tuple[str, str]] = [
    ("heir_id varchar(50)", ""),
    ("heir_id varchar(51)", ""),
    ("heir_id varchar", ""),
    ("heir_id text", ""),
    ("heir_id char(50)", ""),
    ("heir_id varchar(49)", "is character varying(49), shorter than VARCHAR(50)"),
    ("heir_id char", "is character(1), shorter than VARCHAR(50)"),
    ('heir_id "char"', 'is "char", shorter than VARCHAR(50)'),
    ("heir_id uuid", "is uuid, the standard asks for VARCHAR(50)"),
    ("heir_id text[]", "is text[], VARCHAR(50) holds a single value"),
    ("heir_id odd[]", "is odd[], VARCHAR(50) holds a single value"),
    ("orbt_layer smallint", ""),
    ("orbt_layer bigint", ""),
    ("orbt_layer numeric", "is numeric, the standard asks for INTEGER"),
    ("created_at timestamptz", ""),
    ("created_at date", "is date, the standard asks for TIMESTAMP"),
    ("created_by varchar(100)", ""),
    ("enforcement_level varchar(20)", ""),
]


@pytest.mark.parametrize(("column", "told"), TYPES)
def test_types(column: str, told: str) -> None:
    name = column.partition(" ")[0]
    assert judged(TYPE, column) == (failed("MEDIUM", name, told) if told else met(name))


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("CREATE DOMAIN code AS varchar(50);", met("heir_id")),
        ("CREATE DOMAIN code AS varchar(9);",
         failed("MEDIUM", "heir_id", "is public.code, shorter than VARCHAR(50)")),
        ("CREATE DOMAIN code AS odd[];",
         failed("MEDIUM", "heir_id", "is public.code, VARCHAR(50) holds a single value")),
        ("CREATE DOMAIN code AS text[];",
         failed("MEDIUM", "heir_id", "is public.code, VARCHAR(50) holds a single value")),
    ],
)  # fmt: skip
def test_a_domain_is_its_type(domain: str, expected: str) -> None:
    assert judged(TYPE, "heir_id code", domain) == expected


def test_a_type_that_nobody_defines_is_unknown() -> None:
    assert judged(TYPE, "heir_id odd") == (
        "unknown MEDIUM postgresql public.t [heir_id]: no source defines the type odd"
    )


def typed(type_: Type) -> str:
    catalog = catalog_of("CREATE TABLE t (heir_id text);")
    (table,) = catalog.tables
    columns = tuple(replace(c, type=type_) for c in table.columns)
    lines = said(TYPE, replace(catalog, tables=(replace(table, columns=columns),)))
    return lines[-1] if lines[-1].startswith("pass") else lines[0]


def test_types_as_other_sources_write_them() -> None:
    assert typed(Type("character", "text")).endswith("is character, shorter than VARCHAR(50)")
    assert typed(Type("character", "text", (50,))) == met("heir_id")
    assert typed(Type("public.code", "domain")) == (
        "unknown MEDIUM postgresql public.t [heir_id]: no source defines the type public.code"
    )


def test_types_of_other_systems() -> None:
    assert judged(TYPE, "created_at TEXT", system="sqlite") == "pass main.t [created_at]"
    assert judged(TYPE, "heir_id TEXT", system="sqlite") == "pass main.t [heir_id]"
    found = judged(TYPE, "heir_id INTEGER", system="sqlite")
    assert found.endswith("heir_id is integer, the standard asks for VARCHAR(50)")


# ---- NULL ---------------------------------------------------------------------------------------

LATE = "; ALTER TABLE t ADD CONSTRAINT late CHECK (created_by IS NOT NULL) NOT VALID; SELECT (1"
NULLS: list[tuple[str, bool]] = [
    ("created_by text NOT NULL", True),
    ("created_by text", False),
    ("created_by text CHECK (created_by IS NOT NULL)", True),
    ("created_by text CHECK (created_by <> '')", False),
    ("created_by text CHECK (length(created_by) > 0 AND created_by IS NOT NULL)", True),
    ("created_by text, other text CHECK (other IS NOT NULL)", False),
    ("created_by text UNIQUE", False),
    ("created_by text); ALTER TABLE t ADD CONSTRAINT late CHECK (created_by IS NOT NULL", True),
    ("created_by text" + ")" + LATE, False),
]


@pytest.mark.parametrize(("column", "refused"), NULLS)
def test_what_refuses_null(column: str, refused: bool) -> None:
    told = failed("MEDIUM", "created_by", "accepts NULL")
    assert judged(NULL, column) == (met("created_by") if refused else told)


def test_a_domain_refuses_null() -> None:
    domain = "CREATE DOMAIN who AS text{};"
    told = failed("MEDIUM", "created_by", "accepts NULL")
    assert judged(NULL, "created_by who", domain.format(" NOT NULL")) == met("created_by")
    assert judged(NULL, "created_by who", domain.format("")) == told


def constrained(kind: str, **state: bool) -> list[str]:
    """A column that says NOT NULL, and a named constraint in another state."""
    catalog = catalog_of("CREATE TABLE t (created_by text NOT NULL, other text NOT NULL);")
    table = catalog.tables[0]
    made = catalog_of("CREATE TABLE t (created_by text CHECK (created_by IS NOT NULL));")
    check = replace(made.tables[0].constraints[0], kind=kind, **state)  # type: ignore[arg-type]
    own = replace(check, columns=("created_by",))
    other = replace(check, columns=("other",))
    return [
        line
        for held in (own, other)
        for line in said(NULL, replace(catalog, tables=(replace(table, constraints=(held,)),)))
        if "created_by" in line
    ]


def test_a_not_null_that_is_not_validated_does_not_count() -> None:
    told = failed("MEDIUM", "created_by", "accepts NULL")
    good = met("created_by")
    assert constrained("not null") == [good, good]
    assert constrained("not null", validated=False) == [told, good]
    assert constrained("not null", enforced=False) == [told, good]
    assert constrained("check", validated=False) == [good, good]


def test_columns_that_are_missing_or_may_be_null() -> None:
    lines = said(NULL, catalog_of("CREATE TABLE t (created_by text NOT NULL, heir_id text);"))
    absent = [f"not applicable public.t [{n}]: {MISSING}" for n in (
        "process_id", "created_at", "updated_at", "orbt_layer", "blueprint_version"
    )]  # fmt: skip
    assert lines == [
        failed("MEDIUM", "heir_id", "accepts NULL"),
        *absent[:3],
        met("created_by"),
        *absent[3:],
    ]
    standard = load_standard("ctb-1.0")
    fields = tuple(replace(f, nullable=f.role == "heir_id") for f in standard.fields)
    table = catalog_of("CREATE TABLE t (heir_id text, process_id text);")
    found = said(NULL, table, fields=fields)
    assert found[0] == failed("MEDIUM", "process_id", "accepts NULL")
    assert [line for line in found if "heir_id" in line] == []
    both = catalog_of("CREATE TABLE t (compliance_score int, process_id text NOT NULL);")
    assert met("process_id") in said(NULL, both, fields=fields[::-1])


# ---- defaults -----------------------------------------------------------------------------------


def unknown(column: str, reason: str) -> str:
    return f"unknown MEDIUM postgresql public.t [{column}]: {reason}"


def left_out(column: str, reason: str) -> str:
    return f"not applicable public.t [{column}]: {reason}"


MISPLACED = "a constant in place of the current time"
VERSION = r"which does not match ^\d+\.\d+(\.\d+)?$"
VALUES: list[tuple[str, str]] = [
    ("created_at timestamptz DEFAULT now()", met("created_at")),
    ("created_at timestamptz DEFAULT CURRENT_TIMESTAMP", met("created_at")),
    ("created_at timestamptz DEFAULT '2026-01-01'",
     failed("MEDIUM", "created_at", f"defaults to '2026-01-01', {MISPLACED}")),
    ("created_at timestamptz", left_out("created_at", "the column has no default")),
    ("created_at timestamptz DEFAULT NULL", left_out("created_at", "the column has no default")),
    ("created_at timestamptz DEFAULT odd()",
     unknown("created_at", "what odd() yields is not known")),
    ("orbt_layer int DEFAULT 1", met("orbt_layer")),
    ("orbt_layer int DEFAULT 4", met("orbt_layer")),
    ("orbt_layer int DEFAULT 5", failed("MEDIUM", "orbt_layer", "defaults to 5, outside 1 to 4")),
    ("orbt_layer int DEFAULT 0", failed("MEDIUM", "orbt_layer", "defaults to 0, outside 1 to 4")),
    ("orbt_layer int DEFAULT '2'", met("orbt_layer")),
    ("orbt_layer int DEFAULT 'x'",
     failed("MEDIUM", "orbt_layer", "defaults to 'x', outside 1 to 4")),
    ("orbt_layer serial", failed("MEDIUM", "orbt_layer", "takes its default from a sequence")),
    ("orbt_layer int DEFAULT now()",
     failed("MEDIUM", "orbt_layer", "defaults to the current time")),
    ("orbt_layer int GENERATED ALWAYS AS IDENTITY",
     left_out("orbt_layer", "the engine generates the value")),
    ("orbt_layer int DEFAULT odd()", unknown("orbt_layer", "what odd() yields is not known")),
    ("blueprint_version text DEFAULT '1.0'", met("blueprint_version")),
    ("blueprint_version text DEFAULT 'v1'",
     failed("MEDIUM", "blueprint_version", f"defaults to 'v1', {VERSION}")),
    ("heir_id text DEFAULT odd()", left_out("heir_id", "what odd() yields is not known")),
    ("heir_id text DEFAULT 'HEIR-2025-10-USER-AUTH-01'", met("heir_id")),
    ("created_by text DEFAULT 'anything'", ""),
    ("enforcement_level text DEFAULT 'STRICT'", met("enforcement_level")),
    ("enforcement_level text DEFAULT 'LOW'",
     failed("MEDIUM", "enforcement_level",
            "defaults to 'LOW', which is none of STRICT, STANDARD, RELAXED, NONE")),
    ("compliance_score int DEFAULT 100", met("compliance_score")),
    ("compliance_score int DEFAULT 101",
     failed("MEDIUM", "compliance_score", "defaults to 101, outside 0 to 100")),
    ("compliance_score int DEFAULT -1",
     failed("MEDIUM", "compliance_score", "defaults to -1, outside 0 to 100")),
]  # fmt: skip


@pytest.mark.parametrize(("column", "expected"), VALUES)
def test_what_a_default_yields(column: str, expected: str) -> None:
    assert judged(VALUE, column) == expected


def test_a_default_that_cannot_be_read_is_unknown_where_one_is_asked_for() -> None:
    table = catalog_of("CREATE TABLE t (created_at timestamptz DEFAULT now(), heir_id text);")
    broken = tuple(replace(c, default="((") for c in table.tables[0].columns)
    lines = said(VALUE, replace(table, tables=(replace(table.tables[0], columns=broken),)))
    assert [line.partition(":")[0] for line in lines if not line.endswith(MISSING)] == [
        "unknown MEDIUM postgresql public.t [created_at]",
        "not applicable public.t [heir_id]",
    ]


@pytest.mark.parametrize(
    ("bounds", "default", "fine"),
    [
        ({"minimum": None}, -5, True),
        ({"minimum": None}, 5, False),
        ({"maximum": None}, 50, True),
        ({"maximum": None}, 0, False),
    ],
)
def test_a_role_with_one_bound(bounds: dict[str, Any], default: int, fine: bool) -> None:
    fields = tuple(
        replace(f, **bounds) if f.role == "orbt_layer" else f
        for f in load_standard("ctb-1.0").fields
    )
    told = judged(VALUE, f"orbt_layer int DEFAULT {default}", fields=fields)
    assert (told == met("orbt_layer")) == fine


def test_a_domain_has_the_default() -> None:
    domain = "CREATE DOMAIN layer AS int DEFAULT 9;"
    outside = failed("MEDIUM", "orbt_layer", "defaults to 9, outside 1 to 4")
    assert judged(VALUE, "orbt_layer layer", domain) == outside
    assert judged(VALUE, "orbt_layer layer DEFAULT 2", domain) == met("orbt_layer")
    assert judged(DEFAULT, "orbt_layer layer", domain) == met("orbt_layer")


MISSED: list[tuple[str, str]] = [
    ("created_at timestamptz DEFAULT now()", met("created_at")),
    ("created_at timestamptz", failed("MEDIUM", "created_at", "has no default")),
    ("created_at timestamptz DEFAULT NULL", failed("MEDIUM", "created_at", "has no default")),
    ("orbt_layer serial", met("orbt_layer")),
    ("created_by text", ""),
    ("compliance_score int", ""),
]


@pytest.mark.parametrize(("column", "expected"), MISSED)
def test_where_a_default_is_asked_for(column: str, expected: str) -> None:
    assert judged(DEFAULT, column) == expected


def test_columns_that_are_missing_are_one_finding_each() -> None:
    lines = said("missing-tracking-column", catalog_of("CREATE TABLE t (heir_id text);"))
    start = "HIGH postgresql ddl public.t"
    assert lines[:2] == [
        f"{start} [process_id], line 1: process_id (VARCHAR(50)) is missing",
        f"{start} [created_at], line 1: created_at (TIMESTAMP) is missing",
    ]
    assert len(lines) == 7 and lines[-1] == met("heir_id")
