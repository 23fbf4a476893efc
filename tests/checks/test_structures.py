"""Columns, indexes and keys as documents list them, verdict by verdict (STANDARD section 6)."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.document_model import ColumnNote, DocumentTable, KeyNote, Remark, ValueRule
from ctb_audit.model import Catalog, Column, System, Table, Type
from tests.checks.judging import at, catalog_of, document_of, said, table_note

STRUCTURE = "structure-mismatch"
START = "HIGH postgresql ddl public.notes"
TABLE = "CREATE TABLE notes (id int NOT NULL, title text, made_at timestamptz NOT NULL);"


def column(name: str, type_: str = "", line: int = 5, nullable: bool | None = None) -> ColumnNote:
    return ColumnNote(name, type_, at(line), nullable)


def judged(sql: str, *notes: DocumentTable, rule: str = STRUCTURE) -> list[str]:
    return said(rule, catalog_of(sql), document_of(*notes))


def listed(sql: str, *columns: ColumnNote) -> list[str]:
    return judged(sql, table_note("notes", columns=columns))


def test_a_list_that_is_the_table() -> None:
    right = (column("ID", "Integer", nullable=False), column("title", nullable=True))
    assert listed(TABLE, *right, column("made_at", "timestamp")) == [
        "pass public.notes [id]",
        "pass public.notes [title]",
        "pass public.notes [made_at]",
    ]


def test_a_list_that_differs() -> None:
    wrong = (
        column("ghost", "text", 4),
        column("id", "uuid", 6),
        column("title", "text", 7, nullable=False),
    )
    assert listed(TABLE, *wrong) == [
        f"{START} [ghost], line 4: the document lists the column ghost, which does not exist",
        f"{START} [id], line 6: id: the document says uuid, it is integer",
        f"{START} [title], line 7: title: the document says NOT NULL, it is nullable",
        f"{START} [made_at], line 4: the document's list of columns lacks made_at",
    ]
    assert listed("CREATE TABLE notes (id int NOT NULL);", column("id", nullable=True)) == [
        f"{START} [id], line 5: id: the document says nullable, it is NOT NULL"
    ]


def test_names_in_capitals() -> None:
    quoted = 'CREATE TABLE notes ("Id" int, title text);'
    assert listed(quoted, column("Id"), column("TITLE")) == [
        "pass public.notes [Id]",
        "pass public.notes [title]",
    ]
    assert listed(quoted, column("id", line=8), column("title")) == [
        f"{START} [id], line 8: the document lists the column id, which does not exist",
        "pass public.notes [title]",
    ]


LIKE: list[tuple[str, str]] = [
    *(("integer", word) for word in ("integer", "INT", "serial", "bigserial", "number", "int4")),
    *(("numeric", word) for word in ("decimal(10,2)", "number", "int", "float", "money")),
    *(("double precision", word) for word in ("number", "float8", "DOUBLE PRECISION", "real")),
    *(("money", word) for word in ("decimal", "number")),
    *(("text", word) for word in ("string", "str", "varchar(20)", "character varying(20)", "enum")),
    *(("timestamptz", word) for word in ("datetime", "timestamp with time zone", "timestamp(3)")),
    *(("some_type", word) for word in ("uuid", "text")),
    *(("uuid", word) for word in ("", "identifier", "uuid primary key")),
    ("integer[]", "integer[]"),
    ("jsonb", "JSONB"),
    ("boolean", "bool"),
    ("varchar(9)[]", "varchar(9) []"),
]
UNLIKE: list[tuple[str, str, str]] = [
    ("integer", "text", "integer"),
    ("integer", "string", "integer"),
    ("integer", "boolean", "integer"),
    ("text", "integer", "text"),
    ("text", "number", "text"),
    ("text", "datetime", "text"),
    ("numeric", "str", "numeric"),
    ("boolean", "int", "boolean"),
    ("jsonb", "array", "jsonb"),
    ("uuid", "text", "uuid"),
    ("date", "datetime", "date"),
    ("uuid", "character varying", "uuid"),
    ("boolean", "enum", "boolean"),
    ("boolean", "varchar(20)", "boolean"),
    ("boolean", "text[]", "boolean"),
    ("text", "double precision", "text"),
]


@pytest.mark.parametrize(("type_", "word"), LIKE)
def test_words_for_a_type(type_: str, word: str) -> None:
    table = f"CREATE TABLE notes (f {type_});"
    assert listed(table, column("f", word)) == ["pass public.notes [f]"]


@pytest.mark.parametrize(("type_", "word", "shown"), UNLIKE)
def test_words_for_another_type(type_: str, word: str, shown: str) -> None:
    table = f"CREATE TABLE notes (f {type_});"
    told = f"{START} [f], line 5: f: the document says {word}, it is {shown}"
    assert listed(table, column("f", word)) == [told]


def test_a_domain_may_go_by_the_name_of_its_type() -> None:
    table = "CREATE DOMAIN code AS text; CREATE TABLE notes (f code);"
    assert listed(table, column("f", "varchar")) == ["pass public.notes [f]"]
    assert listed(table, column("f", "int")) == [
        f"{START} [f], line 5: f: the document says int, it is public.code"
    ]
    mood = "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE notes (f mood);"
    assert listed(mood, column("f", "enum")) == ["pass public.notes [f]"]
    assert listed(mood, column("f", "string")) == ["pass public.notes [f]"]


OTHER: list[tuple[System, str, str, str, str]] = [
    ("bigquery", "CREATE TABLE web.notes (f INT64);", "INT64", "STRING", "INT64"),
    ("bigquery", "CREATE TABLE web.notes (f STRING);", "str", "INT64", "STRING"),
    ("bigquery", "CREATE TABLE web.notes (f TIMESTAMP);", "datetime", "BOOL", "TIMESTAMP"),
    ("mysql", "CREATE TABLE notes (f INT);", "mediumint", "longtext", "int"),
    ("mysql", "CREATE TABLE notes (f LONGTEXT);", "string", "tinyint", "longtext"),
    ("sqlite", "CREATE TABLE notes (f INTEGER);", "bigint", "text", "integer"),
]


@pytest.mark.parametrize(("system", "sql", "right", "wrong", "shown"), OTHER)
def test_words_for_types_of_other_systems(
    system: System, sql: str, right: str, wrong: str, shown: str
) -> None:
    catalog = catalog_of(sql, system=system)
    (table,) = catalog.tables
    name = str(table.qualified)

    def told(word: str) -> list[str]:
        note = table_note(name, system=system, columns=(column("f", word),))
        return said(STRUCTURE, catalog, document_of(note))

    assert told(right) == told("odd") == [f"pass {name} [f]"]
    (found,) = told(wrong)
    assert found.startswith(f"HIGH {system} ddl {name} [f], line 5: f: the document says {wrong}")
    assert found.lower().endswith(f"it is {shown.lower()}")


def test_a_domain_that_nobody_defines_goes_by_the_name_of_a_text() -> None:
    catalog = catalog_of("CREATE DOMAIN code AS text; CREATE TABLE notes (f code);")
    undefined = replace(catalog, types=())
    note = table_note("notes", columns=(column("f", "varchar"),))
    assert said(STRUCTURE, undefined, document_of(note)) == ["pass public.notes [f]"]
    number = table_note("notes", columns=(column("f", "int"),))
    assert said(STRUCTURE, undefined, document_of(number)) == [
        f"{START} [f], line 5: f: the document says int, it is public.code"
    ]


def test_words_for_types_of_documents() -> None:
    number = Column("f", Type("number", "number"))
    table = Table("firestore", "default", "notes", columns=(number,), kind="collection")
    catalog = Catalog(tables=(table,))
    columns, indexes = (column("f", "int"),), (Remark("by_f", at(5)),)
    note = table_note("default.notes", system="firestore", columns=columns, indexes=indexes)
    assert said(STRUCTURE, catalog, document_of(note)) == ["pass default.notes [f]"]
    sqlite = catalog_of("CREATE TABLE notes (f TEXT);", system="sqlite")
    affinity = table_note("main.notes", system="sqlite", columns=(column("f", "mediumint"),))
    (line,) = said(STRUCTURE, sqlite, document_of(affinity))
    assert "f: the document says mediumint, it is text" in line.lower()


# ---- indexes and rules --------------------------------------------------------------------------


def test_indexes_that_a_document_lists() -> None:
    sql = """CREATE TABLE notes (id int PRIMARY KEY, title text UNIQUE, made_at timestamptz);
