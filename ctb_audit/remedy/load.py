"""Loads the present schema into a scratch database."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctb_audit.model import Catalog
from ctb_audit.remedy.create import creation
from ctb_audit.semantics.quoting import identifier

if TYPE_CHECKING:
    import psycopg


@dataclass(frozen=True, slots=True)
class Refused:
    """A statement that the scratch server did not take."""

    sql: str
    error: str


def load(
    session: "psycopg.Connection[tuple[object, ...]]", catalog: Catalog
) -> tuple[Refused, ...]:
    """Creates what the catalog holds; what the server refuses, with its reason.

    A statement that fails for want of another is run again after the others, until no pass makes
    progress. `session` is in autocommit mode.
    """
    schemas = _schemas(catalog)
    session.execute("SET check_function_bodies = off")
    session.execute("SET client_min_messages = error")
    path = ", ".join(map(identifier, schemas))
    for name in schemas:
        session.execute(f"CREATE SCHEMA IF NOT EXISTS {identifier(name)}".encode())
    session.execute(f"SET search_path = {path}".encode())
    waiting = list(creation(catalog))
    refused: tuple[Refused, ...] = ()
    while waiting:
        refused = tuple(_failures(session, waiting))
        if len(refused) == len(waiting):
            break
        waiting = [failed.sql for failed in refused]
    session.execute("RESET ALL")
    return refused


def _schemas(catalog: Catalog) -> tuple[str, ...]:
    """`public` first, then the others, as the sources' own search path mostly is."""
    found = {t.schema for t in catalog.tables} | {s.name for s in catalog.schemas}
    return ("public", *sorted(found - {"public"}))


def _failures(
    session: "psycopg.Connection[tuple[object, ...]]", statements: Iterable[str]
) -> Iterable[Refused]:
    import psycopg

    for sql in statements:
        try:
            session.execute(sql.encode(), prepare=False)
        except psycopg.Error as error:
            yield Refused(sql, str(error).strip().splitlines()[0])
