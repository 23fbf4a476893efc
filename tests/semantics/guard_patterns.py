"""Ways to guard a column, as DDL: what we say of each, and what a server lets in.

Every pattern is whole DDL for a table `t` with the columns of `TABLE`; `%s` is where column
constraints of the judged column go. A question has the probe rows that must be refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import psycopg

from ctb_audit.model import Catalog
from ctb_audit.semantics.answers import Answer, Holds, Missing
from ctb_audit.semantics.enforcement import (
    enforces_email,
    enforces_format,
    enforces_order,
    enforces_range,
    enforces_values,
)
from ctb_audit.semantics.plpgsql.sequence import row_keeps_current
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

HEIR = r"^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$"
PROCESS = r"^PRC-[A-Z]+-\d{10}(\d{3})?$"
VERSION = r"^\d+\.\d+(\.\d+)?$"
GOOD = {
    "id": "1",
    "heir_id": "'HEIR-2025-10-USER-AUTH-01'",
    "process_id": "'PRC-AUTH-1761177600'",
    "orbt_layer": "2",
    "blueprint_version": "'1.0'",
    "email": "'a@example.org'",
    "status": "'open'",
    "created_at": "'2025-01-01'",
    "updated_at": "'2025-01-02'",
}
BAD: Mapping[str, tuple[tuple[str, str], ...]] = {
    "heir": tuple(
        ("heir_id", f"'{text}'")
        for text in (
            *("", "HEIR", "heir-2025-10-user-auth-01", "HEIR-2025-10-USER-AUTH-001"),
            *("xHEIR-2025-10-USER-AUTH-01", "HEIR-2025-10-USER-AUTH-01x", "LEGACY", "HEIR-x"),
            *("HEIR-25-10-USER-AUTH-01", "HEIR-2025-10-US3R-AUTH-01", "Heir-2025-10-USER-AUTH-01"),
        )
    ),
    "process": tuple(
        ("process_id", f"'{text}'")
        for text in ("", "PRC", "PRC-AUTH-LOGIN", "PRC-AUTH-17611776001", "xPRC-AUTH-1761177600")
    ),
    "version": tuple(
        ("blueprint_version", f"'{text}'") for text in ("", "1", "v1.0", "1.", "1.0.0.0", "latest")
    ),
    "orbt": tuple(("orbt_layer", text) for text in ("0", "5", "-1", "99", "2147483647")),
    "email": tuple(
        ("email", f"'{text}'")
        for text in ("", "example.org", "a@", "@example.org", "plain", "a@b@c")
    ),
    "status": tuple(("status", f"'{text}'") for text in ("", "Open", "closed", "open ", "late")),
    "order": (("updated_at", "'2024-12-31'"), ("updated_at", "'2024-12-31 23:59:59'")),
}
QUESTIONS: Mapping[str, Callable[..., Answer]] = {
    "heir": partial(enforces_format, column="heir_id", pattern=HEIR),
    "process": partial(enforces_format, column="process_id", pattern=PROCESS),
    "version": partial(enforces_format, column="blueprint_version", pattern=VERSION),
    "orbt": partial(enforces_range, column="orbt_layer", low=1, high=4),
    "email": partial(enforces_email, column="email"),
    "status": partial(enforces_values, column="status", values=("open", "done")),
    "order": partial(enforces_order, later="updated_at", earlier="created_at"),
}
TABLE = """
CREATE TABLE t (id integer, heir_id varchar(50), process_id varchar(50), orbt_layer integer,
  blueprint_version varchar(20), email text, status text, created_at timestamptz,
  updated_at timestamptz);
"""
KEEPER = """
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN NEW.updated_at := now(); RETURN NEW; END';
"""
RAISER = f"""
CREATE FUNCTION check_heir() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.heir_id IS NULL OR NEW.heir_id !~ '{HEIR}' THEN
    RAISE EXCEPTION 'bad id';
  END IF;
  RETURN NEW;