CREATE INDEX by_time ON notes (made_at);"""
    indexes = (Remark("BY_TIME", at(4)), Remark("notes_pkey", at(5)), Remark("by_title", at(6)))
    assert judged(sql, table_note("notes", indexes=indexes)) == [
        f"{START} [by_title], line 6: the document lists the index by_title, which does not exist",
        "pass public.notes [BY_TIME]",
        "pass public.notes [notes_pkey]",
    ]
    bigquery = catalog_of("CREATE TABLE web.notes (id INT64);", system="bigquery")
    note = table_note("web.notes", system="bigquery", indexes=indexes)
    nothing = "not applicable web.notes: no document lists the table's columns"
    assert said(STRUCTURE, bigquery, document_of(note)) == [nothing]


def rule(kind: Any, name: str, line: int = 9) -> ValueRule:
    return ValueRule(kind, name, "..", at(line))


def test_rules_for_columns_that_are_not_there() -> None:
    rules = (
        rule("values", "status"),
        rule("values", "titles", 8),
        rule("required", "owner"),
        rule("positive", "amount", 7),
        rule("required", "id"),
    )
    assert judged(TABLE, table_note("notes", rules=rules)) == [
        f"{START} [status], line 9: the document states a rule for status, which is no column",
        f"{START} [amount], line 7: the document states a rule for amount, which is no column",
    ]


NOTHING = "not applicable public.notes: no document lists the table's columns"


def test_what_no_document_lists() -> None:
    assert judged(TABLE, table_note("notes")) == [NOTHING]
    assert judged(TABLE, table_note("others", columns=(column("x"),))) == [NOTHING]


def test_of_two_documents_the_first_that_contradicts_counts() -> None:
    sql = "CREATE TABLE notes (id int);"
    right, wrong = (table_note("notes", columns=(column("id", t),)) for t in ("int", "uuid"))
    worse = table_note("notes", columns=(column("id", "text", 6),))
    told = f"{START} [id], line 5: id: the document says uuid, it is integer"
    assert judged(sql, right, wrong) == judged(sql, wrong, right) == [told]
    assert judged(sql, wrong, worse) == [told]
    assert judged(sql, right, right) == ["pass public.notes [id]"]


# ---- foreign keys -------------------------------------------------------------------------------

KEYS = """CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE notes (user_id int REFERENCES users, other_id int);"""
DEPENDENCY = "dependency-mismatch"
MEDIUM = "MEDIUM postgresql ddl public.notes"


def keys(*named: KeyNote, sql: str = KEYS) -> list[str]:
    lines = judged(sql, table_note("notes", 3, foreign_keys=named), rule=DEPENDENCY)
    return [line for line in lines if "public.notes" in line.partition(":")[0]]


def key(target: str, *columns: str, line: int = 6) -> KeyNote:
    return KeyNote(columns, target, at(line))


def test_keys_that_are_there() -> None:
    for target in ("users", "public.users", "Users"):
        assert keys(key(target, "USER_ID")) == ["pass public.notes"]
    assert keys(sql="CREATE TABLE notes (id int);") == ["pass public.notes"]


def test_keys_that_differ() -> None:
    unnamed = "the document does not name the foreign key (user_id) to public.users"
    assert keys() == [f"{MEDIUM}, line 3: {unnamed}"]
    absent = "the document says that {}, and no foreign key does"
    other = absent.format("other_id refers to users")
    assert keys(key("users", "user_id"), key("users", "other_id", line=7)) == [
        f"{MEDIUM}, line 7: {other}"
    ]
    assert keys(key("others", "user_id")) == [
        f"{MEDIUM}, line 6: {absent.format('user_id refers to others')}; {unnamed}"
    ]
    assert keys(key("shq.users", "user_id", "id")) == [
        f"{MEDIUM}, line 6: {absent.format('user_id, id refers to shq.users')}; {unnamed}"
    ]


def test_keys_that_no_document_names() -> None:
    none = "not applicable public.notes: the document names no foreign keys"
    notes = judged(KEYS, table_note("notes"), rule=DEPENDENCY)
    undocumented = "not applicable public.users: no document has a section for the table"
    assert notes == [undocumented, none]
    two = judged(KEYS, table_note("notes"), table_note("notes", foreign_keys=()), rule=DEPENDENCY)
    assert two[0].startswith(f"{MEDIUM}, line 1: the document does not name")
