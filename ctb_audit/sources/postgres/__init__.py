"""A live PostgreSQL server, 14 to 18, as a Catalog (DESIGN: Live PostgreSQL)."""

from ctb_audit.sources.postgres.read import read_live

__all__ = ["read_live"]
