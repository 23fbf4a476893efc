"""Rows in the way of a change are named and counted."""

import psycopg
import pytest

from ctb_audit.model import Name
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import SetNotNull
from ctb_audit.remedy.constraints import AddCheck, AddForeignKey, AddUnique
from ctb_audit.remedy.violations import told_violations
from tests.remedy.conftest import catalog_of

SQL = (
    "CREATE TABLE parts (id integer PRIMARY KEY);\n"
    'CREATE TABLE "Uses" ("Id" integer PRIMARY KEY, part integer, code text);\n'
    "CREATE TABLE loose (code text);"
)
ROWS = (
    "INSERT INTO parts VALUES (1); INSERT INTO loose VALUES (NULL);"
    """INSERT INTO "Uses" SELECT n, n, 'c' || n % 4 FROM generate_series(1, 8) n;"""
)
USES, LOOSE = Name("public", "Uses"), Name("public", "loose")
CASES: dict[str, tuple[Change, str]] = {
    "check": (
        AddCheck(table=USES, name="c", expression="part < 8", columns=("part",)),
        '; 1 rows of public.Uses break it, "Id" = (8): correct them, or leave the constraint'
        " NOT VALID, which holds new rows only",
    ),
    "foreign key": (
        AddForeignKey(
            table=USES,
            name="f",
            columns=("part",),
            target=Name("public", "parts"),
            target_columns=("id",),
        ),
        '; 7 rows of public.Uses break it, "Id" = (2), (3), (4), (5), (6), ...: correct them, or',
    ),
    "unique": (
        AddUnique(table=USES, name="u", columns=("code",)),
        '; 8 rows of public.Uses break it, "Id" = (1), (2), (3), (4), (5), ...: correct them first',
    ),
    "no primary key": (
        SetNotNull(table=LOOSE, column="code", check="loose_required"),
        '; 1 rows of public.loose break it, ctid = ("(0,1)"): correct them first',
    ),
    "none": (AddCheck(table=USES, name="c", expression="part > 0", columns=("part",)), ""),
}


@pytest.mark.parametrize("name", CASES)
def test_rows_in_the_way_are_told(
    name: str, session: "psycopg.Connection[tuple[object, ...]]"
) -> None:
    session.execute((SQL + ROWS).encode())
    change, told = CASES[name]
    found = told_violations(session, catalog_of(SQL), change)
    assert found.startswith(told) and bool(found) == bool(told)
