"""Types, absence and values of zod fields, held against columns, constraints and documents."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.document_model import ValueRule
from ctb_audit.model import Catalog, Column, Name, Table, Type
from ctb_audit.zod_model import FieldType, ModelField
from tests.checks.judging import at, catalog_of, said
from tests.checks.zod_models import PASS, compared, field, judged, model

REQUIRED = "is required, the column accepts NULL"
NULL, UNFILLED = (
    "accepts null, the column is NOT NULL",
    "may be left out, the column is NOT NULL and has no default",
)
ABSENCE: list[tuple[str, dict[str, Any], list[str]]] = [
    ("int", {}, [REQUIRED]),
    ("int", {"optional": True}, PASS),
    ("int", {"nullable": True}, PASS),
    ("int NOT NULL", {}, PASS),
    ("int NOT NULL", {"nullable": True}, [NULL]),
    ("int NOT NULL", {"nullable": True, "optional": True}, [NULL]),
    ("int NOT NULL", {"optional": True}, [UNFILLED]),
    ("int NOT NULL", {"optional": True, "default": True}, PASS),
    ("int NOT NULL DEFAULT 1", {"optional": True}, PASS),
    ("int GENERATED ALWAYS AS IDENTITY", {"optional": True}, PASS),
    ("int NOT NULL GENERATED ALWAYS AS (1) STORED", {"optional": True}, PASS),
    ("serial", {"optional": True}, PASS),
]


@pytest.mark.parametrize(("column", "may_be", "expected"), ABSENCE)
def test_what_may_be_absent(column: str, may_be: dict[str, Any], expected: list[str]) -> None:
    assert compared(column, field("integer", **may_be)) == expected


def test_a_field_of_any_type_may_be_absent() -> None:
    assert compared("int", field("any")) == PASS


FITTING: list[tuple[str, FieldType]] = [
    ("bigint", "bigint"),
    ("boolean", "boolean"),
    ("numeric", "bigint"),
    ("numeric", "string"),
    ("timestamptz", "date"),
    ("timestamptz", "number"),
    ("jsonb", "object"),
    ("jsonb", "array"),
    ("jsonb", "string"),
    ("int[]", "array"),
    ("integer", "enum"),
    ("some_type", "boolean"),
]


@pytest.mark.parametrize(("type_", "accepted"), FITTING)
def test_types_that_hold_what_is_accepted(type_: str, accepted: FieldType) -> None:
    assert compared(f"{type_} NOT NULL", field(accepted)) == PASS


UNFIT: list[tuple[str, FieldType]] = [
    ("boolean", "string"),
    ("text", "object"),
    ("text", "number"),
    ("jsonb", "boolean"),
    ("jsonb[]", "object"),
    ("date", "integer"),
    ("text[]", "string"),
    ("boolean", "bigint"),
]


@pytest.mark.parametrize(("type_", "accepted"), UNFIT)
def test_types_that_hold_nothing_of_what_is_accepted(type_: str, accepted: FieldType) -> None:
    told = f"accepts {accepted}, the column is {type_}"
    assert compared(f"{type_} NOT NULL", field(accepted)) == [told]


def number(**bounds: Any) -> ModelField:
    return field("number", **bounds)


VALUES: list[tuple[str, ModelField, list[str]]] = [
    ("int CHECK (f > 0)", number(minimum="0"), ["accepts 0, which the table rejects"]),
    ("int CHECK (f > 0)", number(above="0"), PASS),
    ("int CHECK (f > 1)", number(above="0"), ["accepts 1, which the table rejects"]),
    ("int CHECK (f < 10)", number(maximum="10"), ["accepts 10, which the table rejects"]),
    ("int CHECK (f < 10)", number(below="10"), PASS),
    ("int CHECK (f < 9)", number(below="10"), ["accepts 9, which the table rejects"]),
    ("numeric CHECK (f < 1)", number(maximum="1.5"), ["accepts 1.5, which the table rejects"]),
    ("int CHECK (f < 10)", number(maximum="1e"), PASS),
    ("smallint", number(maximum="32767", minimum="-32767"), PASS),
    ("smallint", number(maximum="32768"), ["accepts 32768, smallint holds at most 32767"]),
    ("smallint", number(minimum="-40000"), ["accepts -40000, smallint holds at most 32767"]),
    ("smallint", number(maximum="40000.5"), PASS),
    ("int", number(maximum="3000000000"), ["accepts 3000000000, integer holds at most 2147483647"]),
    (
        "bigint",
        number(maximum="9223372036854775808"),
        ["accepts 9223372036854775808, bigint holds at most 9223372036854775807"],
    ),
    ("numeric", number(maximum="9223372036854775808"), PASS),
    ("timestamptz", number(maximum="99999999999"), PASS),
    ("text UNIQUE CHECK (f IN ('a', 'b'))", field("enum", values=("a", "b")), PASS),
    (
        "text CHECK (f IN ('a'))",
        field("enum", values=("a", "b", "c")),
        ["accepts b, c, which the table rejects"],
    ),
    (
        "text CHECK (f IN ('a'))",
        field("enum", values=("b", "c", "d")),
        ["accepts b, c, d, which the table rejects"],
    ),
    (
        "text CHECK (f IN ('a'))",
        field("enum", values=("b", "c", "d", "e", "g")),
        ["accepts b, c, d and 2 more, which the table rejects"],
    ),
]


@pytest.mark.parametrize(("column", "accepted", "expected"), VALUES)
def test_values_that_the_table_rejects(
    column: str, accepted: ModelField, expected: list[str]
) -> None:
    name, _, check = column.partition(" ")
    assert compared(f"{name} NOT NULL {check}", accepted) == expected


def test_a_check_that_is_not_enforced_rejects_no_value() -> None:
    catalog = catalog_of("CREATE TABLE notes (f int NOT NULL CHECK (f > 0));")
    (table,) = catalog.tables
    off = tuple(replace(c, enforced=False) for c in table.constraints)
    models = (model(number(minimum="0")),)
    idle = replace(catalog, tables=(replace(table, constraints=off),), models=models)
    assert said("model-mismatch", idle) == PASS


def test_an_inner_field_that_was_not_read_contradicts_nothing() -> None:
    catalog = catalog_of("CREATE TABLE web.notes (f STRUCT<a STRING>);", system="bigquery")
    place: dict[str, Any] = {"system": "bigquery", "table": Name("web", "notes")}
    for inner, expected in (
        ("unknown", ["pass web.notes [f]"]),
        ("any", ["pass web.notes [f]"]),
        ("object", ["accepts object as a, the column holds STRING"]),
    ):
        accepted = field("object", nullable=True, fields=(field(inner, "a"),))  # type: ignore[arg-type]
        lines = said("model-mismatch", replace(catalog, models=(model(accepted, **place),)))
        assert [line.partition("Note.f ")[2] or line for line in lines] == expected


def struct(name: str, *inner: Column, dimensions: int = 0) -> Column:
    return Column(name, Type("STRUCT", "struct", (), dimensions), fields=inner)


def inside(column: Column, accepted: ModelField) -> str:
    """What contradicts inside a column, the field's own type and absence being right."""
    table = Table("postgresql", "public", "notes", columns=(column,))
    catalog = Catalog(tables=(table,), models=(model(accepted),))
    (line,) = said("model-mismatch", catalog)
    return line.partition("Note.f ")[2] or line


