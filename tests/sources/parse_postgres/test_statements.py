from collections.abc import Callable

import pytest

from ctb_audit.model import Argument, Grant, Name, Type, UserType
from ctb_audit.sources.ddl.operations import (
    AddConstraint,
    AlterColumn,
    AlterComposite,
    AlterDomain,
    AlterEnum,
    AlterFunction,
    AlterPolicy,
    AlterSequence,
    Comment,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateType,
    CreateView,
    DefaultPrivileges,
    Drop,
    GrantPrivileges,
    NotUnderstood,
    ObjectRef,
    Operation,
    Rename,
    SetOwner,
    SetSchema,
    SetSearchPath,
    StatementEffect,
    Transaction,
)

Effect = Callable[[str], StatementEffect]
Only = Callable[[str], Operation]

INTEGER = Type("integer", "integer", spelling="int")
T = Name(None, "t")


def ref(kind: str, name: Name, part: str = "") -> ObjectRef:
    return ObjectRef(kind, name, part)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("drop table if exists a.b, c cascade", Drop(
            (ref("table", Name("a", "b")), ref("table", Name(None, "c"))), True, True)),
        ("drop trigger x on s.t", Drop((ref("trigger", Name("s", "t"), "x"),))),
        ("drop policy x on t", Drop((ref("policy", T, "x"),))),
        ("drop type s.t", Drop((ref("type", Name("s", "t")),))),
        ("drop schema t", Drop((ref("schema", T),))),
        ("drop function t(int), g", Drop(
            (ObjectRef("function", T, arguments=(INTEGER,)), ref("function", Name(None, "g"))))),
        ("comment on column a.t.c is null", Comment(ref("column", Name("a", "t"), "c"), None)),
        ("comment on constraint c on domain t is 'x'", Comment(
            ref("domain constraint", T, "c"), "x")),
        ("comment on constraint c on t is 'it''s'", Comment(ref("constraint", T, "c"), "it's")),
        ("comment on index t is ''", Comment(ref("index", T), "")),
        ("alter table t rename a to b", Rename(ref("column", T, "a"), "b")),
        ("alter table if exists t rename to b", Rename(ref("table", T), "b", True)),
        ("alter table t rename constraint a to b", Rename(ref("constraint", T, "a"), "b")),
        ("alter view t rename to b", Rename(ref("view", T), "b")),
        ("alter index t rename to b", Rename(ref("index", T), "b")),
        ("alter schema t rename to b", Rename(ref("schema", T), "b")),
        ("alter trigger a on t rename to b", Rename(ref("trigger", T, "a"), "b")),
        ("alter policy a on t rename to b", Rename(ref("policy", T, "a"), "b")),
        ("alter type t rename attribute a to b", Rename(ref("type", T, "a"), "b")),
        ("alter domain t rename constraint a to b", Rename(ref("domain constraint", T, "a"), "b")),
        ("alter extension t set schema b", SetSchema(ref("extension", T), "b")),
        ("alter materialized view t set schema b", SetSchema(ref("materialized view", T), "b")),
        ("alter schema t owner to bob", SetOwner(ref("schema", T), "bob")),
        ("alter type t add value if not exists 'x' after 'a'", AlterEnum(
            T, "x", after="a", if_not_exists=True)),
        ("alter type t rename value 'x' to 'y'", AlterEnum(T, "y", "x")),
        ("alter domain t set default 5 + 1", AlterDomain(
            T, AlterColumn("", "set default", "5 + 1"))),
        ("alter domain t drop not null", AlterDomain(T, AlterColumn("", "drop not null"))),
        ("alter sequence t increment 4 no cycle no minvalue owned by none", AlterSequence(
            T, (("increment", 4), ("cycle", False), ("minimum", None)), disown=True)),
        ("alter policy x on t to bob using ((a))", AlterPolicy(T, "x", ("bob",), "(a)")),
        ("alter function t reset all", AlterFunction(ref("function", T), reset_all=True)),
        ("alter function t set search_path = 'A', b immutable", AlterFunction(
            ref("function", T), volatility="immutable", settings=(("search_path", '"A", b'),))),
        ("grant select (a), insert on t to bob, public with grant option", GrantPrivileges(
            (Grant("bob", "SELECT", True, "a"), Grant("bob", "INSERT", True),
             Grant("public", "SELECT", True, "a"), Grant("public", "INSERT", True)),
            (ref("table", T),))),
        ("revoke all on all tables in schema a, b from c cascade", GrantPrivileges(
            (Grant("c", "ALL"),), (), ("a", "b"), "table", True, True)),
        ("alter default privileges for role a in schema s grant select on tables to x",
            DefaultPrivileges((Grant("x", "SELECT"),), "table", ("s",), ("a",))),
        ("set search_path to a, \"B\", 'c'", SetSearchPath(("a", "B", "c"))),
        ("set local search_path = x", SetSearchPath(("x",), True)),
        ("reset search_path", SetSearchPath(None)),
        ("reset all", SetSearchPath(None)),
        ("select pg_catalog.set_config('search_path', '', false)", SetSearchPath(())),
        ("select set_config('search_path', 'A, \"B\"', true)", SetSearchPath(("a", "B"), True)),
        ("start transaction read only", Transaction("begin")),
        ("end", Transaction("commit")),
        ("abort", Transaction("rollback")),
        ("savepoint x", Transaction("savepoint", "x")),
        ("release x", Transaction("release", "x")),
        ("rollback to savepoint x", Transaction("rollback to", "x")),
        ("create schema if not exists x", CreateSchema("x", True)),
        ("create schema authorization joe", CreateSchema("joe")),
    ],
)  # fmt: skip
def test_one_operation(only: Only, text: str, expected: Operation) -> None:
    assert only(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "create event trigger e on ddl_command_start execute function f()",
        "create rule r as on insert to t do instead nothing",
        "create cast (a as b) without function",
        "create operator === (leftarg = int, rightarg = int, function = f)",
        "create text search configuration c (parser = p)",
        "create publication p for all tables",
        "create statistics s on a, b from t",
        "create server s foreign data wrapper w",
        "create role joe",
        "grant a to b",
        "drop operator + (int, int)",
        "comment on database d is 'x'",
        "grant connect on database d to x",
    ],
)
def test_what_the_model_does_not_hold_is_understood(effect: Effect, text: str) -> None:
    found = effect(text)
    assert (found.verdict, found.operations) == ("understood", ())


