"""A live PostgreSQL server, 14 to 18, as a Catalog (DESIGN: Live PostgreSQL)."""

from ctb_audit.sources.postgres.read import read_live
from ctb_audit.sources.postgres.rows import Limits
from ctb_audit.sources.postgres.sessions import LiveSessions

__all__ = ["Limits", "LiveSessions", "read_live"]
