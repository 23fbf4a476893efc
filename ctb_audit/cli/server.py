"""What a scratch server does for an audit: run DDL in place of the replay, settle expressions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ctb_audit.audit import AuditSettings
from ctb_audit.copies import replace
from ctb_audit.model import Catalog

if TYPE_CHECKING:
    from ctb_audit.sources.via_postgres import ViaPostgres


@contextmanager
def loading(wanted: bool) -> "Iterator[ViaPostgres | None]":
    """A server that runs PostgreSQL's scripts, None where that is not asked for."""
    if not wanted:
        yield None
        return
    from ctb_audit.sources.via_postgres import ViaPostgres

    with ViaPostgres() as server:
        yield server


def load_notices(server: "ViaPostgres | None") -> tuple[str, ...]:
    """What a reader must know of DDL that a server ran."""
    if server is None:
        return ()
    told = f"the DDL was run by a scratch PostgreSQL {server.version}"
    if server.stubs:
        told += f"; verified with stubs of {', '.join(sorted(server.stubs))}"
    return (told,)


@contextmanager
def settling(catalogs: Sequence[Catalog], settings: AuditSettings) -> Iterator[AuditSettings]:
    """The settings with a settler where there is something to compare; its server starts at the
    first question.
    """
    if len(catalogs) < 2:
        yield settings
        return
    from ctb_audit.drift import ScratchSettler

    with ScratchSettler(catalogs) as settler:
        yield replace(settings, settle=settler)