HELD: dict[FieldType, str] = {
    "string": "text uuid enum timestamp date time interval network xml bytes decimal bits range"
    " search geometry reference money json",
    "enum": "text enum integer",
    "number": "integer decimal float number money serial timestamp",
    "integer": "integer decimal float number serial timestamp",
    "bigint": "integer decimal number serial",
    "boolean": "boolean integer",
    "date": "timestamp date time",
    "object": "json struct composite range geometry interval",
    "array": "json array",
}
OPEN = "unknown domain any pseudo"
FAMILIES = sorted({f for families in HELD.values() for f in families.split()})


@pytest.mark.parametrize("accepted", HELD)
def test_families_of_columns_that_hold_what_a_field_accepts(accepted: FieldType) -> None:
    def fits(family: str) -> bool:
        found = inside(Column("f", Type("x", family)), field(accepted, nullable=True))
        assert found in (f"accepts {accepted}, the column is x", *PASS)
        return found == PASS[0]

    assert [f for f in FAMILIES if fits(f)] == sorted(HELD[accepted].split())
    assert all(map(fits, OPEN.split()))


def test_what_differs_far_inside() -> None:
    deep = struct("f", struct("a", Column("b", Type("text", "text")), struct("c")))
    b, c = field("integer", "b"), field("object", "c")

    def accepted(*inner: ModelField) -> ModelField:
        return field("object", nullable=True, fields=(field("object", "a", fields=inner),))

    assert inside(deep, accepted(field("string", "b"), c)) == PASS[0]
    assert inside(deep, accepted(b, c)) == "accepts integer as a.b, the column holds text"
    assert inside(deep, accepted(c)) == "has no a.b, which the column has"
    more = accepted(field("string", "b"), c, field("string", "d"))
    assert inside(deep, more) == "has a.d, which the column has not"


def test_what_differs_inside_a_list() -> None:
    inner = Column("b", Type("text", "text", spelling="VARCHAR(9)"))
    listed_ = struct("f", struct("a", inner, dimensions=1))

    def accepted(*items: ModelField) -> ModelField:
        return field("object", nullable=True, fields=(field("array", "a", items=items),))

    of = field("object", "item", fields=(field("integer", "b"),))
    assert inside(listed_, accepted(of)) == "accepts integer as a.b, the column holds VARCHAR(9)"
    assert inside(listed_, accepted()) == PASS[0]


MOOD = "CREATE TYPE mood AS ENUM ('sad', 'ok', 'glad'); CREATE TABLE notes (f mood NOT NULL);"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (("sad", "ok", "glad"), PASS),
        (("sad", "ok", "glad", "mad"), ["accepts mad, the type public.mood does not"]),
        (("sad",), ["refuses ok, glad, the type public.mood does not"]),
        (
            ("ok", "x"),
            [
                "accepts x, the type public.mood does not and refuses sad, glad, the type"
                " public.mood does not"
            ],
        ),
    ],
)
def test_the_labels_of_a_type(values: tuple[str, ...], expected: list[str]) -> None:
    lines = judged(MOOD, model(field("enum", values=values)))
    assert [line.partition("Note.f ")[2] or line for line in lines] == expected


def listed(*values: str, kind: Any = "values", column: str = "f") -> dict[str, Any]:
    return {"rules": (ValueRule(kind, column, "f: ..", at(3), values),)}


def test_a_list_that_a_document_states() -> None:
    accepted = field("enum", values=("a", "b"))
    column = "text NOT NULL"
    assert compared(column, accepted, **listed("a", "b")) == PASS
    assert compared(column, accepted, **listed("a")) == ["accepts b, the document does not"]
    assert compared(column, accepted, **listed("a", "b", "c", "d")) == [
        "refuses c, d, the document does not"
    ]
    assert compared(column, accepted, **listed("c", kind="format")) == PASS
    assert compared(column, accepted, **listed("c", column="g")) == PASS
    assert compared(column, field("string"), **listed("c")) == PASS
