"""A written reference reads back as what it was written of."""

from datetime import date
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.compare import compare
from ctb_audit.config import Config
from ctb_audit.model import Catalog
from ctb_audit.project import Project
from ctb_audit.reference import updated, written
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.load import LoadOptions, load, reference_catalog

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "imo-creator"
SHAPES = ("ctb-1.0", "ctb-1.3")
RICH = """
CREATE SCHEMA shop;
CREATE TYPE shop.state AS ENUM ('open', 'paid');
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "Name" text NOT NULL);
CREATE TABLE shop.orders (
  id serial,
  user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
  state shop.state DEFAULT 'open',
  total numeric(10,2) CHECK (total > 0),
  tags text[],
  at timestamp(3) with time zone DEFAULT now(),
  twice numeric GENERATED ALWAYS AS (total * 2) STORED,
  PRIMARY KEY (id, user_id),
  CONSTRAINT once UNIQUE NULLS NOT DISTINCT (user_id, at) DEFERRABLE INITIALLY DEFERRED
);
CREATE UNIQUE INDEX lately ON shop.orders (at DESC NULLS LAST, lower(tags[1])) WHERE total > 1;
CREATE INDEX tags ON shop.orders USING gin (tags);
COMMENT ON TABLE shop.orders IS 'what people''s carts became';
COMMENT ON COLUMN shop.orders.total IS 'in euro';
ALTER TABLE shop.orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.orders FOR SELECT USING (user_id = 1);
CREATE FUNCTION shop.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.at = now(); RETURN NEW; END$$;
CREATE TRIGGER touch BEFORE UPDATE OF total ON shop.orders FOR EACH ROW
  WHEN (OLD.total IS DISTINCT FROM NEW.total) EXECUTE FUNCTION shop.touch();
CREATE VIEW shop.open AS SELECT id FROM shop.orders WHERE state = 'open';
"""


def _project(*catalogs: Catalog) -> Project:
    config = Config(root=EXAMPLE)
    return project_of(catalogs, config, AuditSettings(today=date(2026, 11, 22)))


def _read(text: str) -> Catalog:
    return reference_catalog(text, "d.md", LoadOptions())


def _merged(catalogs: tuple[Catalog, ...]) -> Catalog:
    return Catalog(
        tables=tuple(t for c in catalogs for t in c.tables),
        views=tuple(v for c in catalogs for v in c.views),
        functions=tuple(f for c in catalogs for f in c.functions),
        types=tuple(t for c in catalogs for t in c.types),
        schemas=tuple(s for c in catalogs for s in c.schemas),
    )


def _differences(before: Catalog, after: Catalog) -> list[str]:
    return [f"{c.kind} {c.object} {c.attribute}" for c in compare(before, after) if not c.minor]


def _written(project: Project, shape: str) -> str:
    (text,) = written(project, shape).files.values()
    return text


@pytest.mark.parametrize("shape", SHAPES)
def test_the_example_reads_back(shape: str) -> None:
    folders = [str(EXAMPLE / "ctb/data" / part) for part in ("migrations", "bigquery")]
    catalogs = load(folders, LoadOptions(root=EXAMPLE))
    back = _read(_written(_project(*catalogs), shape))
    assert len(back.tables) == 8
    assert _differences(_merged(catalogs), _merged((back,))) == []


@pytest.mark.parametrize("shape", SHAPES)
def test_everything_a_table_holds_reads_back(shape: str) -> None:
    catalog = replay([read_script(RICH, "schema.sql", "postgresql")])
    assert catalog.problems == ()
    back = _read(_written(_project(catalog), shape))
    assert _differences(_merged((catalog,)), _merged((back,))) == []
    assert [p for p in back.problems if p.kind != "unread-rule"] == []


@pytest.mark.parametrize("shape", SHAPES)
def test_a_written_reference_is_current(shape: str) -> None:
    catalog = replay([read_script(RICH, "schema.sql", "postgresql")])
    text = _written(_project(catalog), shape)
    assert updated(text, "d.md", _project(catalog, _read(text))) == text


def test_what_is_declared_is_written_and_read_back() -> None:
    sql = (
        "-- ctb: table=BART-SHQ-USERS-V1 heir=HEIR-2025-10-USER-AUTH-01 enforcement=STRICT "
        'purpose="accounts"\nCREATE TABLE users (id integer PRIMARY KEY);'
    )
    catalog = replay([read_script(sql, "schema.sql", "postgresql")])
    back = _read(_written(_project(catalog), "ctb-1.0"))
    section = next(d.declaration for d in back.declared if d.declaration.source == "section")
    assert (section.table_id, section.level) == ("BART-SHQ-USERS-V1", "STRICT")
    assert (section.heir_id, section.purpose) == ("HEIR-2025-10-USER-AUTH-01", "accounts")


def test_a_file_a_table_and_an_index() -> None:
    catalog = replay([read_script(RICH, "schema.sql", "postgresql")])
    files = written(_project(catalog), "ctb-1.0", split=True).files
    assert set(files) == {
        "README.md",
        "postgresql/public.users.md",
        "postgresql/shop.orders.md",
    }
    assert "(postgresql/shop.orders.md)" in files["README.md"]
    back = _read(files["postgresql/shop.orders.md"])
    assert [str(t.qualified) for t in back.tables] == ["shop.orders"]
