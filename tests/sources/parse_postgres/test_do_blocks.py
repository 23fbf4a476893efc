from collections.abc import Callable

from ctb_audit.model import Location, Name
from ctb_audit.sources.ddl.operations import (
    AlterTable,
    CreateIndex,
    CreateTable,
    CreateType,
    Drop,
    NotUnderstood,
    SetSearchPath,
    StatementEffect,
)

Effect = Callable[[str], StatementEffect]


def kinds(effect: StatementEffect) -> list[str]:
    return [type(operation).__name__ for operation in effect.operations]


def test_a_tolerated_duplicate_is_guarded(effect: Effect) -> None:
    found = effect(
        "DO $$\nBEGIN\n    CREATE TYPE mood AS ENUM ('sad');\n"
        "EXCEPTION\n    WHEN duplicate_object THEN null;\nEND $$"
    )
    (created,) = found.operations
    assert isinstance(created, CreateType)
    assert (created.type.labels, found.guarded, found.verdict) == (("sad",), True, "understood")
    assert created.type.location == Location("schema.sql", 12, 5)


def test_statements_that_every_run_reaches_are_not_guarded(effect: Effect) -> None:
    found = effect("do $$ declare x int := 1; begin create table t (a int); end $$")
    assert kinds(found) == ["CreateTable"]
    assert not found.guarded


def test_conditions_loops_and_cases_are_walked_in_order(effect: Effect) -> None:
    found = effect(
        "do $body$ declare r record; c cursor for select 1; begin\n"
        " if not exists (select 1 from pg_type) then create type x as enum ();\n"
        " elsif case when a then true else false end then alter table t add b int;\n"
        " else drop table y; end if;\n"
        " <<again>> for r in select 1 loop create index on t (b); end loop again;\n"
        " while a loop insert into z values (1); end loop;\n"
        " case when a then create table u (); else raise notice 'create table no ();'; end case;\n"
        " perform set_config('search_path', 'q', false);\n"
        " v := case when a then b else c end;\n"
        " grant select on t to bob;\n"
        "end $body$"
    )
    assert [type(operation) for operation in found.operations[:6]] == [
        CreateType,
        AlterTable,
        Drop,
        CreateIndex,
        CreateTable,
        SetSearchPath,
    ]
    assert kinds(found)[6:] == ["GrantPrivileges"]
    assert found.guarded


def test_constant_texts_are_read(effect: Effect) -> None:
    found = effect(
        "do $$ begin\n"
        " execute 'create table x (a text default ''q'')';\n"
        " execute $q$create table z (a int); alter table z add c int$q$;\n"
        " execute format('create table %I.%I (c text default %L)', 's', 'T', 'it''s');\n"
        " execute 'create table ' || 'y (b int)' using 5;\n"
        "end $$"
    )
    assert found.verdict == "understood"
    names = [o.name for o in found.operations if isinstance(o, CreateTable)]
    assert names == [Name(None, "x"), Name(None, "z"), Name("s", "T"), Name(None, "y")]
    first, third = found.operations[0], found.operations[3]
    assert isinstance(first, CreateTable)
    assert isinstance(third, CreateTable)
    assert first.table.columns[0].default == "'q'"
    assert first.table.location == Location("schema.sql", 11, 11)
    assert third.table.columns[0].default == "'it''s'"


def test_texts_built_at_run_time_are_not_understood(effect: Effect) -> None:
    found = effect("do $$ begin\n execute 'alter table foo owner to ' || quote_ident(x); end $$")
    (lost,) = found.operations
    assert isinstance(lost, NotUnderstood)
    assert lost.problem.message.startswith("dynamic DDL")
    assert lost.problem.objects == (Name(None, "foo"),)
    assert lost.problem.location == Location("schema.sql", 11, 2)
    assert found.verdict == "not understood"


def test_blocks_without_ddl_are_irrelevant(effect: Effect) -> None:
    assert effect("do 'begin raise notice ''create table x''; end'").verdict == "irrelevant"
    rows = "do $$ begin execute 'insert into t values (' || 1 || ')'; delete from t; end $$"
    assert effect(rows).verdict == "irrelevant"
    setting = "do $$ begin execute 'set local app.user = ' || x; end $$"
    assert effect(setting).verdict == "irrelevant"


def test_other_languages_are_not_understood(effect: Effect) -> None:
    found = effect("do language plpython3u $$ plpy.execute('drop table x') $$")
    (lost,) = found.operations
    assert isinstance(lost, NotUnderstood)
    assert "plpython3u" in lost.problem.message
    assert lost.problem.objects == (Name(None, "x"),)


def test_a_mistake_inside_is_told_at_its_place(effect: Effect) -> None:
    found = effect("do $$ begin\n  create tabel x (); end $$")
    (lost,) = found.operations
    assert isinstance(lost, NotUnderstood)
    assert (lost.problem.kind, lost.problem.location) == (
        "invalid-sql",
        Location("schema.sql", 11, 10),
    )
