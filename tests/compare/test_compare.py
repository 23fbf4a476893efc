"""Two catalogs: what was added, removed, changed, and what cannot be decided."""

import time
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from ctb_audit.compare import Change, Question, compare
from ctb_audit.model import Catalog, Column, Constraint, Index, IndexKey, Table, Type
from ctb_audit.scratch import ScratchServer
from ctb_audit.semantics.expressions import Equality
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.postgres import read_live

BASE = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN email AS text CHECK (VALUE ~ '@');
CREATE SEQUENCE counter;
CREATE TABLE users (
    id serial PRIMARY KEY,
    name varchar(50) NOT NULL DEFAULT 'x',
    role text CONSTRAINT role_check CHECK (role IN ('a', 'b')),
    created_at timestamp DEFAULT now()
);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    user_id integer CONSTRAINT orders_user REFERENCES users ON DELETE CASCADE
);
CREATE INDEX by_name ON users (name) WHERE role = 'a';
CREATE VIEW names AS SELECT id, name FROM users;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW
    WHEN (OLD.name <> NEW.name) EXECUTE FUNCTION touch();
ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON users FOR SELECT TO reader USING (id > 0);
COMMENT ON TABLE users IS 'people';
"""


def catalog(sql: str) -> Catalog:
    return replay([read_script(sql, "schema.sql", "postgresql")], server_version=15)


def told(changes: tuple[Change, ...]) -> set[tuple[str, str, str, str]]:
    return {(c.kind, c.object_kind, c.object, c.attribute) for c in changes}


# what follows BASE, and what that changes
CASES: tuple[tuple[str, set[tuple[str, str, str, str]]], ...] = (
    ("", set()),
    ("CREATE TABLE t (a int)", {("added", "table", "t", "")}),
    ("DROP TABLE orders", {("removed", "table", "orders", "")}),
    ("ALTER TABLE users ADD COLUMN age int", {("added", "column", "age", "")}),
    ("ALTER TABLE users DROP COLUMN created_at", {("removed", "column", "created_at", "")}),
    ("ALTER TABLE users ALTER name TYPE text", {("changed", "column", "name", "type")}),
    ("ALTER TABLE users ALTER name TYPE varchar(60)", {("changed", "column", "name", "type")}),
    ("ALTER TABLE users ALTER name DROP NOT NULL", {("changed", "column", "name", "nullable")}),
    ("ALTER TABLE users ALTER name SET DEFAULT 'y'", {("changed", "column", "name", "default")}),
    ("ALTER TABLE users ALTER name DROP DEFAULT", {("changed", "column", "name", "default")}),
    ("ALTER TABLE users ALTER name SET DEFAULT 'x'::text", set()),
    ("ALTER TABLE users ALTER created_at SET DEFAULT CURRENT_TIMESTAMP", set()),
    ("ALTER TABLE users ALTER id SET DEFAULT nextval('users_id_seq'::regclass)", set()),
    ("ALTER TABLE users DROP CONSTRAINT role_check", {("removed", "constraint", "role_check", "")}),
    (
        "ALTER TABLE users DROP CONSTRAINT role_check;"
        "ALTER TABLE users ADD CONSTRAINT role_check CHECK (role = ANY (ARRAY['a', 'b']::text[]))",
        set(),
    ),
    (
        "ALTER TABLE users DROP CONSTRAINT role_check;"
        "ALTER TABLE users ADD CONSTRAINT role_check CHECK (role IN ('a', 'b', 'c'))",
        {("changed", "constraint", "role_check", "expression")},
    ),
    (
        "ALTER TABLE users RENAME CONSTRAINT role_check TO roles",
        {("changed", "constraint", "role_check", "name")},
    ),
    (
        "ALTER TABLE users ADD CONSTRAINT u UNIQUE (name)",
        {("added", "constraint", "u", "")},
    ),
    (
        "ALTER TABLE orders DROP CONSTRAINT orders_user;"
        "ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users",
        {("changed", "constraint", "orders_user", "on_delete")},
    ),
    ("DROP INDEX by_name", {("removed", "index", "by_name", "")}),
    ("ALTER INDEX by_name RENAME TO named", {("changed", "index", "by_name", "name")}),
    ("CREATE INDEX i ON users (created_at)", {("added", "index", "i", "")}),
    (
        "DROP INDEX by_name; CREATE INDEX by_name ON users (name) WHERE role = 'b'",
        {("changed", "index", "by_name", "predicate")},
    ),
    (
        "DROP INDEX by_name; CREATE UNIQUE INDEX by_name ON users (name DESC) WHERE role = 'a'",
        {("changed", "index", "by_name", "keys"), ("changed", "index", "by_name", "unique")},
    ),
    ("DROP TRIGGER touched ON users", {("removed", "trigger", "touched", "")}),
    (
        "ALTER TABLE users DISABLE TRIGGER touched",
        {("changed", "trigger", "touched", "enabled")},
    ),
    (
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql "
        "AS 'BEGIN RETURN NULL; END'",
        {("changed", "function", "public.touch()", "body")},
    ),
    (
        "CREATE FUNCTION touch(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        {("added", "function", "public.touch(integer)", "")},
    ),
    ("DROP POLICY own ON users", {("removed", "policy", "own", "")}),
    ("ALTER POLICY own ON users USING (id > 1)", {("changed", "policy", "own", "using")}),
    ("ALTER POLICY own ON users TO PUBLIC", {("changed", "policy", "own", "roles")}),
    (
        "ALTER TABLE users DISABLE ROW LEVEL SECURITY",
        {("changed", "table", "users", "row_level_security")},
    ),
    ("COMMENT ON TABLE users IS 'others'", {("changed", "table", "users", "comment")}),
    ("COMMENT ON COLUMN users.name IS 'x'", {("changed", "column", "name", "comment")}),
    ("GRANT SELECT ON users TO reader", {("changed", "table", "users", "grants")}),
    ("ALTER TYPE mood ADD VALUE 'fine'", {("changed", "type", "public.mood", "labels")}),
    ("DROP DOMAIN email", {("removed", "type", "public.email", "")}),
    (
        "ALTER SEQUENCE counter INCREMENT 5",
        {("changed", "sequence", "public.counter", "increment")},
    ),
    ("DROP VIEW names", {("removed", "view", "public.names", "")}),
    ("CREATE SCHEMA app", {("added", "schema", "app", "")}),
    ("CREATE EXTENSION citext", {("added", "extension", "citext", "")}),
)


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_what_a_statement_changes(sql: str, expected: set[tuple[str, str, str, str]]) -> None:
    before, after = catalog(BASE), catalog(BASE + sql + ";")
    assert told(compare(before, after)) == expected


@pytest.mark.parametrize(("sql", "expected"), CASES)
def test_the_way_back_is_the_mirror(sql: str, expected: set[tuple[str, str, str, str]]) -> None:
    mirror = {"added": "removed", "removed": "added"}
    found = compare(catalog(BASE + sql + ";"), catalog(BASE))
    there = {(mirror.get(kind, kind), what) for kind, what, _, _ in expected}
    assert {(c.kind, c.object_kind) for c in found} == there


def test_a_rename_is_minor_and_says_both_names() -> None:
    after = catalog(BASE + "ALTER INDEX by_name RENAME TO named;")
    (change,) = compare(catalog(BASE), after)
    assert change.minor
    assert (change.before, change.after) == ("by_name", "named")
    assert change.locations.before is not None and change.locations.after is not None


UNSETTLED = (
    "CREATE OR REPLACE VIEW names AS SELECT u.id, u.name FROM users u JOIN users w USING (id)"
)


def test_undecided_goes_to_the_hook() -> None:
    before, after = catalog(BASE), catalog(BASE + UNSETTLED + ";")
    asked: list[Question] = []

    def settle(question: Question) -> Equality:
        asked.append(question)
        return "equal"

    assert told(compare(before, after)) == {("undecided", "view", "public.names", "definition")}
    assert compare(before, after, settle=settle) == ()
    assert [question.kind for question in asked] == ["view"]


def test_what_a_source_cannot_say_is_not_compared() -> None:
    table = Table("postgresql", "public", "t", columns=(Column("a", Type("text", "text")),))
    silent = replace(table, triggers=None, policies=None, row_level_security=None, grants=None)
    loud = replace(table, row_level_security=True, comment="x")
    document = Catalog("reference", tables=(silent,))
    assert compare(document, Catalog("live", tables=(loud,))) == ()


def test_not_null_constraints_of_postgresql_18_are_no_difference() -> None:
    column = Column("a", Type("text", "text"), nullable=False)
    before = Table("postgresql", "public", "t", columns=(column,))
    named = Constraint("not null", "t_a_not_null", ("a",))
    after = replace(before, constraints=(named,))
    assert compare(Catalog(tables=(before,)), Catalog(tables=(after,))) == ()


def test_intended_indexes_are_outside() -> None:
    index = Index("i", (IndexKey("a"),), intended=True)
    before = Table("postgresql", "public", "t", columns=(Column("a", Type("text", "text")),))
    after = replace(before, indexes=(index,))
    assert compare(Catalog(tables=(before,)), Catalog(tables=(after,))) == ()


def _many(count: int) -> Catalog:
    columns = tuple(Column(f"c{n}", Type("text", "text"), default="'x'") for n in range(20))
    check = Constraint("check", "k", expression="c1 IN ('a', 'b')")
    return Catalog(
        tables=tuple(
            Table("postgresql", "public", f"t{n}", columns=columns, constraints=(check,))
            for n in range(count)
        )
    )


def test_time_grows_linearly() -> None:
    def seconds(count: int) -> float:
        a, b = _many(count), _many(count)
        start = time.perf_counter()
        assert compare(a, b) == ()
        return time.perf_counter() - start

    seconds(50)
    small, large = seconds(500), seconds(4000)
    assert large < small * 8 * 2.5


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ScratchServer() as server, server.database() as found:
        yield found


def test_ddl_and_the_server_agree(url: str) -> None:
    sql = BASE.replace(" TO reader", "") + RICH
    with psycopg.connect(url) as connection:
        connection.execute(sql.encode())
    found = compare(catalog(sql), read_live(url))
    assert [(c.object, c.attribute, c.before, c.after) for c in found] == []


RICH = """
CREATE TABLE rich (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    heir_id varchar(50) UNIQUE NOT NULL CHECK (heir_id ~ '^HEIR-'),
    score integer DEFAULT 0 CHECK (score BETWEEN 0 AND 100),
    budget numeric(10, 2) DEFAULT 0 CHECK (budget >= 0),
    ratio double precision DEFAULT 0.5 CHECK (ratio > 0),
    status mood DEFAULT 'ok',
    tags text[] DEFAULT '{}',
    meta jsonb DEFAULT '{}'::jsonb,
    flag boolean DEFAULT 't',
    code char(2) DEFAULT 'US' CHECK (code IN ('US', 'DE')),
    u uuid DEFAULT gen_random_uuid(),
    at date DEFAULT CURRENT_DATE CHECK (at > '2020-01-01'),
    lowered text GENERATED ALWAYS AS (lower(heir_id)) STORED,
    CONSTRAINT either CHECK (score IS NOT NULL OR (budget > 1 AND NOT flag))
);
CREATE INDEX rich_lower ON rich (lower(heir_id), at DESC NULLS LAST) WHERE status = 'ok';
CREATE INDEX rich_meta ON rich USING gin (meta jsonb_path_ops);
CREATE INDEX rich_code ON rich (heir_id varchar_pattern_ops) INCLUDE (score);
CREATE TABLE parts (id integer, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE FUNCTION pick(a integer, b text DEFAULT 'x') RETURNS text LANGUAGE sql STABLE
    AS 'SELECT b';
CREATE VIEW good AS SELECT id, score FROM rich WHERE score > 3;
"""
