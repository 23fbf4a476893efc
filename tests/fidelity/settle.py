"""Lets the server decide whether two spellings are one expression.

Both are stored in the loaded scratch database, in a transaction that is rolled back, and the
server's own texts of what it stored are compared.
"""

import re
from collections.abc import Callable

import psycopg
from psycopg import sql

from tests.fidelity.facts import Sql

_CONSTANT = re.compile(r"(?:'[^']*'|-?[\d.]+|null)(?:::[\w. ]+(?:\(\d+\))?)*", re.IGNORECASE)
Session = psycopg.Connection[tuple[object, ...]]


class Server:
    """Decides with a session on the database that the same DDL was loaded into."""

    def __init__(self, session: Session, schemas: tuple[str, ...]) -> None:
        self._session = session
        self._schemas = schemas

    def equal(self, left: Sql, right: Sql) -> bool | None:
        """None where the server takes one of them in no context that this knows."""
        if _squeezed(left) == _squeezed(right):
            return True
        ask = _QUESTIONS.get(left.kind)
        if ask is None:
            return None
        first, second = self._stored(ask, left), self._stored(ask, right)
        if first is None or second is None:
            return None
        if second in (first, left.text):  # the server's own text may read back as another one
            return True
        return left.kind == "default" and self._same_constant(left, right)

    def _same_constant(self, left: Sql, right: Sql) -> bool:
        """One value after the column's type changed: `''::character varying` of a text column."""
        if not (_CONSTANT.fullmatch(left.text) and _CONSTANT.fullmatch(right.text)):
            return False
        texts = [re.sub(r"::.*$", "", one.text) for one in (left, right)]
        return texts[0] == texts[1]

    def _stored(self, ask: "Callable[[Session, Sql], object]", one: Sql) -> object:
        home = one.relation.schema
        path = ([home] if home else []) + [s for s in self._schemas if s != home]
        try:
            with self._session.transaction(force_rollback=True):
                self._session.execute(
                    sql.SQL("SET LOCAL search_path = {}").format(
                        sql.SQL(", ").join(sql.Identifier(name) for name in path or ["public"])
                    )
                )
                return ask(self._session, one)
        except psycopg.Error:
            return None


def _squeezed(one: Sql) -> str:
    text = " ".join(one.text.split()).replace("( ", "(").replace(" )", ")")
    if one.kind != "text":
        return text
    text = text if "'" in text else text.lower()
    return re.sub(r'"([a-z_][a-z0-9_]*)"', r"\1", text)


def _one(session: Session, query: str, *parameters: object) -> object:
    session.execute("SET LOCAL search_path = pg_catalog")
    row = session.execute(query.encode(), parameters).fetchone()
    return row and row[0]


def _relation(one: Sql) -> sql.Identifier:
    return sql.Identifier(one.relation.schema or "public", one.relation.name)


def _statement(template: str, one: Sql, **names: sql.Composable) -> sql.Composed:
    return sql.SQL(template).format(
        text=sql.SQL(one.text),
        relation=_relation(one),
        **names,
    )


def _row(session: Session, one: Sql) -> object:
    """As a policy, which may hold what an index, a check or a generated column may."""
    try:
        with session.transaction():
            session.execute(_statement("CREATE POLICY ctb_probe ON {relation} USING ({text})", one))
    except psycopg.errors.DatatypeMismatch:
        whole = "CREATE POLICY ctb_probe ON {relation} USING (({text}) IS NOT NULL)"
        session.execute(_statement(whole, one))
    return _one(
        session,
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'ctb_probe'",
    )


def _default(session: Session, one: Sql) -> object:
    column = sql.Identifier(one.column)
    session.execute(
        _statement("ALTER TABLE {relation} ALTER {column} SET DEFAULT {text}", one, column=column)
    )
    return _one(
        session,
        "SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef d JOIN pg_attribute a"
        " ON a.attrelid = d.adrelid AND a.attnum = d.adnum JOIN pg_class c ON c.oid = a.attrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = %s AND c.relname = %s AND a.attname = %s",
        *(one.relation.schema, one.relation.name, one.column),
    )


def _trigger(session: Session, one: Sql) -> object:
    session.execute(
        "CREATE FUNCTION pg_temp.ctb_probe() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'"
    )
    session.execute(
        _statement(
            f"CREATE TRIGGER ctb_probe {one.context} ON {{relation}} FOR EACH ROW WHEN ({{text}})"
            " EXECUTE FUNCTION pg_temp.ctb_probe()",
            one,
        )
    )
    return _one(
        session,
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
        " WHERE tgname = 'ctb_probe' AND tgparentid = 0",
    )


def _view(session: Session, one: Sql) -> object:
    text = sql.SQL(one.text.strip().removesuffix(";"))
    names = sql.SQL(", ").join(sql.Identifier(name) for name in one.names)
    columns = sql.SQL("({})").format(names) if one.names else sql.SQL("")
    session.execute(sql.SQL("CREATE TEMP VIEW ctb_probe {} AS {}").format(columns, text))
    stored = _one(session, "SELECT pg_get_viewdef('pg_temp.ctb_probe'::regclass)")
    return str(stored).strip().removesuffix(";")


def _domain(session: Session, one: Sql) -> object:
    row = session.execute(
        "SELECT format_type(typbasetype, typtypmod) FROM pg_type t"
        " JOIN pg_namespace n ON n.oid = t.typnamespace WHERE nspname = %s AND typname = %s",
        one.relation,
    ).fetchone()
    base = sql.SQL(str(row and row[0]))
    session.execute(
        _statement("CREATE DOMAIN pg_temp.ctb_probe AS {base} CHECK ({text})", one, base=base)
    )
    return _one(
        session,
        "SELECT pg_get_expr(conbin, 0) FROM pg_constraint"
        " WHERE contypid = 'pg_temp.ctb_probe'::regtype",
    )


def _value(session: Session, one: Sql) -> object:
    cast = f"({one.text})::{one.context}" if one.context else one.text
    session.execute(sql.SQL("CREATE TEMP VIEW ctb_probe AS SELECT {}").format(sql.SQL(cast)))
    return _one(session, "SELECT pg_get_viewdef('pg_temp.ctb_probe'::regclass)")


_QUESTIONS: dict[str, "Callable[[Session, Sql], object]"] = {
    "row": _row,
    "default": _default,
    "trigger": _trigger,
    "view": _view,
    "domain": _domain,
    "value": _value,
}
