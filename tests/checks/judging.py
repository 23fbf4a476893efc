"""Small sources judged by some rules alone: all that they say, a line a verdict."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from ctb_audit.compare import Side
from ctb_audit.document_model import Document, DocumentTable
from ctb_audit.judge import judge
from ctb_audit.model import Catalog, Location, Name, Surface, System
from ctb_audit.probe import Probe, Sample
from ctb_audit.rulebook import load_standard
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.subjects import build_project
from tests.rules.verdict_lines import verdict_lines

TODAY = date(2026, 11, 22)


def catalog_of(
    sql: str, surface: Surface = "ddl", system: System = "postgresql", name: str = "a.sql"
) -> Catalog:
    return replay([read_script(sql, name, system)], surface=surface)


def at(line: int, path: str = "d.md") -> Location:
    """A place in a document."""
    return Location(path, line, 1)


def table_note(name: str, line: int = 1, **said: object) -> DocumentTable:
    """A section about a table of PostgreSQL, `schema.name` or one of `public`."""
    schema, _, bare = name.rpartition(".")
    system: System = said.pop("system", "postgresql")  # type: ignore[assignment]
    place = said.pop("location", at(line))
    full = Name(schema or "public", bare)
    return DocumentTable(system, full, "table", place, **said)  # type: ignore[arg-type]


def document_of(
    *tables: DocumentTable, sql: str = "", path: str = "d.md", **said: object
) -> Catalog:
    """A schema reference that describes tables and shows SQL."""
    document = Document(path, tables=tables, **said)  # type: ignore[arg-type]
    return replace(catalog_of(sql, "reference", name=path), documents=(document,))


def said(
    rules: str,
    *catalogs: Catalog,
    standard: str = "ctb-1.0",
    root: str | None = None,
    facts: Mapping[Probe, Sample] | None = None,
    existing: Mapping[str, frozenset[str]] | None = None,
    sides: tuple[Side, ...] = (),
    **changes: object,
) -> list[str]:
    """What the rules, named one after another, say of the catalogs.

    `changes`: what a team's own standard says differently, by the fields of `Standard`.
    """
    loaded = replace(load_standard(standard, select=rules.split()), **changes)  # type: ignore[arg-type]
    project = build_project(catalogs, loaded, today=TODAY, root=root, existing=existing)
    asked = replace(project, facts=facts, sides=sides)
    return verdict_lines(asked, judge(asked))
