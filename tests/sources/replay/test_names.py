"""Generated names; the expected ones were read from PostgreSQL 15."""

from collections.abc import Callable

import pytest

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.replay.column_names import figure
from ctb_audit.sources.ddl.replay.names import object_name

Fold = Callable[..., Catalog]


@pytest.mark.parametrize(
    ("first", "second", "label", "expected"),
    [
        ("t", None, "pkey", "t_pkey"),
        ("t", "a", "key", "t_a_key"),
        ("x" * 70, None, "pkey", "x" * 58 + "_pkey"),
        ("a" * 40, "b" * 40, "fkey", "a" * 29 + "_" + "b" * 28 + "_fkey"),
        ("ä" * 40, "b", "key", "ä" * 28 + "_b_key"),
    ],
)
def test_names_fit_into_63_bytes(first: str, second: str | None, label: str, expected: str) -> None:
    assert object_name(first, second, label) == expected


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("lower(email)", "lower"),
        ("(a + 1)", "expr"),
        ("(id::text)", "id"),
        ("coalesce(a, 'x')", "coalesce"),
        ("('1'::int)", "int4"),
        ("CASE WHEN a THEN 1 END", "case"),
        ("public.f(a)", "f"),
    ],
)
def test_an_index_takes_the_name_of_its_expression(expression: str, name: str) -> None:
    assert figure(expression) == name


def test_constraints_and_indexes_are_named_as_the_server_names_them(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE REFERENCES t, b int CHECK (b > 0),
             UNIQUE (a, b), CHECK (b > 1), CHECK (a > b), CHECK (b > a),
             r int4range, EXCLUDE USING gist (r WITH &&));
           CREATE INDEX ON t (a); CREATE INDEX ON t (a);
           CREATE INDEX ON t (lower(a::text), (b + 1)) INCLUDE (id);"""
    )
    (table,) = catalog.tables
    assert sorted(c.name for c in table.constraints) == [
        *("t_a_b_key", "t_a_fkey", "t_a_key", "t_b_check", "t_b_check1", "t_check", "t_check1"),
        *("t_pkey", "t_r_excl"),
    ]
    assert [i.name for i in table.indexes] == ["t_a_idx", "t_a_idx1", "t_lower_expr_id_idx"]
    assert [s.name for s in catalog.sequences] == ["t_id_seq"]


def test_a_generated_name_avoids_relations_and_constraints_of_the_schema(server: Fold) -> None:
    catalog = server(
        """CREATE SEQUENCE t_pkey; CREATE TABLE u (CONSTRAINT t_a_key CHECK (true));
           CREATE TABLE t (a int UNIQUE, id int PRIMARY KEY);"""
    )
    assert sorted(c.name for c in catalog.tables[1].constraints) == ["t_a_key1", "t_pkey1"]
    assert catalog.problems == ()


def test_equal_unique_declarations_are_one_constraint(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE t (a int UNIQUE, b int, PRIMARY KEY (b), UNIQUE (b),
             CONSTRAINT named UNIQUE (a), UNIQUE (a) DEFERRABLE);"""
    )
    found = {c.name: len(c.merged_from) for c in catalog.tables[0].constraints}
    assert found == {"t_pkey": 1, "named": 1, "t_a_key": 0}