@pytest.mark.parametrize(
    "text",
    [
        "insert into t values (1)",
        "with x as (delete from t returning *) select * from x",
        "select set_config('work_mem', '1', false)",
        "set statement_timeout = 5",
        "explain select 1",
        "vacuum t",
        "lock table t",
        "truncate t",
        "call p()",
    ],
)
def test_rows_and_settings_are_irrelevant(effect: Effect, text: str) -> None:
    assert effect(text).verdict == "irrelevant"


@pytest.mark.parametrize(
    "text",
    [
        "prepare transaction 'x'",
        "drop owned by joe",
        "import foreign schema x from server y into z",
        'create rule "_RETURN" as on select to t do instead select 1',
        "select set_config('search_path', 'x,' || y, false)",
    ],
)
def test_unknown_effects_are_told(effect: Effect, text: str) -> None:
    found = effect(text)
    assert found.verdict == "not understood"
    assert isinstance(found.operations[0], NotUnderstood)


def test_schema_elements_are_statements_of_their_own(effect: Effect) -> None:
    found = effect(
        "create schema s create table t (a int references u)\n"
        "create view v as select a from t\ncreate index i on t (a) create table u (x int)"
    )
    schema, t, view, index, u = found.operations
    assert schema == CreateSchema("s")
    assert isinstance(t, CreateTable)
    assert isinstance(view, CreateView)
    assert isinstance(index, CreateIndex)
    assert isinstance(u, CreateTable)
    assert (t.name, t.table.constraints[0].target) == (Name("s", "t"), Name("s", "u"))
    assert (view.view.definition, view.sources) == ("select a from t", (Name("s", "t"),))
    assert view.view.location is not None
    assert (view.view.location.line, index.table) == (11, Name("s", "t"))


def test_index(only: Only) -> None:
    found = only(
        "create unique index concurrently if not exists ix on only s.t using gin "
        "(a desc nulls last, lower(b) collate \"C\" text_ops, (c || ',')) include (e) "
        "nulls not distinct with (fillfactor = 70) where (a > 1)"
    )
    assert isinstance(found, CreateIndex)
    index = found.index
    assert (found.only, found.if_not_exists, index.unique, index.method) == (
        True,
        True,
        True,
        "gin",
    )
    a, b, c = index.keys
    assert (a.column, a.descending, a.nulls_first) == ("a", True, False)
    assert (b.expression, b.collation, b.opclass) == (
        "lower(b)",
        Name(None, "C"),
        Name(None, "text_ops"),
    )
    assert c.expression == "c || ','"
    assert (index.include, index.predicate, index.options) == (
        ("e",),
        "(a > 1)",
        (("fillfactor", "70"),),
    )


