"""Columns named after a table, and the key they could refer to (STANDARD section 3)."""

from dataclasses import replace

import pytest

from ctb_audit.checks.references import reference_of
from ctb_audit.model import Declaration, Name, Type
from ctb_audit.rulebook import load_standard
from ctb_audit.subjects import build_project
from tests.checks.judging import TODAY, catalog_of, said

RULE = "missing-foreign-key"
STRICT = "-- ctb: enforcement=STRICT\n"
USERS = "CREATE TABLE users (id int PRIMARY KEY);\n"


def judged(sql: str, table: str = "public.notes") -> list[str]:
    """The verdicts on one table; the others are what its columns may be named after."""
    lines = said(RULE, catalog_of(sql))
    return [line for line in lines if f" {table}" in line.partition(":")[0] + " "]


def finding(column: str, target: str, level: str = "LOW", line: int = 2) -> str:
    told = f"{column} names {target} and has no foreign key"
    return f"{level} postgresql ddl public.notes [{column}], line {line}: {told}"


def left_out(column: str, reason: str) -> str:
    return f"not applicable public.notes [{column}]: {reason}"


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("users", "user_id"),
        ("person", "person_id"),
        ("boxes", "box_id"),
        ("categories", "category_id"),
        ("category", "category_id"),
        ("categorys", "category_id"),
    ],
)
def test_names_of_tables_in_columns(table: str, column: str) -> None:
    sql = f"CREATE TABLE {table} (id int PRIMARY KEY);\nCREATE TABLE notes ({column} int);"
    assert judged(sql) == [finding(column, f"public.{table}")]


@pytest.mark.parametrize("column", ["userid", "user_ids", "id", "_id", "heir_id"])
def test_names_of_no_table(column: str) -> None:
    tables = f"{USERS}CREATE TABLE heirs (id int PRIMARY KEY);"
    assert judged(f"{tables} CREATE TABLE notes ({column} int);") == [
        "not applicable public.notes: no column is named after a table"
    ]


def test_a_plural_before_the_singular() -> None:
    both = USERS + 'CREATE TABLE notes (user_id int);CREATE TABLE "user" (id uuid PRIMARY KEY);'
    assert judged(both) == [finding("user_id", "public.users")]


def test_of_several_schemas_the_own_one() -> None:
    two = "CREATE SCHEMA a; CREATE SCHEMA b; CREATE TABLE a.users (id int PRIMARY KEY);"
    other = "CREATE TABLE b.users (id int PRIMARY KEY);\nCREATE TABLE notes (user_id int);"
    assert judged(two + other) == ["not applicable public.notes: no column is named after a table"]
    assert judged(two + "\nCREATE TABLE notes (user_id int);") == [finding("user_id", "a.users")]
    own = "CREATE TABLE users (id int PRIMARY KEY);"
    assert judged(two + own + other) == [finding("user_id", "public.users")]


def test_a_key_that_is_there() -> None:
    held = "CREATE TABLE notes (user_id int REFERENCES users, other_id int);"
    assert judged(USERS + held) == ["pass public.notes [user_id]"]
    elsewhere = "CREATE TABLE notes (user_id int, boss int REFERENCES users);"
    assert judged(USERS + elsewhere) == [finding("user_id", "public.users")]


def test_a_key_that_does_not_count() -> None:
    late = """CREATE TABLE notes (user_id int);
ALTER TABLE notes ADD CONSTRAINT late FOREIGN KEY (user_id) REFERENCES users NOT VALID;"""
    told = "user_id: foreign key late is not validated"
    expected = [f"LOW postgresql ddl public.notes [user_id], line 2: {told}"]
    assert judged(USERS + late) == expected
    held = "CREATE TABLE notes (user_id int CONSTRAINT late REFERENCES users);"
    catalog = catalog_of(f"{USERS}{held}")
    idle = tuple(
        replace(t, constraints=tuple(replace(c, enforced=False) for c in t.constraints))
        if t.name == "notes"
        else t
        for t in catalog.tables
    )
    assert said(RULE, replace(catalog, tables=idle))[:1] == expected


