"""Schema references among the sources, kept true together with the tables that they describe."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.config import Config
from ctb_audit.model import Catalog, Name
from ctb_audit.reference import updated
from ctb_audit.remedy.in_place.files import SourceFile, find
from ctb_audit.sources.load import LoadOptions, reference_catalog


@dataclass(frozen=True)
class Documents:
    """New texts of references, the catalogs with them, and what to tell about them."""

    catalogs: tuple[Catalog, ...]
    files: Mapping[SourceFile, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def edited_documents(
    before: Sequence[Catalog],
    after: Sequence[Catalog],
    tables: Sequence[Name],
    judged: tuple[Config, AuditSettings],
    folders: Sequence[Path],
) -> Documents:
    """The references after tables were edited. One that was stale before gets the edited tables
    only; the rest of it is for `ctb reference`.
    """
    config, settings = judged
    old, new = (project_of(c, config, settings) for c in (before, after))
    files: dict[SourceFile, str] = {}
    notes: list[str] = []
    catalogs: list[Catalog] = []
    for catalog in after:
        path = find(catalog.source, folders) if catalog.documents else None
        if path is None:
            catalogs.append(catalog)
            continue
        file = SourceFile.read(path, catalog.source)
        is_stale = updated(file.text, file.shown, old) != file.text
        only = frozenset(tables) if is_stale else None
        text = updated(file.text, file.shown, new, only=only)
        if is_stale:
            notes.append(f"{file.shown} was stale before; ctb reference --output renews the rest")
        if text != file.text:
            files[file] = text
        catalogs.append(reference_catalog(text, file.shown, LoadOptions(root=config.root)))
    return Documents(tuple(catalogs), files, tuple(notes))
