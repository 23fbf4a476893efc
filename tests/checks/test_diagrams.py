"""What a diagram draws against the tables: relations, entities, columns and their keys."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import ColumnNote, Diagram, DocumentTable, Entity, Relation
from tests.checks.judging import at, catalog_of, document_of, said, table_note

SQL = """
CREATE TABLE users (id integer PRIMARY KEY, email text UNIQUE, state text);
CREATE TABLE orders (id integer, user_id integer, buyer integer, PRIMARY KEY (id, buyer));
CREATE TABLE notes (id integer PRIMARY KEY, author integer REFERENCES users (id));
"""
NOTES = (table_note("users"), table_note("orders"), table_note("notes"))
START = "LOW postgresql reference d.md (no table) ["


def relation(left: str, right: str, label: str = "", line: int = 8) -> Relation:
    return Relation(left, right, label, at(line))


def entity(name: str, *columns: ColumnNote) -> Entity:
    return Entity(name, columns, at(6))


EVERY = tuple(entity(name) for name in ("USERS", "ORDERS", "NOTES"))


def faults(
    *relations: Relation,
    entities: tuple[Entity, ...] = EVERY,
    notes: tuple[DocumentTable, ...] = NOTES,
    sql: str = SQL,
) -> list[str]:
    """Findings without what all of them begin with."""
    diagram = Diagram(entities, relations, at(3))
    found = said("diagram-mismatch", document_of(*notes, sql=sql, diagrams=(diagram,)))
    assert all(line.startswith(START) for line in found)
    return [line.removeprefix(START) for line in found]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (relation("USERS", "NOTES", "writes"), []),
        (relation("NOTES", "USERS", "of"), []),
        (
            relation("USERS", "ORDERS", "places"),
            [
                "users-orders:places], line 8: users places orders: "
                "orders.user_id has no foreign key"
            ],
        ),
        (
            relation("USERS", "ORDERS"),
            ["users-orders], line 8: users to orders: orders.user_id has no foreign key"],
        ),
        (
            relation("ORDERS", "NOTES"),
            [
                "orders-notes], line 8: orders to notes: "
                "neither table has a foreign key to the other"
            ],
        ),
        (relation("USERS", "INVOICES"), []),
        (relation("INVOICES", "USERS"), []),
    ],
)
def test_a_line_is_a_foreign_key(drawn: Relation, expected: list[str]) -> None:
    assert faults(drawn) == expected
    after = relation("NOTES", "ORDERS", line=9)
    assert faults(drawn, after) == [
        *expected,
        "notes-orders], line 9: notes to orders: neither table has a foreign key to the other",
    ]


def test_a_key_may_be_named_after_a_table_without_plural() -> None:
    sql = (
        "CREATE TABLE staff (id int PRIMARY KEY);"
        "CREATE TABLE desks (staff_id int); CREATE TABLE rooms (staffs_id int);"
    )
    notes = (table_note("staff"), table_note("desks"), table_note("rooms"))
    drawn = (entity("staff"), entity("desks"), entity("rooms"))
    lines = (relation("staff", "desks"), relation("staff", "rooms", line=9))
    assert faults(*lines, entities=drawn, notes=notes, sql=sql) == [
        "staff-desks], line 8: staff to desks: desks.staff_id has no foreign key",
        "staff-rooms], line 9: staff to rooms: neither table has a foreign key to the other",
    ]


def test_a_reference_that_is_said_to_be_soft() -> None:
    for soft in (0, 1):
        notes = tuple(replace(n, soft=place == soft) for place, n in enumerate(NOTES))
        assert faults(relation("USERS", "ORDERS"), notes=notes) == []
    notes = (*NOTES[:2], replace(NOTES[2], soft=True))
    after = relation("NOTES", "ORDERS", line=9)
    assert [
        f.partition("]")[0] for f in faults(after, relation("USERS", "ORDERS"), notes=notes)
    ] == ["users-orders"]


def test_tables_that_the_diagram_leaves_out() -> None:
    collection = replace(table_note("drafts"), kind="collection")
    notes = (*NOTES, collection, table_note("listed", section=False))
    assert faults(entities=EVERY[:1], notes=notes) == [
        "orders], line 3: the diagram leaves out orders",
        "notes], line 3: the diagram leaves out notes",
    ]
    assert said("diagram-mismatch", document_of(*NOTES, sql=SQL)) == []


def test_what_one_of_two_diagrams_draws_is_not_left_out() -> None:
    two = (Diagram(EVERY[:1], (), at(3)), Diagram(EVERY[1:], (), at(9)))
    assert said("diagram-mismatch", document_of(*NOTES, sql=SQL, diagrams=two)) == []
    missing = (Diagram(EVERY[:1], (), at(3)), Diagram(EVERY[1:2], (), at(9)))
    assert said("diagram-mismatch", document_of(*NOTES, sql=SQL, diagrams=missing)) == [
        f"{START}notes], line 3: the diagram leaves out notes"
    ]


def test_an_entity_that_is_no_table() -> None:
    assert faults(entities=(*EVERY, entity("INVOICES", column("id", "uuid")))) == [
        "invoices], line 6: the diagram draws INVOICES, and there is no such table"
    ]


def column(name: str, type_: str = "", key: str = "", line: int = 7) -> ColumnNote:
    return ColumnNote(name, type_, at(line), key=key)


@pytest.mark.parametrize(
    ("name", "drawn", "fault"),
    [
        ("USERS", column("id", "integer", "PK"), ""),
        ("USERS", column("ID", "integer", "PK"), ""),
        ("USERS", column("phone"), "phone: there is no such column"),
        ("USERS", column("id", "uuid"), "id: the diagram says uuid, it is integer"),
        ("USERS", column("id", ""), ""),
        ("USERS", column("state", "string"), ""),
        ("USERS", column("state", "string", "PK"), "state: it is not part of the primary key"),
        ("USERS", column("email", "text", "UK"), ""),
        ("USERS", column("state", "text", "UK"), "state: it is not unique"),
        ("USERS", column("state", "text", "FK"), "state: it has no foreign key"),
        ("USERS", column("email", "text", "UK,FK"), "email: it has no foreign key"),
        ("USERS", column("email", "text", "FK,PK"), "email: it has no foreign key"),
        ("ORDERS", column("buyer", "integer", "PK"), ""),
        (
            "ORDERS",
            column("user_id", "integer", "PK"),
            "user_id: it is not part of the primary key",
        ),
        ("NOTES", column("author", "integer", "FK"), ""),
        (
            "NOTES",
            column("author", "integer", "PK,FK"),
            "author: it is not part of the primary key",
        ),
    ],
)
def test_columns_as_they_are_drawn(name: str, drawn: ColumnNote, fault: str) -> None:
    drawn_all = (*(e for e in EVERY if e.name != name), entity(name, drawn))
    told = f"{name.lower()}.{fault}"
    place = told.partition(":")[0]
    assert faults(entities=drawn_all) == ([f"{place}], line 7: {told}"] if fault else [])


def test_every_column_that_is_drawn_wrongly() -> None:
    wrong = entity("USERS", column("phone"), column("fax", line=9))
    assert faults(entities=(wrong, *EVERY[1:])) == [
        "users.phone], line 7: users.phone: there is no such column",
        "users.fax], line 9: users.fax: there is no such column",
    ]


@pytest.mark.parametrize("type_", ["mood", "amount", "elsewhere"])
def test_a_type_of_the_user_s_own_is_not_compared(type_: str) -> None:
    sql = (
        "CREATE TYPE mood AS ENUM ('a'); CREATE DOMAIN amount AS integer;"
        f"CREATE TABLE users (state {type_});"
    )
    drawn = (entity("users", column("state", "timestamp")),)
    assert faults(entities=drawn, notes=NOTES[:1], sql=sql) == []


def test_names_with_a_schema_and_columns_in_capitals() -> None:
    sql = 'CREATE TABLE users (id integer PRIMARY KEY, "Name" text);'
    drawn = (entity("public.Users", column("Name", "text")),)
    line = relation("public.Users", "users")
    assert faults(line, entities=drawn, notes=(), sql=sql) == [
        "public.users-users], line 8: users to users: neither table has a foreign key to the other"
    ]


def test_a_name_means_the_document_s_own_table_first() -> None:
    own = "CREATE SCHEMA shq; CREATE TABLE shq.users (code text);"
    drawn = Diagram((entity("users", column("code", "text")),), (), at(3))
    document = document_of(table_note("shq.users"), sql=own, diagrams=(drawn,))
    before = catalog_of("CREATE TABLE public.users (id integer);")
    after = catalog_of("CREATE SCHEMA z; CREATE TABLE z.users (id integer);", name="z.sql")
    assert said("diagram-mismatch", before, after, document) == []
    undescribed = replace(document, documents=(replace(document.documents[0], tables=()),))
    assert said("diagram-mismatch", before, after, undescribed) == [
        f"{START}users.code], line 7: users.code: there is no such column"
    ]
