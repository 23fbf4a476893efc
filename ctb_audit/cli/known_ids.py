"""Identifiers that a repository's files hold already."""

from pathlib import Path

from ctb_audit.config import Config
from ctb_audit.lean import pattern
from ctb_audit.sources.files import discover

_IDS = pattern(
    rb"\b(?:HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}|BART-[A-Z]+-[A-Z][A-Z0-9_]*-V\d+|BID-DATA-\d{3})\b"
)
_LARGEST = 20_000_000  # bytes; a dump of data, not a place where ids are declared


def known_ids(config: Config) -> frozenset[str]:
    """The HEIR and table ids written in the files that an audit would find.

    Empty outside a project: where there is neither a configuration nor a repository.
    """
    root = config.root.resolve()
    if config.path is None and not (root / ".git").exists():
        return frozenset()
    found: set[str] = set()
    for name in discover(root, root, config.exclude).files:
        found.update(text.decode("ascii") for text in _IDS.findall(_content(root / name)))
    return frozenset(found)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= _LARGEST else b""
    except OSError:
        return b""
