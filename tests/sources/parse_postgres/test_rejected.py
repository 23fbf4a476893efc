from collections.abc import Callable

import pytest

from ctb_audit.model import Location, Name
from ctb_audit.semantics.comments import without_comments
from ctb_audit.sources.ddl.operations import (
    AddConstraint,
    AlterConstraint,
    AlterTable,
    CreateTable,
    NotUnderstood,
    Operation,
    StatementEffect,
)

Effect = Callable[[str], StatementEffect]
Only = Callable[[str], Operation]


def lost(effect: StatementEffect) -> NotUnderstood:
    found = effect.operations[-1]
    assert isinstance(found, NotUnderstood)
    return found


def test_a_mistake_has_its_place_and_its_tables(effect: Effect) -> None:
    found = effect("create table shq.é (\n a int,\n b int references x,\n)")
    problem = lost(found).problem
    assert (found.verdict, problem.kind) == ("not understood", "invalid-sql")
    assert problem.message == 'syntax error at or near ")"'
    assert problem.location == Location("schema.sql", 13, 1)
    assert problem.objects == (Name("shq", "é"), Name(None, "x"))


def test_a_comment_names_no_table(effect: Effect) -> None:
    found = effect("create table a (x int -- on b\n, /* references c */ y int references /* */ d,)")
    assert lost(found).problem.objects == (Name(None, "a"), Name(None, "d"))


def test_a_missing_semicolon_is_named(effect: Effect) -> None:
    problem = lost(effect("create table a (x int)\ncreate table b (y int)")).problem
    assert "a `;` is missing before CREATE" in problem.message
    assert problem.objects == (Name(None, "a"), Name(None, "b"))
    assert problem.location == Location("schema.sql", 11, 1)


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("create table `t` (a int)", "MySQL"),
        ("create table t (a int auto_increment primary key)", "MySQL"),
        ("create table t (a int) engine=InnoDB", "MySQL"),
        ("create table t (a integer primary key autoincrement)", "SQLite"),
        ("create table [dbo].[t] (a int identity(1,1))", "SQL Server"),
        ("create table d.t (a array<string>)", "BigQuery"),
    ],
)
def test_other_dialects_are_named(effect: Effect, text: str, dialect: str) -> None:
    problem = lost(effect(text)).problem
    assert problem.kind == "foreign-dialect-sql"
    assert problem.message.startswith(f"{dialect}'s SQL")


def test_tables_of_other_dialects_are_kept_and_marked(effect: Effect) -> None:
    found = effect("create table `t` (`id` int auto_increment, primary key (`id`))")
    created = found.operations[0]
    assert isinstance(created, CreateTable)
    assert (created.table.foreign_dialect, created.table.system) == (True, "postgresql")
    assert (found.verdict, [c.name for c in created.table.columns]) == ("understood", ["id"])


def test_quoted_words_of_other_dialects_do_not_count(effect: Effect) -> None:
    problem = lost(effect("create table t (a text default '`x` engine=', b int,)")).problem
    assert problem.kind == "invalid-sql"


def test_virtual_columns(only: Only) -> None:
    text = (
        "create table t (a int generated always as (b * 2) virtual, é int generated always as (1) "
        "not null, d text default 'x', e int generated always as (2) stored)"
    )
    found = only(text)
    assert isinstance(found, CreateTable)
    assert [c.generated_kind for c in found.table.columns] == ["virtual", "virtual", "", "stored"]
    assert [c.generated for c in found.table.columns] == ["b * 2", "1", None, "2"]
    assert found.table.columns[2].default == "'x'"
    assert found.table.columns[2].location == Location("schema.sql", 10, text.index("d text") + 3)


def test_temporal_keys(only: Only) -> None:
    found = only(
        "create table t (primary key (id, v without overlaps), "
        "foreign key (a, period v) references x (b, period c), check (id > 5))"
    )
    assert isinstance(found, CreateTable)
    primary, foreign, check = found.table.constraints
    assert (primary.columns, primary.period) == (("id", "v"), True)
    assert (foreign.columns, foreign.target_columns, foreign.period) == (
        ("a", "v"),
        ("b", "c"),
        True,
    )
    assert (check.expression, check.period) == ("id > 5", False)


