"""Which of the files that documents name exist in their repository."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ctb_audit.model import Catalog

if TYPE_CHECKING:
    from ctb_audit.document_model import Document


def existing_files(
    catalogs: Sequence[Catalog], root: Path, *, configured: bool
) -> Mapping[str, frozenset[str]]:
    """By a document's path the named files that exist.

    Only for documents of a repository: a folder with a configuration or below one with `.git`.
    Paths count from that folder, from the configuration's, or from the document's own; a bare name
    stands for a file of that name beside the other named ones. Nothing outside is looked at.
    """
    repository = _repository(root)
    if repository is None and not configured:
        return {}
    bases = [base for base in (root, repository) if base is not None]
    return {
        document.path: _existing(document, root, bases)
        for catalog in catalogs
        for document in catalog.documents
        if (root / document.path).is_file()
    }


def _repository(folder: Path) -> Path | None:
    return next((f for f in (folder, *folder.parents) if (f / ".git").exists()), None)


def _existing(document: "Document", root: Path, bases: list[Path]) -> frozenset[str]:
    places = [*bases, (root / document.path).parent]
    named = dict.fromkeys(_named(document))
    folders = {str(Path(path).parent) for path in named if "/" in path}
    return frozenset(path for path in named if _exists(path, places, folders))


def _named(document: "Document") -> Iterator[str]:
    for source in (*document.migrations, *(s for t in document.tables for s in t.sources)):
        yield source.path


def _exists(path: str, places: list[Path], folders: set[str]) -> bool:
    candidates = [path] if "/" in path else [path, *(f"{folder}/{path}" for folder in folders)]
    return any(_is_inside(place, name) for place in places for name in candidates)


def _is_inside(place: Path, name: str) -> bool:
    try:
        found = (place / name).resolve()
        return found.is_relative_to(place.resolve()) and found.exists()
    except (OSError, ValueError):
        return False
