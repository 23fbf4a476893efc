"""One change of a live database at a time, and the drift that must be found for it, no other.

Serves the tests here and `bench/drift.py`.
"""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from random import Random
from typing import NamedTuple

import psycopg

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.compare import Settle
from ctb_audit.config import Config, with_options
from ctb_audit.drift import ScratchSettler
from ctb_audit.judge import judge
from ctb_audit.model import Catalog
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.postgres import read_live

Expected = tuple[str, str, str]  # rule, table or object, requirement
TABLES = ("customers", "orders", "items", "refunds", "shipments")
BASE = "\n".join(
    [
        "CREATE TYPE state AS ENUM ('open', 'paid', 'void');",
        "CREATE DOMAIN email AS text CHECK (VALUE ~ '@');",
        "CREATE SEQUENCE numbers;",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.updated_at := now(); RETURN NEW; END';",
        "CREATE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE"
        " AS 'SELECT amount * 0.2';",
        *(
            f"""CREATE TABLE {name} (
    id bigserial PRIMARY KEY,
    code varchar(20) NOT NULL UNIQUE,
    mail email,
    total numeric(12, 2) NOT NULL DEFAULT 0,
    state state NOT NULL DEFAULT 'open',
    note text,
    parent_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz,
    CONSTRAINT {name}_total CHECK (total >= 0 AND total < 1000000),
    CONSTRAINT {name}_parent FOREIGN KEY (parent_id) REFERENCES {name} (id) ON DELETE CASCADE
);
CREATE INDEX {name}_created ON {name} (created_at);
CREATE INDEX {name}_open ON {name} (lower(note)) WHERE state = 'open';
CREATE TRIGGER {name}_touch BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION touch();
ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
CREATE POLICY {name}_own ON {name} FOR SELECT USING (id > 0);
CREATE VIEW {name}_open_view AS SELECT id, total FROM {name} WHERE state = 'open';"""
            for name in TABLES
        ),
    ]
)


class Change(NamedTuple):
    """`sql` with `{t}` for a table; `requirement` after the pair, "" for the pair alone."""

    kind: str
    sql: str
    rule: str
    part: str = ""
    holder: str = "public.{t}"


def _part(kind: str, sql: str, rule: str, part: str) -> Change:
    return Change(kind, f"ALTER TABLE {{t}} {sql}", rule, part)


