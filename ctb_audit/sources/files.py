"""Finds the files of a folder that may describe a schema, and decodes them.

`.gitignore` files are honoured, from the root of the audit down. What is passed over is returned
with the reason, except files of kinds that describe no schema.

Encodings: UTF-8 with or without a byte order mark, UTF-16 with one, else Latin-1, because a dump
from an old server is worth reading for its ASCII names even where its comments are garbled.
"""

import os
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ctb_audit.errors import EmptySourceError, SourceError
from ctb_audit.lean import dataclass, pattern
from ctb_audit.wording import did_you_mean

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

Kind = Literal["sql", "document", "typescript", "rules", "json"]
KINDS: dict[str, Kind] = {
    ".sql": "sql",
    ".ddl": "sql",
    ".psql": "sql",
    ".pgsql": "sql",
    ".md": "document",
    ".markdown": "document",
    ".ts": "typescript",
    ".rules": "rules",
    ".json": "json",
}
"""What a file is read as, by its suffix."""

PASSED_OVER = frozenset({"node_modules", "venv", "__pycache__", "site-packages"})
"""Folders, beside hidden ones, that hold other people's files."""

_ARCHIVES = {
    b"PGDMP": ("a pg_dump archive", "turn it into SQL with pg_restore -f schema.sql"),
    b"\x1f\x8b": ("compressed with gzip", "unpack it first"),
    b"PK\x03\x04": ("a zip archive", "unpack it first"),
    b"SQLite format 3\x00": ("a SQLite database", "dump it with sqlite3 FILE .schema"),
}
_MAGICS = tuple(_ARCHIVES)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MARK = b"\xef\xbb\xbf"
_PRINTED_CONTROLS = frozenset(b"\t\n\r\f\v\x1a\x1b\x08\x07")
_SAMPLE = 65_536
_MOST_DOUBLE_STARS = 3
_STAR = pattern(r"(?:\[\^/\]\*)+((?:\\.|\[[^\]]*\](?!\*)|[^\[\]()*+?{}|\\/])+)(?=\[\^/\]\*)", re.S)
"""A star of a name and what follows it up to the next star. The first place where that stands is as
good as any later one, so it needs no going back, which else takes exponential time.
"""
_START = 8_192


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that is not read, and why."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Pending:
    """Files that are read after all other sources, because those name what they describe.

    `named`: an argument, read whatever its name says.
    """

    root: Path
    paths: tuple[str, ...]
    named: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """Paths relative to the root with forward slashes, in the order of their names."""

    files: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()

    def of_kind(self, kind: Kind) -> tuple[str, ...]:
        return tuple(path for path in self.files if kind_of(path) == kind)


@lru_cache(maxsize=4096)
def kind_of(path: str) -> Kind | None:
    return KINDS.get(os.path.splitext(path)[1].lower())


def decode(data: bytes, path: str) -> str:
    """The text of a file; SourceError, naming `path`, where it holds none."""
    if data.startswith(_MAGICS):
        what, step = next(told for magic, told in _ARCHIVES.items() if data.startswith(magic))
        raise SourceError(path, f"is {what}, not text", step)
    wide = data.startswith(_UTF16)
    try:
        text = data.decode("utf-16") if wide else data.removeprefix(_MARK).decode()
    except UnicodeDecodeError:
        if wide or _is_binary(data):
            raise SourceError(path, "is binary, not text", "leave it out with --exclude") from None
        text = data.decode("latin-1")
    if "\0" in text:
        raise SourceError(path, "holds NUL characters, so it is no text", "save it as UTF-8")
    return text


def _is_binary(data: bytes) -> bool:
    sample = data[:_SAMPLE]
    controls = sum(1 for byte in sample if byte < 32 and byte not in _PRINTED_CONTROLS)
    return controls * 100 > len(sample)


def read_text(path: Path | str, shown: str) -> str:
    """The text of the file; `shown` is its name in messages. SourceError where it has none."""
    try:
        with open(path, "rb", buffering=0) as file:
            data = file.read()
    except FileNotFoundError:
        near = _nearest(Path(path))
        raise EmptySourceError(shown, f"does not exist{near}", "check the path") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SourceError(shown, f"cannot be read: {reason}", "check its permissions") from None
    return decode(data, shown)


def start_of(path: Path) -> str:
    """The first 8 KiB of a file, "" where it cannot be read; broken characters are replaced."""
    try:
        with path.open("rb") as file:
            return file.read(_START).decode("utf-8-sig", errors="replace")
    except OSError:
        return ""


def _nearest(path: Path) -> str:
    """A hint at the name beside it that was probably meant."""
    try:
        beside = os.listdir(path.parent)
    except OSError:
        return ""
    return did_you_mean(path.name, beside)


def shown(path: Path, root: Path) -> str:
    """`path` from `root` with forward slashes; the whole path where it lies elsewhere."""
    path = Path(os.path.abspath(path))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.as_posix()


def is_known(name: str) -> bool:
    return kind_of(name) is not None


