"""The texts that the reader cuts out of a statement are the expressions of its tree."""

import json
import re
from collections.abc import Callable
from typing import Any

import pgparse
from hypothesis import given, settings
from hypothesis import strategies as st

from ctb_audit.sources.ddl.operations import (
    AlterColumn,
    AlterTable,
    CreateIndex,
    CreatePolicy,
    CreateTable,
    CreateTrigger,
    Operation,
)
from ctb_audit.sources.ddl.parse_postgres import read_statement
from ctb_audit.sources.ddl.statement import Statement

ATOMS = st.sampled_from(
    [
        *("a", '"b c"', "t.x", "5", "'x, y)'", "E'it\\'s('", "$q$);'$q$", "U&'d\\0061t'", "null"),
        *("current_date", "'{}'::jsonb", "interval '1 day'", "'ü' || 'ß'", "1e3", "array[1, 2]"),
        *("now()", "count(*)", "cast(a as numeric(4, 2))", "extract(epoch from b)"),
        "date'2020-01-01'",
        *("case when a then b else c end", "(select max(x) from y)", "coalesce(a, 'check (')"),
    ]
)  # fmt: skip
SPACES = st.sampled_from([" ", "\n  ", " /* , ) ' */ ", " -- )\n "])


def grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({})".format, inner),
        st.builds("f({}, {})".format, inner, inner),
        st.builds("({}{}+{}{})".format, inner, SPACES, SPACES, inner),
        st.builds("{}::text".format, inner.map("({})".format)),
    )


EXPRESSIONS = st.recursive(ATOMS, grown, max_leaves=6)


def tree(expression: str) -> object:
    parsed = pgparse.parse(f"select {expression}")
    target = parsed[0]["stmt"]["SelectStmt"]["targetList"][0]["ResTarget"]["val"]
    return json.loads(re.sub(r'"location": -?\d+,? ?', "", json.dumps(target)).replace(", }", "}"))


def read(text: str) -> Operation:
    effect = read_statement(Statement(text, 0, 1, 1), "f.sql")
    assert effect.verdict == "understood", (text, effect)
    return effect.operations[0]


def column_default(expression: str, space: str) -> str | None:
    text = f"create table t (z int default{space}{expression}{space}not null, y int default 1)"
    created = read(text)
    assert isinstance(created, CreateTable)
    return created.table.columns[0].default


def last_default(expression: str, space: str) -> str | None:
    created = read(f"create table t (y int, z int default{space}{expression}{space})")
    assert isinstance(created, CreateTable)
    return created.table.columns[1].default


def check(expression: str, space: str) -> str | None:
    created = read(f"create table t (z int, constraint c check{space}({space}{expression}{space}))")
    assert isinstance(created, CreateTable)
    return created.table.constraints[0].expression


def altered_default(expression: str, space: str) -> str | None:
    altered = read(
        f"alter table t alter y set default 1, alter{space}z set default {expression}{space}, "
        "alter x drop default"
    )
    assert isinstance(altered, AlterTable)
    action = altered.actions[1]
    assert isinstance(action, AlterColumn)
    assert isinstance(action.value, str)
    return action.value


def index_key(expression: str, space: str) -> str | None:
    created = read(f"create index on t (a,{space}({expression}{space}) desc, lower(b)) where a > 1")
    assert isinstance(created, CreateIndex)
    return created.index.keys[1].expression


def predicate(expression: str, space: str) -> str | None:
    created = read(f"create index on t using gin (a, (b)) where{space}{expression}{space}")
    assert isinstance(created, CreateIndex)
    return created.index.predicate


def policy(expression: str, space: str) -> str | None:
    created = read(f"create policy p on t using (a) with{space}check ({expression}{space})")
    assert isinstance(created, CreatePolicy)
    return created.policy.check


def when(expression: str, space: str) -> str | None:
    text = f"create trigger x before update on t for each row when{space}({expression}) "
    created = read(f"{text} execute function f()")
    assert isinstance(created, CreateTrigger)
    return created.trigger.when


PLACES: list[Callable[[str, str], str | None]] = [
    *(column_default, last_default, check, altered_default, index_key, predicate, policy, when)
]


@settings(max_examples=150, deadline=None)
@given(EXPRESSIONS, SPACES, st.sampled_from(PLACES))
def test_slices_parse_to_the_same_tree(
    expression: str, space: str, place: Callable[[str, str], str | None]
) -> None:
    found: Any = place(expression, space)
    assert found is not None
    assert tree(found) == tree(expression)


def test_comments_are_left_out() -> None:
    assert column_default("1 /* one */ + -- two\n 2", " ") == "1 + 2"
