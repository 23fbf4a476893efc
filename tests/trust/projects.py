"""Projects in one text: sections that say what they are, read as an audit reads their files.

    %% ddl postgresql
    CREATE TABLE users (id integer);
    %% document
    # Schema Reference

A section is `ddl`, `live` or `registry` with its SQL's dialect, `document`, `rules` (security
rules of Firestore), `models` (TypeScript) or `config`. What stands above the first is DDL.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ctb_audit.config import Config, config_from_text
from ctb_audit.model import Catalog
from ctb_audit.names import Surface
from ctb_audit.sources.application import read_application_text
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.load import reference_catalog
from tests.rules.conftest import NEXT_DOCUMENT, surfaces
from tests.trust.invariants import (
    DIALECTS,
    OPTIONS,
    ROOT,
    audits_as_its_snapshot,
    refused_or,
)

SECTION = "%%"
_HEAD = re.compile(r"^%% (\w+)(?: (\w+))?[ \t]*\r?\n", re.M)
_SURFACES: Mapping[str, Surface] = {"ddl": "ddl", "live": "live", "registry": "registry"}
_FILES = {"rules": "firestore.rules", "models": "models.ts"}


def project_text(example: Mapping[str, Any]) -> str:
    """The example of a rule as a project; what a server would show is a live surface."""
    system = example.get("system", "postgresql")
    first: Surface = "live" if example.get("live") else "ddl"
    parts = [
        f"{SECTION} {first if surface == 'ddl' else surface} {system}\n{sql}\n"
        for surface, sql in surfaces(str(example.get("sql", "")))
        if sql.strip()
    ]
    for document in filter(str.strip, str(example.get("document", "")).split(NEXT_DOCUMENT)):
        parts.append(f"{SECTION} document\n{document}\n")
    if example.get("config"):
        parts.append(f"{SECTION} config\n{example['config']}\n")
    return "".join(parts)


def project_audits_as_its_snapshot(text: str) -> None:
    """The audit of a project's catalogs is that of their snapshot, under its configuration."""
    found = refused_or(lambda: project(text))
    if found is not None and found[0]:
        refused_or(lambda: audits_as_its_snapshot(*found))  # a standard that does not exist


def project(text: str) -> tuple[list[Catalog], Config]:
    """What the sections hold, under the configuration among them."""
    catalogs: list[Catalog] = []
    config = Config(ROOT)
    for kind, system, part in sections(text):
        if kind == "config":
            config = config_from_text(part, ROOT)
        else:
            catalogs.extend(_catalogs(kind, system, part, str(len(catalogs))))
    return catalogs, config


def _catalogs(kind: str, system: str, text: str, name: str) -> Iterator[Catalog]:
    if kind in _FILES:
        yield from read_application_text(text, _FILES[kind])
    elif kind == "document":
        yield reference_catalog(text, f"{name}.md", OPTIONS)
    else:
        dialect = next((d for d in DIALECTS if d == system), DIALECTS[0])
        script = read_script(text, f"{name}.sql", dialect)
        yield replay([script], surface=_SURFACES.get(kind, "ddl"), source=f"{name}.sql")


def sections(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, dialect and text of each section."""
    head, *rest = _HEAD.split(text)
    if head.strip():
        yield "ddl", "postgresql", head
    yield from zip(rest[::3], (system or "" for system in rest[1::3]), rest[2::3], strict=True)
