import random
import re

import psycopg
import pytest

from ctb_audit.model import Name
from ctb_audit.remedy.matching import matching
from ctb_audit.remedy.rows import fill
from ctb_audit.remedy.trial import digests
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live

SCHEMA = r"""
CREATE TYPE mood AS ENUM ('happy', 'sad');
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{3}-\d{4}$');
CREATE TABLE a (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code code NOT NULL, mood mood NOT NULL,
  short char(4) UNIQUE NOT NULL, price numeric(6, 2) CHECK (price > 0), tags text[],
  low integer NOT NULL, high integer NOT NULL, CHECK (low < high),
  digest text CHECK (length(digest) = 64), raw bytea CHECK (octet_length(raw) = 20),
  twice integer GENERATED ALWAYS AS (low * 2) STORED, at timestamptz NOT NULL, span tstzrange
);
CREATE TABLE b (
  a_id bigint NOT NULL REFERENCES a, n integer NOT NULL, other integer, PRIMARY KEY (a_id, n),
  kind text NOT NULL CHECK (kind IN ('x', 'y')), CHECK (num_nonnulls(other, n) = 2)
);
CREATE TABLE c (a_id bigint PRIMARY KEY REFERENCES a, b_n integer NOT NULL,
  FOREIGN KEY (a_id, b_n) REFERENCES b (a_id, n));
CREATE TABLE one (id integer PRIMARY KEY, two_id integer NOT NULL);
CREATE TABLE two (id integer PRIMARY KEY, one_id integer NOT NULL REFERENCES one);
ALTER TABLE one ADD FOREIGN KEY (two_id) REFERENCES two;
CREATE TABLE narrow (flag boolean PRIMARY KEY);
"""


@pytest.fixture
def url(server: ScratchServer) -> str:
    return server.new_database()


def test_rows_keep_every_rule_of_the_schema(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(SCHEMA.encode())
        catalog = read_live(url)
        filled = fill(session, catalog, 200)
        for table in catalog.tables:
            for constraint in table.constraints:
                if constraint.kind in ("foreign key", "check"):
                    alter = f"ALTER TABLE {table.name} "
                    definition = session.execute(
                        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s",
                        (constraint.name,),
                    ).fetchone()
                    assert definition is not None
                    session.execute(f"{alter} ADD CONSTRAINT again {definition[0]}".encode())
                    session.execute(f"{alter} DROP CONSTRAINT again".encode())
    full = {name.name for name, count in filled.rows.items() if count == 200}
    assert full == {"a", "b", "one", "two"}
    assert filled.rows[Name("public", "narrow")] == 2
    assert filled.rows[Name("public", "c")] > 50, "no more keys of b differ in a_id"
    assert {name.name for name in filled.reasons} == {"c", "narrow"}


def test_the_same_schema_gets_the_same_rows(server: ScratchServer) -> None:
    found = []
    for _ in range(2):
        with server.database() as url, psycopg.connect(url, autocommit=True) as session:
            session.execute(SCHEMA.encode())
            catalog = read_live(url)
            fill(session, catalog, 50)
            found.append(digests(session, catalog))
    assert found[0] == found[1]
    assert all(count for count, _ in found[0].values())


@pytest.mark.parametrize(
    "pattern",
    [
        r"^HEIR-\d{4}-(0[1-9]|1[0-2])-[A-Z]+-[A-Z]+-\d{2}$",
        r"^[^@\s]+@[^@\s]+\.[^@\s]+$",
        r"^\d+\.\d+(\.\d+)?$",
        r"^(a|bc)*[^x]\w\S\D$",
    ],
)
def test_a_matching_string_matches(pattern: str) -> None:
    chance = random.Random(1)
    assert all(re.search(pattern, matching(pattern, chance)) for _ in range(50))


def test_a_pattern_that_is_not_simple_has_no_string() -> None:
    assert matching(r"(?=a)b", random.Random(1)) == ""
    assert matching(r"(", random.Random(1)) == ""
