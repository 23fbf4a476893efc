"""Trigger functions: verdicts on their trees, and the same on a server."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from ctb_audit.model import Column, Function, Name, Table, Trigger, Type
from ctb_audit.scratch import ScratchServer
from ctb_audit.semantics.answers import Holds, Missing, No, Undecided, Unsure, Yes
from ctb_audit.semantics.plpgsql.effects import effect_of
from ctb_audit.semantics.plpgsql.triggers import (
    assigns_on_every_path,
    keeps_current,
    rejects_row,
    trigger_fires,
)


def _variants() -> ModuleType:
    path = Path(__file__).with_name("trigger_variants.py")
    spec = importlib.util.spec_from_file_location("trigger_variants", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


variants = _variants()
TEXT = Type("text", "text")
NAMES = ("id", "name", "kind", "heir_id", "created_at", "updated_at")
TABLE = Table("postgresql", "public", "t", columns=tuple(Column(n, TEXT) for n in NAMES))
VERDICTS = {
    Holds: "holds",
    Missing: "missing",
    Unsure: "unsure",
    Yes: "yes",
    No: "no",
    Undecided: "undecided",
}
KEEP = "BEGIN NEW.updated_at := now(); RETURN NEW; END"


def function(body: str, language: str = "plpgsql") -> Function:
    returns = Type("trigger", "pseudo")
    return Function("public", "f", returns=returns, language=language, body=body)


def trigger(*events: str, **changes: object) -> Trigger:
    given: dict[str, object] = {
        "name": "tr",
        "timing": "before",
        "events": events,
        "function": Name("public", "f"),
        "row": True,
    }
    return Trigger(**(given | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "body", "expected"), variants.KEEPERS)
def test_keeps_the_time(name: str, body: str, expected: str) -> None:
    answer = keeps_current(trigger("update"), function(body), TABLE, "updated_at")
    assert VERDICTS[type(answer)] == expected, answer


@pytest.mark.parametrize(("name", "body", "expected"), variants.VALIDATORS)
def test_refuses_a_bad_row(name: str, body: str, expected: str) -> None:
    both = trigger("insert", "update")
    answer = rejects_row(both, function(body), TABLE, {"heir_id": "bad"})
    assert VERDICTS[type(answer)] == expected, answer


@pytest.fixture(scope="module")
def connection() -> Iterator[psycopg.Connection]:
    with (
        ScratchServer() as server,
        server.database() as url,
        psycopg.connect(url, autocommit=True) as opened,
    ):
        opened.execute(variants.SETUP)
        yield opened


UPDATES = (
    "name = 'c'",
    "name = 'a'",
    "name = 'b'",
    "kind = 'a'",
    "kind = 'b'",
    "heir_id = 'q'",
    "updated_at = '2019-01-01'",
    "name = 'a', updated_at = NULL",
    "kind = 'zz', updated_at = '2019-01-01'",
)


def _install(connection: psycopg.Connection, body: str, events: str) -> None:
    connection.execute("DROP TRIGGER IF EXISTS tr ON t")
    connection.execute("TRUNCATE t")
    text = f"CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $b${body}$b$"
    connection.execute(text.encode())
    connection.execute("INSERT INTO t VALUES (1, 'n', 'k', 'h', '2020-01-01', '2020-01-01')")
    connection.execute(
        f"CREATE TRIGGER tr BEFORE {events} ON t FOR EACH ROW EXECUTE FUNCTION f()".encode()
    )


def _stale_after(connection: psycopg.Connection, change: str) -> bool:
    """Whether an UPDATE is written without the current time; the row is put back."""
    with connection.transaction(force_rollback=True):
        try:
            text = f"UPDATE t SET {change} RETURNING updated_at = now()"
            rows = connection.execute(text.encode()).fetchall()
        except psycopg.Error:
            return False
    return any(row[0] is not True for row in rows)


def test_the_server_agrees_on_keepers(connection: psycopg.Connection) -> None:
    disagreed = []
    for name, body, expected in variants.KEEPERS:
        _install(connection, body, "UPDATE")
        stale = any(_stale_after(connection, change) for change in UPDATES)
        if expected != "unsure" and stale != (expected == "missing"):
            disagreed.append(name)
    assert disagreed == []


BAD_ROWS = (("n", "k"), ("HEIR-", "legacy"), ("HEIR-x", "k"))


def _stored(connection: psycopg.Connection, name: str, kind: str) -> bool:
    with connection.transaction(force_rollback=True):
        try:
            found = connection.execute(
                "INSERT INTO t (id, name, kind, heir_id) VALUES (2, %s, %s, 'bad') RETURNING 1",
                (name, kind),
            )
            return bool(found.fetchall())
        except psycopg.Error:
            return False


def test_the_server_agrees_on_validators(connection: psycopg.Connection) -> None:
    disagreed = []
    for name, body, expected in variants.VALIDATORS:
        _install(connection, body, "INSERT OR UPDATE")
        stored = any(_stored(connection, *row) for row in BAD_ROWS)
        if expected != "undecided" and stored != (expected == "no"):
            disagreed.append(name)
    assert disagreed == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Holds),
        ({"timing": "after"}, Missing),
        ({"row": False}, Missing),
        ({"events": ("insert",)}, Missing),
        ({"enabled": "disabled"}, Missing),
        ({"enabled": "replica"}, Missing),
        ({"enabled": "always"}, Holds),
        ({"columns": ("name",)}, Missing),
        ({"columns": ("id", "name", "kind", "heir_id", "created_at")}, Holds),
        ({"when": "OLD.* IS DISTINCT FROM NEW.*"}, Holds),
        ({"when": "(OLD.name IS DISTINCT FROM NEW.name)"}, Missing),
        ({"when": "some_function(NEW.name)"}, Unsure),
        ({"when": "pg_trigger_depth() = 0"}, Unsure),
        ({"when": "true"}, Holds),
    ],
)
def test_clauses_of_the_trigger_count(changes: dict[str, object], expected: type) -> None:
    answer = keeps_current(trigger("update", **changes), function(KEEP), TABLE, "updated_at")
    assert isinstance(answer, expected), answer


def test_functions_that_are_not_plpgsql() -> None:
    moddatetime = trigger(
        "update", function=Name("public", "moddatetime"), arguments=("updated_at",)
    )
    assert keeps_current(moddatetime, None, TABLE, "updated_at") == Holds("tr")
    assert isinstance(keeps_current(moddatetime, None, TABLE, "created_at"), Missing)
    assert isinstance(keeps_current(trigger("update"), None, TABLE, "updated_at"), Unsure)
    assert isinstance(assigns_on_every_path(function("x", "plpython3u"), "updated_at"), Unsure)
    assert isinstance(assigns_on_every_path(function("BEGIN oops"), "updated_at"), Unsure)


def test_a_conditional_keeper_says_so() -> None:
    body = "BEGIN IF NEW IS DISTINCT FROM OLD THEN NEW.updated_at := now(); END IF; RETURN NEW; END"
    answer = keeps_current(trigger("update"), function(body), TABLE, "updated_at")
    assert isinstance(answer, Holds)
    assert answer.note == "an update that changes nothing keeps the time"


def test_fires() -> None:
    listed = trigger("insert", "update", columns=("name",))
    assert trigger_fires(listed, "update", changed=("name", "kind")) is True
    assert trigger_fires(listed, "update", changed=("kind",)) is False
    assert trigger_fires(listed, "insert", changed=("kind",)) is True
    assert trigger_fires(listed, "delete") is False
    guarded = trigger("update", when="NEW.name = 'a'")
    assert trigger_fires(guarded, "update", values={"new.name": "a"}) is True
    assert trigger_fires(guarded, "update", values={"new.name": "b"}) is False
    assert trigger_fires(guarded, "update") is None


def test_effects() -> None:
    empty = effect_of(trigger("update"), function("BEGIN RETURN NEW; END"), TABLE)
    assert empty.nothing
    keeper = effect_of(trigger("update"), function(KEEP), TABLE)
    assert keeper.assigns == ("updated_at",) and not keeper.nothing and keeper.missing == ()
    body = "BEGIN NEW.modified := now(); RETURN NEW; END"
    assert effect_of(trigger("update"), function(body), TABLE).missing == ("modified",)
    body = "BEGIN IF NEW.name = '' THEN RAISE EXCEPTION 'x'; END IF; RETURN NEW; END"
    judged = effect_of(trigger("update"), function(body), TABLE)
    assert judged.raises and judged.reads == ("name",)
    assert effect_of(trigger("update"), None, TABLE).unknown == "nothing defines public.f"
    notice = function("BEGIN RAISE NOTICE 'x'; RETURN NEW; END")
    assert effect_of(trigger("update"), notice, TABLE).nothing
    after = effect_of(trigger("update", timing="after"), function(KEEP), TABLE)
    assert after.assigns == () and after.nothing
