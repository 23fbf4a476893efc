"""Indexes and constraints that add nothing, or do not work (STANDARD section 4)."""

from dataclasses import replace

import pytest

from ctb_audit.model import Catalog
from tests.checks.judging import catalog_of, said

REDUNDANT, DOUBLED = "redundant-index", "duplicate-unique"
REPEATED, INVALID = "repeated-unique", "invalid-index"
TABLE = "CREATE TABLE t (id int PRIMARY KEY, a int, b int);\n"


def judged(rule: str, sql: str) -> list[str]:
    return said(rule, catalog_of(TABLE + sql))


def test_an_index_that_another_serves() -> None:
    both = "CREATE INDEX one ON t (a); CREATE INDEX two ON t (a, b); CREATE INDEX three ON t (b);"
    assert judged(REDUNDANT, both) == [
        "LOW postgresql ddl public.t [one], line 2: one serves nothing that two does not",
        "pass public.t [two]",
        "pass public.t [three]",
    ]
    unique = "CREATE UNIQUE INDEX one ON t (a); CREATE INDEX two ON t (a);"
    assert judged(REDUNDANT, unique) == [
        "LOW postgresql ddl public.t [two], line 2: two serves nothing that one does not"
    ]
    of_key = "CREATE INDEX again ON t (id);"
    assert judged(REDUNDANT, of_key) == [
        "LOW postgresql ddl public.t [again], line 2: again serves nothing that t_pkey does not"
    ]


def intended(catalog: Catalog, *names: str) -> Catalog:
    (table,) = catalog.tables
    indexes = tuple(replace(i, intended=i.name in names) for i in table.indexes)
    return replace(catalog, tables=(replace(table, indexes=indexes),))


@pytest.mark.parametrize("names", [(), ("one",), ("two",), ("one", "two")])
def test_indexes_that_a_document_intends_are_judged_as_if_they_were_built(
    names: tuple[str, ...],
) -> None:
    both = catalog_of(f"{TABLE}CREATE INDEX one ON t (a); CREATE INDEX two ON t (a, b);")
    assert said(REDUNDANT, intended(both, *names)) == [
        "LOW postgresql ddl public.t [one], line 2: one serves nothing that two does not",
        "pass public.t [two]",
    ]


def test_the_same_columns_unique_twice() -> None:
    twice = "CREATE UNIQUE INDEX one ON t (a, b); CREATE UNIQUE INDEX two ON t (a, b);"
    assert judged(DOUBLED, twice) == [
        "LOW postgresql ddl public.t [a,b] [two], line 2: two and one make the same columns unique",
        "pass public.t [id]",
    ]
    others = "CREATE UNIQUE INDEX one ON t (a); CREATE INDEX two ON t (a, b);"
    expression = "CREATE UNIQUE INDEX three ON t (lower(a::text), b);"
    assert judged(DOUBLED, others + expression) == ["pass public.t [id]", "pass public.t [a]"]


def test_declarations_that_the_server_merged() -> None:
    sql = """CREATE TABLE u (id int PRIMARY KEY UNIQUE, a int UNIQUE,
b int CHECK (b > 0), c int UNIQUE, CONSTRAINT again UNIQUE (a), CONSTRAINT more UNIQUE (a));"""
    start = "INFO postgresql ddl public.u"
    merged = "is unique already; the server keeps"
    assert said(REPEATED, catalog_of(sql)) == [
        f"{start} [id] [without a name], line 1: (id) {merged} u_pkey only",
        f"{start} [a] [again, more], line 2: (a) {merged} again only",
        "pass public.u [c]",
    ]


def test_indexes_that_are_invalid() -> None:
    live = catalog_of(f"{TABLE}CREATE INDEX one ON t (a);\nCREATE INDEX two ON t (b);", "live")
    (table,) = live.tables
    one, two = table.indexes
    broken = replace(table, indexes=(replace(one, valid=False), two))
    told = "HIGH postgresql {} public.t [one], line 2: index one is invalid"
    assert said(INVALID, replace(live, tables=(broken,))) == [
        told.format("live"),
        "pass public.t [two]",
    ]
    assert said(INVALID, replace(live, surface="ddl", tables=(broken,))) == [
        told.format("ddl"),
        "not applicable public.t [two]: no source is a live database",
    ]