def test_constraints_that_are_not_enforced(only: Only) -> None:
    found = only(
        "create table t (a int, check (a > 1) not enforced, b int references x not enforced, "
        "c int check (c > 5) enforced)"
    )
    altered = only("alter table t alter constraint c not enforced")
    assert isinstance(found, CreateTable)
    assert isinstance(altered, AlterTable)
    assert [c.enforced for c in found.table.constraints] == [False, False, True]
    assert [c.validated for c in found.table.constraints] == [False, False, True]
    assert altered.actions == (AlterConstraint("c", enforced=False),)


def test_not_null_as_a_constraint_of_the_table(only: Only) -> None:
    found = only('create table t (a int, constraint q not null a no inherit, "B" int)')
    added = only('alter table t add constraint n not null "B" not valid')
    assert isinstance(found, CreateTable)
    assert isinstance(added, AlterTable)
    assert [c.nullable for c in found.table.columns] == [False, True]
    assert (found.not_null_names, found.table.constraints) == ((("a", "q"),), ())
    (action,) = added.actions
    assert isinstance(action, AddConstraint)
    assert (action.constraint.kind, action.constraint.name) == ("not null", "n")
    assert (action.constraint.columns, action.constraint.validated) == (("B",), False)


@pytest.mark.parametrize(
    "text",
    [
        f"create table t (a int check ({'(' * 20_000}1{')' * 20_000}))",
        f"create view t as {'(select ' * 20_000}1{')' * 20_000}",
        f"create view t as select 1{'||1' * 200_000}",
        f"create view t as select 1{' union select 1' * 100_000}",
        f"create table t (a int check ({'not ' * 40_000} true))",
    ],
    ids=["parentheses", "queries", "operators", "unions", "prefixes"],
)
def test_deep_nesting_is_told_and_ends_nothing(effect: Effect, text: str) -> None:
    found = effect(text)
    assert found.verdict == "not understood"
    assert "nested too deeply" in lost(found).problem.message


def test_wide_statements_are_not_deep(effect: Effect) -> None:
    columns = ", ".join(f"c{n} int default {n} + 1" for n in range(5_000))
    assert effect(f"create table t ({columns})").verdict == "understood"


@pytest.mark.parametrize("text", ["create table t (a\0 int)", "create table t\ud800 (a int)"])
def test_characters_that_no_server_takes(effect: Effect, text: str) -> None:
    assert effect(text).verdict == "not understood"


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TABLE t (a timestamp with /* ü */ time zone DEFAULT now())",
        "CREATE TABLE t (a timestamp without -- ;\n time zone)",
        "CREATE TABLE t (a integer CHECK (a NOT /* a /* nested */ ' */ BETWEEN 1 AND 2))",
        "CREATE VIEW v AS SELECT 1 WHERE 'a' NOT -- '\n IN ('--b', E'\\'', $$/*$$, \"/*\")",
        "CREATE INDEX i ON t (a NULLS /* which? */ FIRST)",
    ],
)
def test_a_comment_where_the_grammar_looks_ahead_is_no_mistake(effect: Effect, text: str) -> None:
    found = effect(text)
    assert found.verdict == "understood"
    assert not any(isinstance(o, NotUnderstood) for o in found.operations)


def test_comments_are_as_long_as_before_and_quotes_stay() -> None:
    text = "a /* ü /* b */ */ 'c--d' -- é\n$x$/* e */$x$ E'\\'--' \"/*\" /* open"
    plain = without_comments(text)
    kept = "a{}'c--d' {}\n$x$/* e */$x$ E'\\'--' \"/*\"{}"
    assert plain == kept.format(" " * 18, " " * 5, " " * 8)
    assert len(plain.encode()) == len(text.encode())
