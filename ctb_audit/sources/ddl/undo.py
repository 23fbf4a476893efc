"""What takes a migration back, and is therefore not replayed: files and sections of files.

A word decides only where it stands as a mark, never inside a description: `003_undo_rename.sql`
is a migration. The words are the data below.
"""

import re
from collections.abc import Iterable, Mapping, Set
from posixpath import split, splitext

from ctb_audit.lean import pattern

WORDS = ("down", "rollback", "undo", "revert", "verify", "downgrade")
"""Decide as the whole name (`down.sql`), as its last dotted part (`x.down.sql`), as a folder's
name (`revert/x.sql`), and before or behind the name of a file beside it (`x_rollback.sql` beside
`x.sql` or `x_up.sql`).
"""

FOLDERS = frozenset(WORDS) | {"rollbacks", "downgrades", "reverts", "downs"}
FORWARD = ("up", "deploy", "apply", "upgrade", "forward")
"""Words in the place of `WORDS` in the name of the file that goes forward."""

SECTIONS: tuple[tuple[str, str], ...] = (
    (r"--\s*migrate:down\b", r"--\s*migrate:up\b"),  # dbmate
    (r"--\s*\+goose\s+Down\b", r"--\s*\+goose\s+Up\b"),
    (r"--\s*\+migrate\s+Down\b", r"--\s*\+migrate\s+Up\b"),  # sql-migrate
    (r"--\s*\+micrate\s+Down\b", r"--\s*\+micrate\s+Up\b"),
    (r"--\s*rambler\s+down\b", r"--\s*rambler\s+up\b"),
    (r"(?:--|\#)\s*(?:---\s*)?!Downs\b", r"(?:--|\#)\s*(?:---\s*)?!Ups\b"),  # Play evolutions
    (r"--\s*//\s*@UNDO\b", r"\Z"),  # MyBatis
    (r"----\s*create above / drop below\s*----", r"\Z"),  # tern
)
"""Lines that begin a section which takes back, and those that begin one which does not."""

_FLYWAY_UNDO = pattern(r"U\d[\d._]*__")
_SIDE = pattern(rf"^(?:(?P<head>{'|'.join(WORDS)})[_-](?P<of>.+)|(?P<to>.+)[_-](?P<tail>\w+))$")
_SECTIONS = tuple(
    pattern(rf"^[ \t]*(?:(?P<down>{down})|(?P<up>{up}))", re.I | re.M) for down, up in SECTIONS
)
_MENTION = pattern("|".join(down for down, _ in SECTIONS), re.I)
_HINTS = ("down", "undo", "drop below")
"""One of them stands in every such line: looking for them costs a tenth of a case-blind search."""

_INK = pattern(r"[^\n]")


def stems(paths: Iterable[str]) -> Mapping[str, Set[str]]:
    """The names of the files in each folder, in lower case and without their suffix."""
    found: dict[str, set[str]] = {}
    for path in paths:
        folder, name = split(path)
        found.setdefault(folder, set()).add(splitext(name)[0].lower())
    return found


def takes_back(path: str, beside: Mapping[str, Set[str]]) -> str:
    """Why a file is not replayed, "" where it is; `beside`: the `stems` of all paths."""
    folder, name = split(path)
    stem = splitext(name)[0].lower()
    above = folder.rpartition("/")[2]
    if above.lower() in FOLDERS:
        return f"in the folder {above}"
    last = stem.rpartition(".")[2]
    if last in WORDS:
        return f"named {last}"
    if name[:1] == "U" and _FLYWAY_UNDO.match(name):
        return "an undo migration of Flyway"
    side = _SIDE.match(stem) if any(word in stem for word in WORDS) else None
    if side is None:
        return ""
    word = side["head"] or (side["tail"] if side["tail"] in WORDS else "")
    other = side["of"] or side["to"]
    if not word:
        return ""
    forward = {other, *(f"{other}_{f}" for f in FORWARD), *(f"{f}_{other}" for f in FORWARD)}
    is_beside = not forward.isdisjoint(beside.get(folder, ()))
    return f"the {word} of a file beside it" if is_beside else ""


def without_undo(text: str) -> str:
    """The script with its sections that take back made blank; lines and offsets stay."""
    lowered = text.lower()
    if not any(hint in lowered for hint in _HINTS) or not _MENTION.search(text):
        return text
    for section in _SECTIONS:
        text = _blanked(text, section)
    return text


def _blanked(text: str, section: re.Pattern[str]) -> str:
    kept: list[str] = []
    position, down = 0, False
    for mark in section.finditer(text):
        part = text[position : mark.start()]
        kept.append(_INK.sub(" ", part) if down else part)
        position, down = mark.start(), mark["down"] is not None
    rest = text[position:]
    kept.append(_INK.sub(" ", rest) if down else rest)
    return "".join(kept)
