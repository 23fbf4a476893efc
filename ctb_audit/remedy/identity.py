"""Whether two addresses lead to one database: names, aliases and ports prove nothing.

Two sessions meet on an advisory lock with a random key, which exists only within one database of
one running server. That needs no privilege and writes nothing; a clone of the files, whose system
identifier is the same, is told apart, and a service file, a socket or a pooler hides nothing.
"""

import secrets
from collections.abc import Iterable, Iterator

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.remedy.row_order import Session
from ctb_audit.sources.postgres.connect import display_url, parse, session

_TIMEOUT_S = 30.0
_CONNECT_TIMEOUT_S = 10
_OPTION = "--verify-against"


def refuse_audited(copy: Session, audited: Iterable[str]) -> None:
    """Raises UsageError where the session's database is one of those at the URLs `audited`, or the
    primary of one; SourceError where an audited one cannot be asked. `copy` is in autocommit mode.
    """
    for url in audited:
        places = list(_hosts(url))
        answers = [_is_same(copy, url, place, sole=len(places) == 1) for place in places]
        if any(answers):
            raise UsageError(_OPTION, f"is the audited {display_url(url)}", "name a copy of it")


def _hosts(url: str) -> Iterator[str]:
    """A connection string for each host that the URL names."""
    from psycopg.conninfo import make_conninfo

    parameters = parse(url, display_url(url))
    hosts = str(parameters.get("host") or "").split(",")
    ports = str(parameters.get("port") or "").split(",")
    addresses = str(parameters.get("hostaddr") or "").split(",")
    if max(len(hosts), len(addresses)) == 1:
        yield url
        return
    for number in range(max(len(hosts), len(addresses))):
        chosen = {
            "host": _at(hosts, number),
            "hostaddr": _at(addresses, number),
            "port": _at(ports, number),
        }
        yield make_conninfo(**{**parameters, **{k: v or None for k, v in chosen.items()}})


def _at(texts: list[str], number: int) -> str:
    return texts[number] if len(texts) > 1 else texts[0]


def _is_same(copy: Session, url: str, place: str, *, sole: bool) -> bool:
    """`sole`: no other host answers for the URL, so that silence is an error."""
    key = secrets.randbits(62)
    try:
        with session(
            place, display_url(url), timeout_s=_TIMEOUT_S, connect_timeout_s=_CONNECT_TIMEOUT_S
        ) as audited:
            audited.execute("SELECT pg_catalog.pg_advisory_xact_lock(%s)", (key,))
            if not _free(copy, key):
                return True
            return _in_recovery(audited) and _system(audited) in (_system(copy), "")
    except SourceError:
        if sole:
            raise
        return False


def _free(copy: Session, key: int) -> bool:
    with copy.transaction():
        row = copy.execute("SELECT pg_catalog.pg_try_advisory_xact_lock(%s)", (key,)).fetchone()
    return row is not None and bool(row[0])


def _in_recovery(connection: Session) -> bool:
    row = connection.execute("SELECT pg_catalog.pg_is_in_recovery()").fetchone()
    return row is None or bool(row[0])


def _system(connection: Session) -> str:
    """The cluster's identifier, which a replica shares; "" where the role may not read it."""
    import psycopg

    try:
        with connection.transaction():
            row = connection.execute(
                "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"
            ).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        return ""
    return str(row[0]) if row else ""
