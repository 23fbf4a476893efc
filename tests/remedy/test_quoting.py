import psycopg
import pytest

from ctb_audit.model import Name, Type
from ctb_audit.remedy.quoting import (
    comment,
    dollar_quoted,
    free_name,
    relation,
    type_name,
)
from ctb_audit.semantics.quoting import KEYWORDS, identifier, literal

HOSTILE = (
    "plain",
    "Mixed Case",
    'quo"te',
    "semi; DROP TABLE users; --",
    "select",
    "user",
    "ünïcode",
    "per%cent",
    "dollar$body$",
    "back\\slash",
    "new\nline",
    "1digit",
    "x" * 63,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_server_reads_a_name_back(
    session: "psycopg.Connection[tuple[object, ...]]", name: str
) -> None:
    session.execute(f"CREATE TABLE {identifier(name)} ({identifier(name)} integer)".encode())
    found = session.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0"
    ).fetchall()
    assert found == [(name, name)]


@pytest.mark.parametrize("value", [*HOSTILE, "it's", "\\'", "a\\nb", ""])
@pytest.mark.parametrize("conforming", ["on", "off"])
def test_a_server_reads_a_literal_back(
    session: "psycopg.Connection[tuple[object, ...]]", value: str, conforming: str
) -> None:
    session.execute("SET escape_string_warning = off")
    session.execute(f"SET standard_conforming_strings = {conforming}".encode())
    assert session.execute(f"SELECT {literal(value)}".encode()).fetchone() == (value,)


def test_the_keywords_are_the_servers(session: "psycopg.Connection[tuple[object, ...]]") -> None:
    rows = session.execute("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'").fetchall()
    assert {row[0] for row in rows} <= KEYWORDS


def test_a_comment_stays_one_line() -> None:
    assert comment("a\nDROP TABLE users; \u2028 b\r") == "-- a DROP TABLE users;   b "


def test_a_body_cannot_end_its_quotes() -> None:
    quoted = dollar_quoted("BEGIN $ctb$ END")
    assert quoted.startswith("$ctb_$") and quoted.endswith("$ctb_$")


def test_a_type_of_the_users_own_is_quoted() -> None:
    assert type_name(Type("my schema.My Type", "enum")) == '"my schema"."My Type"'
    assert relation(Name("public", "order")) == 'public."order"'


def test_a_free_name_fits_and_is_free() -> None:
    long = free_name(("ä" * 40, "column"), "key", ())
    assert len(long.encode()) <= 63
    assert free_name(("t", "c"), "idx", {"t_c_idx", "t_c_idx1"}) == "t_c_idx2"
