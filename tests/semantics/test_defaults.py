"""What a default yields, whatever its spelling."""

from decimal import Decimal

import pytest

from ctb_audit.model import Column, Name, System, Type
from ctb_audit.semantics.defaults import (
    Call,
    Default,
    Generated,
    Literal,
    NextValue,
    Now,
    Null,
    Undecided,
    default_of,
)

NOWS = (
    "now()",
    "pg_catalog.now()",
    "CURRENT_TIMESTAMP",
    "CURRENT_TIMESTAMP(3)",
    "LOCALTIMESTAMP",
    "transaction_timestamp()",
    "clock_timestamp()",
    "timezone('utc', now())",
    "timezone('utc'::text, now())",
    "(now() AT TIME ZONE 'utc')",
    "now()::timestamp",
    "('now'::text)::timestamp without time zone",
)

OTHERS: tuple[tuple[str, Default], ...] = (
    ("'now'::timestamp", Literal("now")),
    ("0", Literal(0)),
    ("'0'::integer", Literal(0)),
    ("-1", Literal(-1)),
    ("(0)::numeric", Literal(Decimal(0))),
    ("1.50", Literal(Decimal("1.50"))),
    ("'1.0'::character varying", Literal("1.0")),
    ("'{}'::jsonb", Literal("{}")),
    ("true", Literal(True)),
    ("'t'::boolean", Literal(True)),
    ("NULL", Null()),
    ("NULL::character varying", Null()),
    ("nextval('a_seq'::regclass)", NextValue()),
    ("gen_random_uuid()", Call("gen_random_uuid()")),
    ("CURRENT_DATE", Call("CURRENT_DATE")),
    ("now() + interval '1 day'", Call("now() + interval '1 day'")),
)


def column(default: str | None) -> Column:
    return Column("c", Type("text", "text"), default=default)


@pytest.mark.parametrize("text", NOWS)
def test_spellings_of_the_current_time(text: str) -> None:
    assert default_of(column(text)) == Now()


@pytest.mark.parametrize(("text", "expected"), OTHERS)
def test_other_defaults(text: str, expected: Default) -> None:
    assert default_of(column(text)) == expected


def test_engine_written_columns() -> None:
    integer = Type("integer", "integer")
    assert default_of(Column("id", integer, identity="always")) == Generated()
    assert default_of(Column("g", integer, generated="a + 1")) == Generated()
    assert default_of(Column("id", integer, serial=Name("public", "s"))) == NextValue()
    assert default_of(column(None)) == Null()


def test_what_the_grammar_rejects_is_undecided() -> None:
    assert isinstance(default_of(column("now( +")), Undecided)


@pytest.mark.parametrize(
    ("system", "text", "expected"),
    [
        ("bigquery", "CURRENT_TIMESTAMP()", Now()),
        ("sqlite", "(datetime('now'))", Now()),
        ("mysql", "CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6)", Now()),
        ("bigquery", "'STRICT'", Literal("STRICT")),
        ("bigquery", "1", Literal(1)),
        ("sqlite", "TRUE", Literal(True)),
        ("bigquery", "GENERATE_UUID()", Call("GENERATE_UUID()")),
    ],
)
def test_other_engines(system: System, text: str, expected: Default) -> None:
    assert default_of(column(text), system) == expected
