"""Migrations of which a tool keeps a checksum: a changed byte would stop the next migration run."""

import re
from collections.abc import Iterator
from pathlib import Path

from ctb_audit.lean import pattern

_BY_NAME = (
    ("Flyway", pattern(r"(?:.*/)?(?:(?:[VUB]\d[\d._]*)|R)__[^/]+\.sql", re.I)),
    ("Prisma", pattern(r"(?:.*/)?migrations/[^/]+/migration\.sql")),
)
_POSTGRES_MIGRATIONS = ("package.json", b'"postgres-migrations"')
_BESIDE = (("Atlas", "atlas.sum"), ("Drizzle", "meta/_journal.json"))
_ABOVE = (
    ("Sqitch", pattern(r"(?:.*/)?(?:deploy|revert|verify)/.+\.sql"), "sqitch.plan", b"%"),
    ("sqlx", pattern(r"(?:.*/)?migrations/(?:[^/]+/)*\d+_[^/]+\.sql"), "Cargo.toml", b"sqlx"),
    ("postgres-migrations", pattern(r"(?:.*/)?\d+[_-][^/]*\.sql"), *_POSTGRES_MIGRATIONS),
)
_CHANGELOG = pattern(r".*changelog.*\.(?:xml|ya?ml|json)", re.I)
_BY_CONTENT = (
    ("Liquibase", pattern(rb"\A(?:\xef\xbb\xbf)?\s*--\s*liquibase formatted sql", re.I)),
    ("Graphile Migrate", pattern(rb"^--! Hash: ", re.M)),
)
_HEAD = 4096


class Checksums:
    """Answers for the files of one project; `root` is its folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._texts: dict[Path, bytes] = {}
        self._changelogs: dict[Path, bool] = {}

    def keeper(self, path: str, content: bytes) -> str:
        """The tool that keeps a checksum of the file, "" for none. `path` counts from the root."""
        if not path.lower().endswith(".sql"):
            return ""
        named = next((tool for tool, form in _BY_NAME if form.fullmatch(path)), "")
        head = content[:_HEAD]
        inside = next((tool for tool, form in _BY_CONTENT if form.search(head)), "")
        return named or inside or self._by_neighbours(path)

    def _by_neighbours(self, path: str) -> str:
        folder = (self._root / path).parent
        beside = next((tool for tool, name in _BESIDE if (folder / name).is_file()), "")
        return beside or next(
            filter(None, (self._by(above, path) for above in self._above(folder))), ""
        )

    def _by(self, folder: Path, path: str) -> str:
        """The tool that what stands in a folder above the file tells of."""
        if self._has_changelog(folder):
            return "Liquibase"
        for tool, form, name, word in _ABOVE:
            if form.fullmatch(path) and word in self._read(folder / name):
                return tool
        return ""

    def _above(self, folder: Path) -> Iterator[Path]:
        for above in (folder, *folder.parents):
            yield above
            if above == self._root:
                return

    def _has_changelog(self, folder: Path) -> bool:
        """A Liquibase changelog in the folder, which may name SQL files below it."""
        if folder not in self._changelogs:
            self._changelogs[folder] = any(
                _CHANGELOG.fullmatch(name.name) and b"databaseChangeLog" in self._read(name)
                for name in folder.iterdir()
            )
        return self._changelogs[folder]

    def _read(self, file: Path) -> bytes:
        if file not in self._texts:
            try:
                self._texts[file] = file.read_bytes()
            except OSError:
                self._texts[file] = b""
        return self._texts[file]