def discover(
    folder: Path,
    root: Path,
    exclude: Sequence[str] = (),
    wanted: Callable[[str], bool] = is_known,
) -> Found:
    """The files below `folder` of a known kind, or those whose names are `wanted`.

    `exclude` holds glob patterns over paths from `root`; a pattern without `*` holds for a folder
    and all below it. Links that leave `root` are not followed, those into `folder` are read
    where they point. Raises SourceError where `folder` cannot be listed.
    """
    root, folder = root.resolve(), folder.resolve()
    walk = _Walk(folder, root, tuple(exclude), wanted)
    files = sorted(walk.all_files(), key=lambda path: path.split("/"))
    return Found(tuple(files), tuple(sorted(walk.skipped, key=lambda s: s.path)))


class _Walk:
    """Goes by names in texts: a Path for each of ten thousand files takes half of the time."""

    def __init__(
        self, top: Path, root: Path, exclude: tuple[str, ...], wanted: Callable[[str], bool]
    ) -> None:
        self._wanted = wanted
        self._top = top
        self._root = root
        self._exclude = exclude
        self._linked: set[Path] = set()
        self.skipped: list[Skipped] = []

    def all_files(self) -> Iterator[str]:
        place = shown(self._top, self._root)
        return self._files(str(self._top), "" if place == "." else f"{place}/", self._above())

    def _above(self) -> "_Rules":
        """What the .gitignore files say that stand over the top, nearest first."""
        found: _Rules = ()
        if self._top != self._root:
            for folder in self._top.parents:
                place = shown(folder, self._root)
                found += _rules(folder, "" if place == "." else f"{place}/")
                if folder == self._root:
                    break
        return found

    def _files(self, folder: str, place: str, rules: "_Rules") -> Iterator[str]:
        """`place`: the folder's from the root, with a slash at its end, "" for the root."""
        entries = self._entries(folder, place)
        if any(entry.name == ".gitignore" for entry in entries):
            rules = _rules(Path(folder), place) + rules
        for entry in entries:
            is_folder = entry.is_dir()
            if entry.name == ".git" or (not is_folder and not self._wanted(entry.name)):
                continue
            own = place + entry.name
            reason = self._reason(own, entry.name, is_folder, rules) or (
                self._reason_of_link(Path(entry.path)) if entry.is_symlink() else ""
            )
            if not reason and not is_folder and not entry.is_file():
                reason = "neither a file nor a folder"  # reading a pipe would wait for ever
            if reason:
                self.skipped.append(Skipped(own, reason))
            elif is_folder:
                yield from self._files(entry.path, f"{own}/", rules)
            else:
                yield own

    def _entries(self, folder: str, place: str) -> "list[os.DirEntry[str]]":
        try:
            return sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            where = place.rstrip("/") or "."
            raise SourceError(where, f"cannot be listed: {reason}", "check the path") from None

    def _reason(self, place: str, name: str, is_folder: bool, rules: "_Rules") -> str:
        if is_folder and name.startswith("."):
            return "hidden folder"
        if is_folder and name in PASSED_OVER:
            return "folder of installed packages"
        if any(matches(place, pattern) for pattern in self._exclude):
            return "excluded"
        return "ignored by .gitignore" if _ignored(place, is_folder, rules) else ""

    def _reason_of_link(self, path: Path) -> str:
        target = path.resolve()
        if not target.exists():
            return "link to nothing"
        if not target.is_relative_to(self._root):
            return "link that leaves the root"
        if target.is_relative_to(self._top) or target in self._linked:
            return "link, read where it points"
        self._linked.add(target)
        return ""


_Rules = tuple["tuple[str, GitIgnoreSpec]", ...]
"""The places of folders, with a slash at the end, and what their .gitignore files say."""


def _rules(folder: Path, place: str) -> _Rules:
    spec = _gitignore(folder / ".gitignore", f"{place}.gitignore")
    return () if spec is None else ((place, spec),)


def _ignored(place: str, is_folder: bool, rules: _Rules) -> bool:
    """As git decides: the nearest .gitignore that says anything about the path."""
    for above, spec in rules:
        name = place[len(above) :]
        said = spec.check_file(f"{name}/" if is_folder else name).include
        if said is not None:
            return said
    return False


def _gitignore(path: Path, shown: str) -> "GitIgnoreSpec | None":
    """A line that is no pattern ignores nothing, as with git."""
    try:
        lines = path.read_bytes().decode("utf-8-sig", errors="replace").splitlines()
    except OSError:
        return None
    from pathspec import GitIgnoreSpec

    patterns: list[Any] = []
    for number, line in enumerate(lines, start=1):
        if line.count("**") > _MOST_DOUBLE_STARS:
            place, problem = f"{shown}:{number}", f"more than {_MOST_DOUBLE_STARS} double stars"
            raise SourceError(place, problem, "name fewer folders in one pattern")
        with suppress(ValueError, re.error), warnings.catch_warnings(action="ignore"):
            patterns += GitIgnoreSpec.from_lines([line]).patterns
    for found in patterns:
        if found.regex is not None:
            found.regex = re.compile(_STAR.sub(r"(?>[^/]*?\1)", found.regex.pattern))
    return GitIgnoreSpec(patterns)


def matches(path: str, pattern: str) -> bool:
    """Whether a glob pattern holds for a path, or names a folder above it."""
    below = pattern.rstrip("/")
    return fnmatchcase(path, pattern) or path == below or path.startswith(below + "/")
