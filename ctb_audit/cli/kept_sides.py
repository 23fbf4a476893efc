"""Keeps what an audit said of a tree, so that the next commit need not judge it again.

The tree after one commit is the tree before the next one. What is kept is JSON below `.ctb/cache`;
its key holds the tree's files, the settings and this program, so nothing is ever stale.
"""

import json
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from ctb_audit import __version__
from ctb_audit.change import Side
from ctb_audit.cli.output import write_file
from ctb_audit.codec import CodecError, decode, encode
from ctb_audit.errors import CtbError
from ctb_audit.resources import data_root
from ctb_audit.trees import Tree
from ctb_audit.whole_file import keep_newest

_KEPT = 8
_PACKAGE = Path(__file__).resolve().parents[1]


def key_of(tree: Tree, *settings: object) -> str:
    """The key of a tree's audit under these settings."""
    files = [(path, blob.mode, blob.id) for path, blob in tree.read.items()]
    said = repr((sorted(files), sorted(tree.blobs), settings, _program()))
    return sha256(said.encode(errors="surrogateescape")).hexdigest()[:32]


def _program() -> list[tuple[str, int, int]]:
    """The version and, because a checkout changes without one, the state of the files."""
    found = [(__version__, 0, 0)]
    for folder in (_PACKAGE, data_root() / "rules"):
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in (".py", ".toml", ".json"):
                state = path.stat()
                found.append((path.name, state.st_size, state.st_mtime_ns))
    return found


class KeptSides:
    """The folder of kept sides; `off`: nothing is read or written."""

    def __init__(self, top: Path, off: bool) -> None:
        self._root = top / ".ctb"
        self._folder = self._root / "cache" / "trees"
        self._off = off or self._root.is_symlink()

    def read(self, key: str) -> Side | None:
        """The side that is kept under a key, None for none or one that cannot be read."""
        if self._off:
            return None
        try:
            return decode(Side, json.loads((self._folder / f"{key}.json").read_bytes()))
        except (OSError, ValueError, CodecError, RecursionError):
            return None

    def write(self, key: str, side: Side | None) -> None:
        """Keep a side; a folder that cannot be written keeps nothing."""
        if self._off or side is None:
            return
        text = json.dumps(encode(side), separators=(",", ":"), ensure_ascii=False)
        with suppress(CtbError, OSError):
            write_file(self._folder / f"{key}.json", text)
            ignore = self._root / ".gitignore"
            if not ignore.exists():
                write_file(ignore, "*\n")
            keep_newest(self._folder, "*.json", _KEPT)