END $$;
"""


@dataclass(frozen=True)
class Pattern:
    """`question` of `QUESTIONS`, or `keeps`: every UPDATE leaves `updated_at = now()`."""

    question: str
    title: str
    ddl: str


def check(question: str, expression: str, more: str = "", before: str = "") -> Pattern:
    ddl = f"{TABLE} {before} ALTER TABLE t ADD CONSTRAINT c CHECK ({expression}){more};"
    return Pattern(question, f"CHECK ({expression}){more}", ddl)


def trigger(question: str, clauses: str, function: str, *, after: str = "") -> Pattern:
    name = "touch" if question == "keeps" else "check_heir"
    made = f"CREATE TRIGGER tr {clauses} EXECUTE FUNCTION {name}();"
    usual = KEEPER if question == "keeps" else RAISER
    body = "" if function == usual else f": {' '.join(function.partition('RETURNS')[2].split())}"
    return Pattern(question, f"{clauses}{after}{body}", f"{TABLE}{function}{made}{after}")


CHECKS = (
    check("heir", f"heir_id ~ '{HEIR}'"),
    check("heir", f"heir_id IS NOT NULL AND heir_id ~ '{HEIR}'"),
    check("heir", f"NOT (heir_id !~ '{HEIR}')"),
    check("heir", f"coalesce(heir_id, '') ~ '{HEIR}'"),
    check("heir", f"CASE WHEN heir_id ~ '{HEIR}' THEN true ELSE false END"),
    check("heir", r"heir_id SIMILAR TO 'HEIR-[0-9]{4}-[0-9]{2}-[A-Z]+-[A-Z]+-[0-9]{2}'"),
    check("heir", r"heir_id ~ '^HEIR-20\d\d-(0[1-9]|1[0-2])-[A-Z]+-[A-Z]+-\d{2}$'"),
    check("heir", "heir_id ~ '^HEIR-'"),
    check("heir", r"heir_id ~ 'HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}'"),
    check("heir", r"heir_id ~* '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'"),
    check("heir", "heir_id LIKE 'HEIR-%'"),
    check("heir", "length(heir_id) > 10"),
    check("heir", f"heir_id ~ '{HEIR}' OR heir_id = 'LEGACY'"),
    check("heir", f"heir_id ~ '{HEIR}' OR status = 'legacy'"),
    check("heir", f"NOT (heir_id ~ '{HEIR}')"),
    check("heir", "true"),
    check(
        "heir",
        f"heir_id ~ '{HEIR}'",
        " NOT VALID",
        before="INSERT INTO t (heir_id) VALUES ('HEIR');",
    ),
    check("orbt", "orbt_layer % 5 > 0"),
    check("process", f"process_id ~ '{PROCESS}'"),
    check("process", r"process_id ~ '^PRC-[A-Z]+-\d{10}$'"),
    check("process", r"process_id ~ '^PRC-[A-Z]+-\d+$'"),
    check("process", "process_id LIKE 'PRC-%'"),
    check("version", f"blueprint_version ~ '{VERSION}'"),
    check("version", r"blueprint_version ~ '^\d+\.\d+'"),
    check("version", "blueprint_version <> ''"),
    check("orbt", "orbt_layer BETWEEN 1 AND 4"),
    check("orbt", "orbt_layer > 0 AND orbt_layer < 5"),
    check("orbt", "orbt_layer IN (1, 2, 3, 4)"),
    check("orbt", "orbt_layer = ANY (ARRAY[1, 2, 3, 4])"),
    check("orbt", "NOT (orbt_layer < 1 OR orbt_layer > 4)"),
    check("orbt", "orbt_layer >= 1"),
    check("orbt", "orbt_layer BETWEEN 0 AND 4"),
    check("orbt", "orbt_layer BETWEEN 1 AND 5"),
    check("orbt", "orbt_layer BETWEEN 1 AND 4 OR orbt_layer = 99"),
    check("orbt", "abs(orbt_layer) BETWEEN 1 AND 4"),
    check("email", r"email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'"),
    check("email", r"email ~* '^[a-z0-9._%+-]+@[a-z0-9.-]+\.[a-z]{2,}$'"),
    check("email", "email LIKE '%@%'"),
    check("email", "position('@' in email) > 1"),
    check("status", "status IN ('open', 'done')"),
    check("status", "status = 'open' OR status = 'done'"),
    check("status", "status ~ '^(open|done)$'"),
    check("status", "status IN ('open', 'done', 'late')"),
    check("status", "lower(status) IN ('open', 'done')"),
    check("status", "status <> ''"),
    check("order", "updated_at >= created_at"),
    check("order", "NOT (updated_at < created_at)"),
    check("order", "created_at <= updated_at AND id > 0"),
    check("order", "updated_at > created_at"),
    check("order", "updated_at <> created_at"),
    check("order", "updated_at >= created_at - interval '1 day'"),
)
TYPES = (
    Pattern(
        "heir",
        "a domain",
        f"CREATE DOMAIN heir AS text CHECK (VALUE ~ '{HEIR}');"
        + TABLE.replace("heir_id varchar(50)", "heir_id heir"),
    ),
    Pattern(
        "heir",
        "a domain that is looser",
        "CREATE DOMAIN heir AS text CHECK (VALUE LIKE 'HEIR%');"
        + TABLE.replace("heir_id varchar(50)", "heir_id heir"),
    ),
    Pattern(
        "status",
        "an enum",
        "CREATE TYPE state AS ENUM ('open', 'done');"
        + TABLE.replace("status text", "status state"),
    ),
    Pattern(
        "status",
        "an enum with one label more",
        "CREATE TYPE state AS ENUM ('open', 'done', 'late');"
        + TABLE.replace("status text", "status state"),
    ),
    Pattern("orbt", "a smaller type", TABLE.replace("orbt_layer integer", "orbt_layer smallint")),
    Pattern("heir", "nothing", TABLE),
)
ROWS = "FOR EACH ROW"
BOTH = f"BEFORE INSERT OR UPDATE ON t {ROWS}"
TRIGGERS = (
    trigger("keeps", f"BEFORE UPDATE ON t {ROWS}", KEEPER),
    trigger("keeps", f"BEFORE INSERT OR UPDATE ON t {ROWS}", KEEPER),
    trigger("keeps", f"AFTER UPDATE ON t {ROWS}", KEEPER),
    trigger("keeps", f"BEFORE INSERT ON t {ROWS}", KEEPER),
    trigger("keeps", f"BEFORE UPDATE OF status ON t {ROWS}", KEEPER),
    trigger("keeps", f"BEFORE UPDATE OF status, email ON t {ROWS}", KEEPER),
    trigger(
        "keeps",
        "BEFORE UPDATE OF id, heir_id, process_id, orbt_layer, blueprint_version, email, status,"
        f" created_at, updated_at ON t {ROWS}",
        KEEPER,
    ),
    trigger(
        "keeps", f"BEFORE UPDATE ON t {ROWS} WHEN (OLD.status IS DISTINCT FROM NEW.status)", KEEPER
    ),
    trigger("keeps", f"BEFORE UPDATE ON t {ROWS} WHEN (true)", KEEPER),
    trigger("keeps", f"BEFORE UPDATE ON t {ROWS} WHEN (NEW.id > 0)", KEEPER),
    trigger("keeps", f"BEFORE UPDATE ON t {ROWS} WHEN (pg_trigger_depth() = 0)", KEEPER),
    trigger(
        "keeps", f"BEFORE UPDATE ON t {ROWS}", KEEPER, after=" ALTER TABLE t DISABLE TRIGGER tr;"
    ),
    trigger(
        "keeps", f"BEFORE UPDATE ON t {ROWS}", KEEPER, after=" ALTER TABLE t DISABLE TRIGGER ALL;"
    ),
    trigger(
        "keeps",
        f"BEFORE UPDATE ON t {ROWS}",
        KEEPER,
        after=" ALTER TABLE t ENABLE REPLICA TRIGGER tr;",
    ),
    trigger(
        "keeps",
        f"BEFORE UPDATE ON t {ROWS}",
        KEEPER,
        after=" ALTER TABLE t ENABLE ALWAYS TRIGGER tr;",
    ),
    trigger(
        "keeps",
        f"BEFORE UPDATE ON t {ROWS}",
        KEEPER,
        after=" CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NEW; END';",
    ),
    trigger("keeps", "BEFORE UPDATE ON t FOR EACH STATEMENT", KEEPER),
    trigger(
        "keeps",
        f"BEFORE UPDATE ON t {ROWS}",
        KEEPER,
        after=" CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN NEW.updated_at := OLD.updated_at; RETURN NEW; END';"
        " CREATE TRIGGER zz BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION undo();",
    ),
    trigger(
        "keeps",
        f"BEFORE UPDATE ON t {ROWS}",
        KEEPER.replace(
            "BEGIN NEW.updated_at := now(); RETURN NEW; END",
            "BEGIN EXECUTE ''SELECT now()'' INTO NEW.updated_at; RETURN NEW; END",
        ),
    ),
    trigger(
        "keeps",
        f"BEFORE UPDATE ON t {ROWS}",
        "CREATE FUNCTION touch() RETURNS trigger LANGUAGE internal"
        " AS 'suppress_redundant_updates_trigger';",
    ),
    trigger("heir", BOTH, RAISER),
    trigger("heir", f"BEFORE INSERT ON t {ROWS}", RAISER),
    trigger("heir", f"BEFORE UPDATE ON t {ROWS}", RAISER),
    trigger("heir", f"AFTER INSERT OR UPDATE ON t {ROWS}", RAISER),
    trigger("heir", f"BEFORE INSERT OR UPDATE OF heir_id ON t {ROWS}", RAISER),
    trigger("heir", f"BEFORE INSERT OR UPDATE OF email ON t {ROWS}", RAISER),
    trigger("heir", f"{BOTH} WHEN (NEW.status = 'strict')", RAISER),
    trigger("heir", f"{BOTH} WHEN (NEW.heir_id IS NOT NULL)", RAISER),
    trigger("heir", BOTH, RAISER, after=" ALTER TABLE t DISABLE TRIGGER tr;"),
    trigger("heir", BOTH, RAISER.replace("RAISE EXCEPTION", "RAISE WARNING")),
    trigger("heir", BOTH, RAISER.replace("RAISE EXCEPTION 'bad id'", "RETURN NULL")),
    trigger("heir", BOTH, RAISER.replace("BEGIN\n  IF", "BEGIN\n  RETURN NEW;\n  IF")),
    trigger("heir", BOTH, RAISER.replace(HEIR, "^HEIR-")),
)
PATTERNS = (*CHECKS, *TYPES, *TRIGGERS)


def catalog_of(pattern: Pattern) -> Catalog:
    return replay([read_script(pattern.ddl, "a.sql", "postgresql")])


def verdict(pattern: Pattern) -> str:
    """Our answer: holds, missing or unknown."""
    catalog = catalog_of(pattern)
    table = catalog.tables[0]
    functions = catalog.functions_by_name
    if pattern.question != "keeps":
        ask = QUESTIONS[pattern.question]
        return _word(ask(table, functions, catalog.types_by_name))
    called = [(t, functions.get(t.function, (None,))[0]) for t in table.triggers or ()]
    return _word(row_keeps_current(called, table, "updated_at"))


def _word(answer: Answer) -> str:
    return {Holds: "holds", Missing: "missing"}.get(type(answer), "unknown")


def server_says(session: psycopg.Connection, pattern: Pattern) -> str:
    """What the server did with the probe rows: holds or missing. Everything is taken back."""
    with session.transaction(force_rollback=True):
        session.execute(pattern.ddl.encode())
        if pattern.question == "keeps":
            return "missing" if _stale(session) else "holds"
        let_in = any(
            _is_there(session, column, value)
            or _stored(session, column, value, status)
            or _changed(session, column, value, status)
            for column, value in BAD[pattern.question]
            for status in STATUSES
        )
        return "missing" if let_in else "holds"


def _insert(values: Mapping[str, str]) -> bytes:
    return f"INSERT INTO t ({', '.join(values)}) VALUES ({', '.join(values.values())})".encode()


def _stored(session: psycopg.Connection, column: str, value: str, status: str) -> bool:
    row = {**GOOD, "status": status, column: value}
    return _runs(session, _insert(row), column, value)


def _changed(session: psycopg.Connection, column: str, value: str, status: str) -> bool:
    """Whether an UPDATE of a good row leaves the bad value in it."""
    change = {"status": status, column: value}
    told = ", ".join(f"{name} = {text}" for name, text in change.items())
    with session.transaction(force_rollback=True):
        session.execute(_insert(GOOD))
        return _runs(session, f"UPDATE t SET {told}".encode(), column, value)


def _runs(session: psycopg.Connection, statement: bytes, column: str, value: str) -> bool:
    with session.transaction(force_rollback=True):
        try:
            session.execute(statement)
        except psycopg.Error:
            return False
        return _is_there(session, column, value)


def _is_there(session: psycopg.Connection, column: str, value: str) -> bool:
    where = f"{column}::text = ({value})::text"
    if column == "updated_at":
        where = "updated_at < created_at"
    return bool(session.execute(f"SELECT 1 FROM t WHERE {where}".encode()).fetchall())


STATUSES = ("'open'", "'legacy'", "'strict'")  # a free column that some patterns look at
UPDATES = ("status = 'x'", "email = 'y'", "id = 7", "updated_at = '2020-01-01'", "id = -1")


def _stale(session: psycopg.Connection) -> bool:
    """Whether some UPDATE is written without the present time."""
    session.execute(_insert(GOOD))
    for change in UPDATES:
        with session.transaction(force_rollback=True):
            text = f"UPDATE t SET {change} RETURNING updated_at = now()"
            if any(row[0] is not True for row in session.execute(text.encode()).fetchall()):
                return True
    return False
