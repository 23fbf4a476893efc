"""Remedies of the systems beside PostgreSQL, one after the other."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctb_audit.audit import AuditSettings
from ctb_audit.cli.remediation import Asked, wanted_of
from ctb_audit.config import Config
from ctb_audit.model import Catalog

if TYPE_CHECKING:
    from ctb_audit.remedy.elsewhere import Elsewhere


def remedies_elsewhere(
    catalogs: Sequence[Catalog],
    judged: tuple[Config, AuditSettings],
    asked: Asked,
    folders: Sequence[Path],
) -> "tuple[Elsewhere, ...]":
    """Those of the systems that were asked for and that some source describes; the catalogs of each
    are those of the one before with its changes.
    """
    present = {table.system for catalog in catalogs for table in catalog.tables}
    found: list[Elsewhere] = []
    wanted = wanted_of(asked)
    if "bigquery" in present and "bigquery" in asked.systems:
        from ctb_audit.remedy.bigquery.plan import plan_bigquery

        found.append(plan_bigquery(catalogs, judged, wanted, asked.at, asked.only))
    if "firestore" in present and "firestore" in asked.systems and asked.only != "safe":
        from ctb_audit.remedy.firestore.plan import plan_firestore

        before = found[-1].catalogs if found else catalogs
        found.append(plan_firestore(before, judged, wanted, asked.at, folders))
    return tuple(found)