def test_views(only: Only) -> None:
    view = only(
        "create or replace view s.v with (security_barrier) as\n -- why\n"
        "with q as (select 1) select a, b.c, n::text from x join b on true, q "
        "where a in (select z from y) with local check option"
    )
    matview = only("create materialized view m (a) as select * from x with no data")
    recursive = only("create recursive view r (n) as select 1 union select n + 1 from r")
    assert isinstance(view, CreateView)
    assert isinstance(matview, CreateView)
    assert isinstance(recursive, CreateView)
    assert view.view.definition.startswith("with q as")
    assert view.view.definition.endswith("from y)")
    assert (view.view.columns, view.view.check_option, view.replace) == (
        ("a", "c", "n"),
        "local",
        True,
    )
    assert view.sources == (Name(None, "x"), Name(None, "b"), Name(None, "y"))
    assert (matview.view.materialized, matview.view.columns) == (True, ("a",))
    assert matview.view.definition == "select * from x"
    assert (recursive.view.recursive, recursive.sources) == (True, ())


def test_functions(only: Only) -> None:
    found = only(
        "create or replace function s.f(a int, out b text, x numeric(4,2) default f(1, 2), "
        "variadic c int[] = '{}') language plpgsql stable strict security definer "
        "set search_path = '' cost 5 as $$ begin null; end $$"
    )
    assert isinstance(found, CreateFunction)
    function = found.function
    assert [(a.name, a.mode, a.default) for a in function.arguments] == [
        ("a", "in", None),
        ("b", "out", None),
        ("x", "in", "f(1, 2)"),
        ("c", "variadic", "'{}'"),
    ]
    assert function.returns is not None
    assert (function.returns.name, function.body) == ("text", " begin null; end ")
    assert (function.volatility, function.strict, function.security_definer) == (
        "stable",
        True,
        True,
    )
    assert function.settings == (("search_path", '""'),)


def test_bodies_and_results_of_routines(only: Only) -> None:
    table = only("create function f() returns table (x int, y text) as 'select' language sql")
    atomic = only("create procedure p() language sql begin atomic select 1; end")
    aggregate = only("create aggregate a (int) (sfunc = f, stype = int)")
    assert isinstance(table, CreateFunction)
    assert isinstance(atomic, CreateFunction)
    assert isinstance(aggregate, CreateFunction)
    assert (str(table.function.returns), table.function.returns_set) == ("record", True)
    assert (atomic.function.kind, atomic.function.returns) == ("procedure", None)
    assert atomic.function.body == "begin atomic select 1; end"
    assert (aggregate.function.kind, aggregate.function.arguments) == (
        "aggregate",
        (Argument(INTEGER),),
    )


def test_triggers_and_policies(only: Only) -> None:
    trigger = only(
        "create constraint trigger x after insert or update of a, b on s.t deferrable "
        "initially deferred for each row when (new.a > 1) execute function s.f('a', 3)"
    )
    statement = only(
        "create trigger y after delete on t referencing old table as o execute procedure f()"
    )
    policy = only("create policy p on t as restrictive for select to joe using (a > 1)")
    assert isinstance(trigger, CreateTrigger)
    assert isinstance(statement, CreateTrigger)
    assert isinstance(policy, CreatePolicy)
    found = trigger.trigger
    assert (found.timing, found.events, found.columns) == (
        "after",
        ("insert", "update"),
        ("a", "b"),
    )
    assert (found.when, found.arguments, found.row) == ("new.a > 1", ("a", "3"), True)
    assert (found.constraint, found.initially_deferred) == (True, True)
    assert (statement.trigger.old_table, statement.trigger.row) == ("o", False)
    assert (policy.policy.permissive, policy.policy.roles) == (False, ("joe",))
    assert (policy.policy.command, policy.policy.using, policy.policy.check) == (
        "select",
        "a > 1",
        None,
    )


def test_types(only: Only) -> None:
    domain = only(
        "create domain d as text collate \"C\" default 'x' constraint q not null "
        "constraint c check (value > 'a')"
    )
    composite = only("alter type c add attribute a int, drop attribute b")
    check = only("alter domain d add constraint c check (value > 1) not valid")
    span = only("create type r as range (subtype = float8)")
    assert isinstance(domain, CreateType)
    assert isinstance(composite, AlterComposite)
    assert isinstance(check, AlterDomain)
    assert isinstance(span, CreateType)
    found: UserType = domain.type
    assert (found.nullable, found.default, found.collation) == (False, "'x'", Name(None, "C"))
    assert found.constraints[0].expression == "value > 'a'"
    assert [type(a).__name__ for a in composite.actions] == ["AddColumn", "DropColumn"]
    assert isinstance(check.action, AddConstraint)
    assert not check.action.constraint.validated
    assert str(span.type.base) == "double precision"


def test_sequences(only: Only) -> None:
    found = only(
        "create sequence s as int increment by -2 no minvalue maxvalue 9223372036854775807 "
        "owned by a.t.c"
    )
    assert isinstance(found, CreateSequence)
    assert (found.sequence.type, found.sequence.increment, found.sequence.maximum) == (
        "integer",
        -2,
        9223372036854775807,
    )
    assert (found.sequence.start, found.owned_by) == (
        9223372036854775807,
        (Name("a", "t"), "c"),
    )
