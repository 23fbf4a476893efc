"""Every trigger function and every pattern of guarding a column: our verdict beside the server's.

    python bench/guards.py [--all]

Prints the disagreements and the unknowns (every line with --all) and counts them. Exits 1 where we
and the server disagree.
"""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from ctb_audit.model import Column, Function, Name, Table, Trigger, Type
from ctb_audit.scratch import ScratchServer
from ctb_audit.semantics.answers import Holds, Missing, No, Yes
from ctb_audit.semantics.plpgsql.triggers import keeps_current, rejects_row
from tests.semantics import guard_patterns, trigger_variants

NAMES = ("id", "name", "kind", "heir_id", "created_at", "updated_at")
TABLE = Table("postgresql", "public", "t", tuple(Column(n, Type("text", "text")) for n in NAMES))
UPDATES = (
    *("name = 'c'", "name = 'a'", "name = 'b'", "kind = 'a'", "kind = 'b'", "heir_id = 'q'"),
    *("updated_at = '2019-01-01'", "name = 'a', updated_at = NULL"),
    "kind = 'zz', updated_at = '2019-01-01'",
)
ROWS = (("n", "k"), ("HEIR-", "legacy"), ("HEIR-x", "k"))
Line = tuple[str, str, str, str]  # group, title, ours, the server's


def of_functions(session: psycopg.Connection) -> Iterator[Line]:
    for title, body, _ in trigger_variants.KEEPERS:
        answer = keeps_current(_trigger("update"), _function(body), TABLE, "updated_at")
        ours = {Holds: "holds", Missing: "missing"}.get(type(answer), "unknown")
        _install(session, body, "UPDATE")
        stale = any(_is_stale(session, change) for change in UPDATES)
        yield "keeps updated_at", title, ours, "missing" if stale else "holds"
    for title, body, _ in trigger_variants.VALIDATORS:
        both = _trigger("insert", "update")
        refusal = rejects_row(both, _function(body), TABLE, {"heir_id": "bad"})
        ours = {Yes: "holds", No: "missing"}.get(type(refusal), "unknown")
        _install(session, body, "INSERT OR UPDATE")
        stored = any(_is_stored(session, *row) for row in ROWS)
        yield "refuses a bad id", title, ours, "missing" if stored else "holds"


def of_patterns(session: psycopg.Connection) -> Iterator[Line]:
    for pattern in guard_patterns.PATTERNS:
        theirs = guard_patterns.server_says(session, pattern)
        yield pattern.question, pattern.title, guard_patterns.verdict(pattern), theirs


def _function(body: str) -> Function:
    returns = Type("trigger", "pseudo")
    return Function("public", "f", returns=returns, language="plpgsql", body=body)


def _trigger(*events: str) -> Trigger:
    return Trigger("tr", "before", events, Name("public", "f"), row=True)


def _install(session: psycopg.Connection, body: str, events: str) -> None:
    session.execute("DROP TRIGGER IF EXISTS tr ON t")
    session.execute("TRUNCATE t")
    text = f"CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $b${body}$b$"
    session.execute(text.encode())
    session.execute("INSERT INTO t VALUES (1, 'n', 'k', 'h', '2020-01-01', '2020-01-01')")
    session.execute(
        f"CREATE TRIGGER tr BEFORE {events} ON t FOR EACH ROW EXECUTE FUNCTION f()".encode()
    )


def _is_stale(session: psycopg.Connection, change: str) -> bool:
    with session.transaction(force_rollback=True):
        try:
            text = f"UPDATE t SET {change} RETURNING updated_at = now()"
            rows = session.execute(text.encode()).fetchall()
        except psycopg.Error:
            return False
    return any(row[0] is not True for row in rows)


def _is_stored(session: psycopg.Connection, name: str, kind: str) -> bool:
    statement = "INSERT INTO t (id, name, kind, heir_id) VALUES (2, %s, %s, 'bad') RETURNING 1"
    with session.transaction(force_rollback=True):
        try:
            return bool(session.execute(statement, (name, kind)).fetchall())
        except psycopg.Error:
            return False


def main() -> int:
    everything = "--all" in sys.argv[1:]
    with ScratchServer() as server, server.database() as one, server.database() as two:
        with psycopg.connect(one, autocommit=True) as session:
            session.execute(trigger_variants.SETUP)
            functions = list(of_functions(session))
        with psycopg.connect(two) as session:
            patterns = list(of_patterns(session))
        version = server.version[0]
    for group, title, ours, theirs in (*functions, *patterns):
        if everything or ours != theirs:
            print(f"{ours:8} {theirs:8} {group}: {title}")
    print(f"PostgreSQL {version}, verdict / server")
    for name, lines in (("trigger functions", functions), ("patterns of guarding", patterns)):
        counts = Counter(
            "agree" if ours == theirs else "unknown" if ours == "unknown" else "disagree"
            for _, _, ours, theirs in lines
        )
        agree, unknown, disagree = (counts[word] for word in ("agree", "unknown", "disagree"))
        print(f"{name:22} {len(lines):4}: {agree} agree, {unknown} unknown, {disagree} disagree")
    wrong = [line for line in (*functions, *patterns) if line[2] not in ("unknown", line[3])]
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
