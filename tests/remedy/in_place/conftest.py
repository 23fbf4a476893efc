from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings
from ctb_audit.config import config_from_text
from ctb_audit.model import Catalog
from ctb_audit.remedy.in_place.edits import Edit, edited
from ctb_audit.remedy.in_place.places import Places
from ctb_audit.remedy.in_place.proof import Surprise, surprises
from ctb_audit.remedy.in_place.shipped import Refusal
from ctb_audit.remedy.in_place.writing import of_new_tables, written
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.undo import without_undo
from ctb_audit.sources.scripts import Piece

SETTINGS = AuditSettings(today=date(2026, 11, 22))
VALUES = {"orbt_layer": "2", "blueprint_version": "1.0"}
ORDER = ("heir_id", "process_id", "created_at", "updated_at", "created_by")


@dataclass(frozen=True)
class Rewritten:
    """A script before and after, without a server's word on it."""

    before: str
    after: str
    edits: tuple[Edit, ...]
    refused: tuple[Refusal, ...]
    surprises: tuple[Surprise, ...]
    catalog: Catalog


Rewrite = Callable[[str], Rewritten]


def catalog_of(sql: str) -> Catalog:
    script = read_script(without_undo(sql), "schema.sql", "postgresql")
    return replay([script], mode="lenient", source="schema.sql")


def _rewrite(sql: str) -> Rewritten:
    catalog = catalog_of(sql)
    config = config_from_text("", Path.cwd())
    plan = plan_remedies([catalog], config, SETTINGS, Wanted(values=VALUES))
    changes = of_new_tables(plan.changes, ORDER)
    result = written(catalog, Places([Piece("schema.sql", without_undo(sql))]), changes)
    edits = result.edits.get("schema.sql", ())
    after = edited(sql, edits)
    made = catalog_of(after)
    found = tuple(surprises(catalog, made, result.changes))
    return Rewritten(sql, after, edits, result.refused, found, made)


@pytest.fixture
def rewrite() -> Rewrite:
    return _rewrite