def test_severities_by_level() -> None:
    notes = "\nCREATE TABLE notes (user_id int);"
    assert judged(f"{USERS}{STRICT}{notes}".replace("\n\n", "\n")) == [
        finding("user_id", "public.users", "MEDIUM", 3)
    ]


KEYS: list[tuple[str, str, bool]] = [
    ("id int PRIMARY KEY", "int", True),
    ("id bigserial PRIMARY KEY", "smallint", True),
    ("id uuid PRIMARY KEY", "uuid", True),
    ("id uuid PRIMARY KEY", "int", False),
    ("id int PRIMARY KEY", "int[]", False),
    ("id int[] PRIMARY KEY", "int[]", True),
    ("id uuid PRIMARY KEY, user_id int UNIQUE", "int", True),
    ("id uuid PRIMARY KEY, user_id int", "int", False),
    ("id uuid PRIMARY KEY, number int UNIQUE", "int", False),
    ("id int", "int", False),
    ("id int, CHECK (id > 0)", "int", False),
    ("a int, id uuid, PRIMARY KEY (a, id)", "int", False),
    ("a int, id uuid PRIMARY KEY, user_id int, UNIQUE (user_id, a)", "int", False),
]


@pytest.mark.parametrize(("columns", "type_", "fits"), KEYS)
def test_only_a_key_of_the_same_type_can_be_referred_to(
    columns: str, type_: str, fits: bool
) -> None:
    sql = f"CREATE TABLE users ({columns});\nCREATE TABLE notes (user_id {type_});"
    unfit = left_out("user_id", "its type is not that of a key of public.users")
    assert judged(sql) == [finding("user_id", "public.users") if fits else unfit]


def test_a_domain_is_its_type() -> None:
    domain = "CREATE DOMAIN number AS int; CREATE TABLE users (id number PRIMARY KEY);\n"
    expected = [finding("user_id", "public.users")]
    assert judged(f"{domain}CREATE TABLE notes (user_id int);") == expected


def test_serial_keys_of_other_systems() -> None:
    catalog = catalog_of(f"{USERS}CREATE TABLE notes (user_id int);")
    users, notes = catalog.tables
    serial = replace(users, columns=(replace(users.columns[0], type=Type("serial", "serial")),))
    lines = said(RULE, replace(catalog, tables=(serial, notes)))
    assert lines[0] == finding("user_id", "public.users")


def test_a_table_s_own_identifier() -> None:
    own = "CREATE TABLE notes (note_id int PRIMARY KEY, user_id int);\n"
    assert judged(own) == [left_out("note_id", "it is the table's own identifier")]


def test_planned_tables_refer_to_each_other_only() -> None:
    catalog = catalog_of(f"{USERS}CREATE TABLE notes (user_id int);")
    plan = (Declaration("section", status="Planned"),)
    users, notes = catalog.tables

    def told(*tables: object) -> list[str]:
        lines = said(RULE, replace(catalog, tables=tables))  # type: ignore[arg-type]
        return [line for line in lines if "public.notes" in line]

    planned_users = replace(users, declarations=plan)
    expected = finding("user_id", "public.users")
    assert told(planned_users, notes) == [left_out("user_id", "public.users is planned")]
    assert told(planned_users, replace(notes, declarations=plan)) == [expected]
    assert told(users, replace(notes, declarations=plan)) == [expected]


@pytest.mark.parametrize(
    ("columns", "type_", "key"),
    [
        ("id int PRIMARY KEY", "int", "id"),
        ("id uuid PRIMARY KEY, user_id int UNIQUE", "int", "user_id"),
        ("user_id int UNIQUE, id int PRIMARY KEY", "int", "id"),
        ("id uuid PRIMARY KEY", "int", ""),
        ("id int", "int", ""),
    ],
)
def test_what_a_remedy_refers_to(columns: str, type_: str, key: str) -> None:
    catalog = catalog_of(f"CREATE TABLE users ({columns}); CREATE TABLE notes (user_id {type_});")
    project = build_project([catalog], load_standard("ctb-1.0"), today=TODAY)
    notes = project.tables["postgresql", Name("public", "notes")]
    expected = (Name("public", "users"), key) if key else None
    assert reference_of("user_id", notes, project) == expected
    assert reference_of("ghost_id", notes, project) is None
    assert reference_of("note_id", notes, project) is None
