"""Public TypeScript: which document types and zod schemas are understood, and what is not.

    python bench/typescript_models.py FOLDER...

Each FOLDER is one repository: its `.ts` files are read together, so that names resolve. A file has
document types if it speaks of Firestore (its client, a Timestamp, a collection) and declares types
with fields; it has models if it declares zod objects. Counted are the files' own properties and
fields; what is not understood is counted by why, the commonest first.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ctb_audit.errors import SourceError
from ctb_audit.model import Coverage
from ctb_audit.sources.files import PASSED_OVER, read_text
from ctb_audit.sources.typescript import TypeScript, read_files
from ctb_audit.sources.typescript_files import is_test

LARGEST = 1_000_000
SHOWN = 15
STORE = re.compile(r"firestore|\bTimestamp\b|\bcollection(?:Group)?\s*(?:<[^>]*>)?\(")
NAMED = re.compile(r"the (?:type|schema) (.{1,40})")


@dataclass
class Tally:
    """`things`: types or schemas; `coverage` counts their properties."""

    files: int = 0
    things: int = 0
    broken: int = 0
    coverage: Coverage = field(default_factory=Coverage)
    missed: Counter[str] = field(default_factory=Counter)
    repositories: set[str] = field(default_factory=set)

    def add(self, repository: str, file: TypeScript, things: int) -> None:
        self.files += 1
        self.things += things
        self.repositories.add(repository)
        self.broken += any("is no TypeScript" in p.message for p in file.problems)
        self.coverage += file.coverage
        self.missed.update(_why(p.message) for p in file.problems)

    def told(self, what: str, parts: str) -> str:
        found = self.coverage
        return (
            f"{self.files} files with {what} in {len(self.repositories)} repositories: "
            f"{self.things} {what}, {found.statements} {parts}, {found.understood} understood "
            f"({found.percent:.1f} %), {found.statements - found.understood} not; "
            f"{self.broken} files with a syntax error"
        )


def _why(message: str) -> str:
    found = NAMED.search(message)
    return message if found is None else found[1]


def texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.ts")):
        name = path.relative_to(folder).as_posix()
        if is_test(name) or PASSED_OVER & set(path.parts) or path.stat().st_size > LARGEST:
            continue
        try:
            yield name, read_text(path, name)
        except SourceError as error:
            print("not read:", folder.name, error)


def repository(folder: Path, documents: Tally, models: Tally) -> None:
    """The files of one folder; a file with both is counted as each, its types first."""
    found = list(texts(folder))
    for file, (_, text) in zip(read_files(found), found, strict=True):
        types = [n for n in file.type_names if file.document(n)] if STORE.search(text) else []
        if types:
            documents.add(folder.name, file, len(types))
    for file in read_files(found):
        schemas = [n for n in file.model_names if file.model(n) is not None]
        if schemas:
            models.add(folder.name, file, len(schemas))


def main(folders: list[Path]) -> None:
    documents, models = Tally(), Tally()
    for folder in folders:
        repository(folder, documents, models)
    for tally, what, parts in (
        (documents, "document types", "properties"),
        (models, "zod objects", "fields"),
    ):
        print(tally.told(what, parts))
        for why, count in tally.missed.most_common(SHOWN):
            print(f"  {count:5} {why}")


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
