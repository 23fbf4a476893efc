"""How the references write fields, labels and names inside a line."""

import re
from typing import NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.model import System

# **Key**: value, **Key:** value, __Key__: value
_FIELD = pattern(
    r"^(?P<mark>\*\*|__)(?P<key>[^*_:\n][^*:\n]{0,60}?)\s*(?P<in>:?)(?P=mark)\s*(?P<out>[::]?)\s*(?P<value>.*)$"
)
_PLAIN = pattern(r"^(?P<key>[A-Za-z][\w /-]{0,40}?)\s*:(?:\s+(?P<value>.*))?$")
_REMARK = pattern(r"^(?P<value>.*?)\s*[(\[](?P<remark>[^()\[\]]*)[)\]]\s*$")
_LINK = pattern(r"\[([^\[\]]*)\]\([^()\s]*\)")
_DECORATION = pattern(r"^[^\w`\"*~\[(]+")
_NUMBER = pattern(r"^(?:\d+(?:\.\d+)*[.)]|\d+(?:\.\d+)+)\s+")
_ANCHOR = pattern(r"\s*\{#[^}]*\}\s*$")

LONGEST = 1000
"""Characters of a line that patterns with several repetitions still look at."""

_PART = r'(?:"[^"\s]+"|[A-Za-z_][\w$-]*)'
IDENTIFIER = rf"{_PART}(?:\.{_PART}){{0,2}}"
COLLECTION = r"[A-Za-z_][\w$-]*(?:/[\w${}-]+)*"

_SYSTEMS: tuple[tuple[System, re.Pattern[str]], ...] = (
    ("firestore", pattern(r"\b(?:firestore|firebase)\b", re.IGNORECASE)),
    ("bigquery", pattern(r"\b(?:big\s?query|bq)\b", re.IGNORECASE)),
    ("postgresql", pattern(r"\b(?:postgres(?:ql)?|neon|supabase)\b", re.IGNORECASE)),
    ("sqlite", pattern(r"\b(?:sqlite|d1|libsql|turso)\b", re.IGNORECASE)),
    ("mysql", pattern(r"\b(?:mysql|mariadb)\b", re.IGNORECASE)),
)


class Field(NamedTuple):
    """A `**Key**: value` of a document. `key` is lower case with single spaces; `value` is
    without markup and without its final `(remark)`.
    """

    key: str
    value: str
    remark: str = ""
    line: int = 0
    column: int = 0


def plain(text: str) -> str:
    """Text without links, bold marks and code marks."""
    return _LINK.sub(r"\1", text).replace("`", "").replace("**", "").strip()


def split_remark(text: str) -> tuple[str, str]:
    """("No", "system table") of "No (system table)"."""
    found = _REMARK.match(text) if len(text) <= LONGEST else None
    return (found["value"].strip(), found["remark"].strip()) if found else (text.strip(), "")


def key_of(text: str) -> str:
    """A key in one spelling: "STAMPED-Compliant" and "Stamped compliant" are one."""
    return re.sub(r"[\s_-]+", " ", text).strip().lower()


def field_of(text: str, *, unmarked: bool = False) -> Field | None:
    """The field that a line states; with `unmarked` also `Key: value` without bold."""
    found = _FIELD.match(text)
    unmarked = unmarked and len(text) <= LONGEST
    if found and (found["in"] or found["out"]) and found["value"]:
        return _field(found["key"], found["value"])
    bare = _PLAIN.match(text) if unmarked else None
    if bare and bare["value"]:
        return _field(bare["key"], bare["value"])
    return None


def _field(key: str, value: str) -> Field:
    text, remark = split_remark(plain(value))
    return Field(key_of(key), text, remark)


def label_of(text: str) -> str:
    """The label of a line that says nothing else: `**Rollback**:`, `**Rollback:**`, `Rollback:`."""
    found = _FIELD.match(text)
    if found:
        return "" if found["value"] else plain(found["key"])
    bold = re.fullmatch(r"\*\*([^*]+)\*\*", text)
    if bold:
        return bold[1].strip().rstrip(":")
    return plain(text)[:-1].strip() if text.endswith(":") and len(text) <= 120 else ""


def clean_title(title: str) -> str:
    """A heading without its ornaments, number, links, anchor and bold marks; code marks stay."""
    text = (
        _ANCHOR.sub("", _LINK.sub(r"\1", " ".join(title.split())))
        .replace("**", "")
        .replace("~~", "")
    )
    text = _DECORATION.sub("", text.strip())
    return _DECORATION.sub("", _NUMBER.sub("", text)).strip().rstrip(":").strip()


def system_of(text: str) -> System | None:
    """The system that a text names; None for none or for several."""
    named = {system for system, pattern in _SYSTEMS if pattern.search(text)}
    return named.pop() if len(named) == 1 else None