CHANGES = (
    Change(
        "table made",
        "CREATE TABLE {t}_fix (id int PRIMARY KEY)",
        "rogue-table",
        "-",
        "public.{t}_fix",
    ),
    Change("table dropped", "DROP TABLE {t} CASCADE", "table-drift"),
    Change("table not logged", "ALTER TABLE {t} SET UNLOGGED", "table-traits-drift", "unlogged"),
    Change(
        "storage option", "ALTER TABLE {t} SET (fillfactor = 70)", "table-traits-drift", "options"
    ),
    _part("column added", "ADD COLUMN extra text", "column-drift", "extra"),
    _part("column dropped", "DROP COLUMN mail", "column-drift", "mail"),
    _part("type", "ALTER COLUMN note TYPE varchar(99)", "column-drift", "note"),
    _part("length", "ALTER COLUMN code TYPE varchar(21)", "column-drift", "code"),
    _part("nullable", "ALTER COLUMN code DROP NOT NULL", "column-drift", "code"),
    _part("not null", "ALTER COLUMN note SET NOT NULL", "column-drift", "note"),
    _part("default changed", "ALTER COLUMN total SET DEFAULT 1", "column-drift", "total"),
    _part("default dropped", "ALTER COLUMN created_at DROP DEFAULT", "column-drift", "created_at"),
    _part("check dropped", "DROP CONSTRAINT {t}_total", "constraint-drift", "{t}_total"),
    _part(
        "check changed",
        "DROP CONSTRAINT {t}_total, ADD CONSTRAINT {t}_total CHECK (total > 0)",
        *("constraint-drift", "{t}_total"),
    ),
    _part(
        "check not valid",
        "DROP CONSTRAINT {t}_total, ADD CONSTRAINT {t}_total"
        " CHECK (total >= 0 AND total < 1000000) NOT VALID",
        *("constraint-drift", "{t}_total"),
    ),
    _part("unique dropped", "DROP CONSTRAINT {t}_code_key", "constraint-drift", "{t}_code_key"),
    _part("foreign key dropped", "DROP CONSTRAINT {t}_parent", "constraint-drift", "{t}_parent"),
    _part(
        "foreign key action",
        "DROP CONSTRAINT {t}_parent, ADD CONSTRAINT {t}_parent"
        " FOREIGN KEY (parent_id) REFERENCES {t} (id)",
        *("constraint-drift", "{t}_parent"),
    ),
    _part(
        "constraint added",
        "ADD CONSTRAINT {t}_note CHECK (note <> '')",
        "constraint-drift",
        "{t}_note",
    ),
    Change("index dropped", "DROP INDEX {t}_created", "index-drift", "{t}_created"),
    Change("index added", "CREATE INDEX {t}_new ON {t} (total)", "index-drift", "{t}_new"),
    Change(
        "index predicate",
        "DROP INDEX {t}_open; CREATE INDEX {t}_open ON {t} (lower(note)) WHERE state = 'void'",
        *("index-drift", "{t}_open"),
    ),
    Change("trigger dropped", "DROP TRIGGER {t}_touch ON {t}", "trigger-drift", "{t}_touch"),
    _part("trigger disabled", "DISABLE TRIGGER {t}_touch", "trigger-drift", "{t}_touch"),
    _part("security off", "DISABLE ROW LEVEL SECURITY", "policy-drift", "row_level_security"),
    Change("policy dropped", "DROP POLICY {t}_own ON {t}", "policy-drift", "{t}_own"),
    Change("policy opened", "ALTER POLICY {t}_own ON {t} USING (true)", "policy-drift", "{t}_own"),
    Change("view dropped", "DROP VIEW {t}_open_view", "view-drift", "", "public.{t}_open_view"),
    Change(
        "view changed",
        "CREATE OR REPLACE VIEW {t}_open_view AS SELECT id, total FROM {t} WHERE state = 'paid'",
        *("view-drift", "", "public.{t}_open_view"),
    ),
    Change(
        "function changed",
        "CREATE OR REPLACE FUNCTION tax(amount numeric) RETURNS numeric LANGUAGE sql IMMUTABLE"
        " AS 'SELECT amount * 0.3'",
        *("object-drift", "", "public.tax(numeric)"),
    ),
    Change("label added", "ALTER TYPE state ADD VALUE 'late'", "object-drift", "", "public.state"),
    Change(
        "sequence changed",
        "ALTER SEQUENCE numbers INCREMENT 5",
        "object-drift",
        "",
        "public.numbers",
    ),
)
# what changes nothing that matters
HARMLESS = (
    "ALTER TABLE {t} RENAME CONSTRAINT {t}_total TO {t}_amount",
    "ALTER INDEX {t}_created RENAME TO {t}_time",
    "COMMENT ON TABLE {t} IS 'seen'",
    "ANALYZE {t}",
    "ALTER TABLE {t} ALTER COLUMN note SET STATISTICS 500",
)


class Trial(NamedTuple):
    kind: str
    table: str
    found: frozenset[Expected]
    expected: frozenset[Expected]
    unknown: int


def declared() -> Catalog:
    return replay([read_script(BASE, "schema.sql", "postgresql")])


def findings(
    catalogs: Sequence[Catalog], settle: Settle | None = None
) -> tuple[frozenset[Expected], int]:
    """What the drift rules find, and how much they cannot tell."""
    config = with_options(Config(root=Path()), select=("drift",))
    settings = AuditSettings(date(2026, 11, 22), settle=settle)
    judgement = judge(project_of(catalogs, config, settings))
    found = frozenset((f.rule, f.table, f.requirement) for f in judgement.findings)
    return found, len(judgement.unknowns)


def expected(change: Change, table: str) -> frozenset[Expected]:
    """The finding that the change must give; a dropped table takes its view and nothing else."""
    part = change.part.format(t=table)
    requirement = "" if part == "-" else f"live-ddl,{part}" if part else "live-ddl"
    wanted = {(change.rule, change.holder.format(t=table), requirement)}
    if change.kind == "table dropped":
        wanted.add(("view-drift", f"public.{table}_open_view", "live-ddl"))
    return frozenset(wanted)


def trials(server: ScratchServer, count: int, random: Random) -> Sequence[Trial]:
    """`count` trials, every kind in turn on a random table, beside a random harmless change."""
    base = server.new_database()
    _run(base, [BASE])
    ddl = declared()
    with ScratchSettler([ddl]) as settle:
        ask = partial(_trial, server, base, (ddl, settle))
        return [ask(CHANGES[n % len(CHANGES)], random) for n in range(count)]


def _trial(
    server: ScratchServer,
    base: str,
    given: tuple[Catalog, Settle],
    change: Change,
    random: Random,
) -> Trial:
    table = random.choice(TABLES)
    others = [name for name in TABLES if name != table]
    with server.database(template=base) as url:
        harmless = random.choice(HARMLESS).format(t=random.choice(others))
        _run(url, [change.sql.format(t=table), harmless])
        found, unknown = findings([given[0], read_live(url, source_name="live")], given[1])
    return Trial(change.kind, table, found, expected(change, table), unknown)


def _run(url: str, statements: Sequence[str]) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        for statement in statements:
            session.execute(statement.encode())
