"""Which tables are judged, at which level, on which surface (STANDARD section 3)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.config import Config, TableEntry
from ctb_audit.model import Catalog, Declaration, Declared, Name, Table
from ctb_audit.project import Subject
from ctb_audit.standard import Standard
from ctb_audit.subjects import build_project

USERS = Table("postgresql", "public", "users")
STANDARD = Standard("s", "S", (), {}, {}, {}, exempt=("schema_migrations",))


def declared(source: str, level: str) -> Declaration:
    return Declaration(source, level=level)  # type: ignore[arg-type]


def subject(*catalogs: Catalog, entries: tuple[TableEntry, ...] = ()) -> Subject:
    config = Config(root=Path(), table=entries)
    project = build_project(catalogs, STANDARD, entry=config.table_entry, today=date(2026, 1, 1))
    return project.subjects[0]


ORDER = ("annotation", "comment", "section", "summary", "levels")


@pytest.mark.parametrize("position", range(len(ORDER)))
def test_the_first_source_in_order_decides_and_others_conflict(position: int) -> None:
    written = [declared(s, "STRICT") for s in ORDER[position : position + 1]]
    written += [declared(s, "NONE") for s in ORDER[position + 1 :]]
    found = subject(Catalog(tables=(replace(USERS, declarations=tuple(reversed(written))),)))
    assert (found.level, found.level_source) == ("STRICT", ORDER[position])
    assert len(found.conflicts) == len(ORDER) - position - 1


def test_the_configuration_overrides_in_silence() -> None:
    table = replace(USERS, declarations=(declared("annotation", "STRICT"),))
    entry = TableEntry("public.*", level="RELAXED")
    found = subject(Catalog(tables=(table,)), entries=(entry,))
    assert (found.level, found.level_source, found.conflicts) == ("RELAXED", "configuration", ())


def test_a_table_without_a_level_gets_the_default() -> None:
    found = subject(Catalog(tables=(USERS,)))
    assert (found.level, found.level_source) == ("STANDARD", "default")


def test_the_live_table_is_judged_and_the_document_declares() -> None:
    item = Declared("postgresql", Name("public", "users"), declared("section", "STRICT"))
    found = subject(
        Catalog(surface="reference", tables=(USERS,), declared=(item,)),
        Catalog(surface="ddl", tables=(USERS,)),
        Catalog(surface="live", tables=(replace(USERS, unlogged=True),)),
    )
    assert (found.surface, found.table.unlogged, found.level) == ("live", True, "STRICT")
    assert set(found.tables) == {"live", "ddl", "reference"}


@pytest.mark.parametrize(
    ("declaration", "entry", "exempt"),
    [
        (None, None, ""),
        (Declaration("section", stamped=False), None, "declared not STAMPED by its section"),
        (None, TableEntry("users", exempt="legacy"), "legacy"),
    ],
)
def test_exemptions(declaration: Declaration | None, entry: TableEntry | None, exempt: str) -> None:
    table = replace(USERS, declarations=(declaration,) if declaration else ())
    found = subject(Catalog(tables=(table,)), entries=(entry,) if entry else ())
    assert found.exempt == exempt


@pytest.mark.parametrize(
    ("status", "entry", "planned"),
    [("Planned", None, "Planned"), ("Active", None, ""), ("Planned", False, ""), (None, True, "x")],
)
def test_planned_tables(status: str | None, entry: bool | None, planned: str) -> None:
    table = replace(USERS, declarations=(Declaration("section", status=status),))
    entries = () if entry is None else (TableEntry("users", planned=entry),)
    assert bool(subject(Catalog(tables=(table,)), entries=entries).planned) is bool(planned)


def test_log_tables_are_known_by_name_or_configuration() -> None:
    log = replace(USERS, name="call_log")
    assert subject(Catalog(tables=(log,))).kind == "log"
    assert subject(Catalog(tables=(log,)), entries=(TableEntry("*", kind="entity"),)).kind == (
        "entity"
    )
