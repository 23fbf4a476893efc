"""API keys: made here, kept as hashes, compared in constant time.

A key is 256 random bits, so one SHA-256 is enough at rest: there is no dictionary to try, and a
slow hash would only let strangers keep the service busy. Keys of another shape are never valid.
"""

import os
import secrets
import stat
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path

from ctb_audit.errors import ConfigurationError, UsageError
from ctb_audit.lean import dataclass, pattern

ENVIRONMENT = "CTB_API_KEYS"
KEY = pattern(r"ctb_[A-Za-z0-9_-]{43}")
_NAME = pattern(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_LINE = pattern(r"([A-Za-z0-9][A-Za-z0-9_.-]{0,63}):sha256:([0-9a-f]{64})")
_FORM = "NAME:sha256:64 hexadecimal digits, as ctb serve --new-key writes it"
_OTHERS = 0o077


@dataclass(frozen=True, slots=True)
class Entry:
    """A key that is let in: the name of who holds it, and its hash."""

    name: str
    digest: str


def new_key(name: str) -> tuple[str, str]:
    """A key, which is never stored, and the line that lets it in.

    Raises UsageError for a name that a line cannot hold.
    """
    if _NAME.fullmatch(name) is None:
        step = "use letters, digits, dots, dashes and underscores, at most 64"
        raise UsageError(f"--new-key {name!r}", "is no name", step)
    key = "ctb_" + secrets.token_urlsafe(32)
    return key, f"{name}:sha256:{_digest(key)}"


class Keys:
    """The keys that are let in."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def holder(self, presented: str) -> str | None:
        """The name of who holds the key, None for one that is not let in.

        Every entry is compared, so that the time says nothing about which one was near.
        """
        digest = _digest(presented)
        found = None
        for entry in self._entries:
            if compare_digest(entry.digest, digest):
                found = entry.name
        return found if KEY.fullmatch(presented) else None


class KeyFile(Keys):
    """The keys in a file, read again when it changes: a line taken out ends its key at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        super().__init__(read_keys(path))
        self._seen = self._stamp()

    def holder(self, presented: str) -> str | None:
        """As `Keys.holder`. A file that is refused or gone lets nobody in."""
        stamp = self._stamp()
        if stamp != self._seen:
            self._seen = stamp
            try:
                self._entries = read_keys(self._path)
            except ConfigurationError:
                self._entries = ()
        return super().holder(presented)

    def _stamp(self) -> tuple[int, ...]:
        try:
            found = self._path.stat()
        except OSError:
            return ()
        return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode)


def read_keys(path: Path) -> tuple[Entry, ...]:
    """The entries of a key file. Raises ConfigurationError for one that others can read."""
    place = str(path)
    try:
        with path.open("rb") as file:
            _require_private(os.fstat(file.fileno()), place)
            text = file.read(1_000_000).decode()
    except OSError as error:
        problem = f"cannot be read ({error.strerror})"
        raise ConfigurationError(place, problem, "make one with --new-key NAME") from None
    except UnicodeDecodeError:
        raise ConfigurationError(place, "is no text", f"a line is {_FORM}") from None
    return entries_of(text, place)


def keys_of_environment() -> Keys | None:
    """The keys that `CTB_API_KEYS` lists, None where it is not set."""
    text = os.environ.get(ENVIRONMENT)
    return (
        None
        if text is None
        else Keys(entries_of("\n".join(text.replace(",", " ").split()), ENVIRONMENT))
    )


def entries_of(text: str, place: str) -> tuple[Entry, ...]:
    """The entries in a text, one a line; empty lines and those that begin with # are passed over.

    Raises ConfigurationError, which never shows a line: it could be a key.
    """
    entries: dict[str, Entry] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = _LINE.fullmatch(line.strip())
        if found is None:
            raise ConfigurationError(f"{place}:{number}", "is no key entry", f"write {_FORM}")
        if found[1] in entries:
            raise ConfigurationError(f"{place}:{number}", f"names {found[1]} again", "rename one")
        entries[found[1]] = Entry(found[1], found[2])
    if not entries:
        raise ConfigurationError(place, "holds no key", "make one with ctb serve --new-key NAME")
    return tuple(entries.values())


def append_entry(path: Path, line: str) -> None:
    """Adds a line to a key file, which is made for its owner alone.

    Raises ConfigurationError where others can read it, it names the key already, or it cannot be
    written.
    """
    place = str(path)
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "r+", encoding="utf-8") as file:
            _require_private(os.fstat(file.fileno()), place)
            before = file.read()
            gap = "\n" if before and not before.endswith("\n") else ""
            entries_of(f"{before}{gap}{line}", place)
            file.write(f"{gap}{line}\n")
    except OSError as error:
        problem = f"cannot be written ({error.strerror})"
        raise ConfigurationError(place, problem, "name another file with --keys") from None


def _require_private(found: os.stat_result, place: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise ConfigurationError(place, "is no file", "name a key file with --keys")
    if os.name == "posix" and stat.S_IMODE(found.st_mode) & _OTHERS:
        problem = f"can be used by others (mode {stat.S_IMODE(found.st_mode):04o})"
        raise ConfigurationError(place, problem, f"run chmod 600 {place}")


def _digest(key: str) -> str:
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
