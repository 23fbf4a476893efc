"""The tables that a text names which no parser reads, as far as its words tell."""

import re

from ctb_audit.lean import pattern
from ctb_audit.model import Name
from ctb_audit.semantics.comments import without_comments

_PART = r'(?:"(?:[^"]|"")+"|`[^`]+`|\[[^\]]+\]|[A-Za-z_\x80-\U0010ffff][\w$]*)'
_MENTION = pattern(
    r"\b(?:TABLE|VIEW|ON|REFERENCES|INHERITS\s*\(|PARTITION\s+OF|INTO|UPDATE|TRIGGER\s+ON)\s+"
    r"(?:IF\s+(?:NOT\s+)?EXISTS\s+)?(?:ONLY\s+)?"
    rf"({_PART}(?:\s*\.\s*{_PART})?)(?![\w%.])",
    re.IGNORECASE,
)
_SPLIT = pattern(rf"{_PART}")
_NOT_NAMES = frozenset(
    (
        *("delete", "update", "conflict", "commit", "if", "only", "all", "constraint", "table"),
        *("column", "schema", "function", "type", "set", "select", "no", "not", "null"),
        *("true", "false", "tables", "sequence", "index", "view", "trigger", "policy", "in"),
    )
)


def mentioned_tables(text: str) -> tuple[Name, ...]:
    """Names behind TABLE, ON, REFERENCES and the like, once each; folded as PostgreSQL folds.

    A comment names none.
    """
    if "--" in text or "/*" in text:
        text = without_comments(text)
    found: dict[Name, None] = {}
    for match in _MENTION.finditer(text):
        parts = [_folded(part) for part in _SPLIT.findall(match[1])]
        if parts[-1] in _NOT_NAMES:
            continue
        found[Name(parts[0] if len(parts) > 1 else None, parts[-1])] = None
    return tuple(found)


def _folded(part: str) -> str:
    if part[0] == '"':
        return part[1:-1].replace('""', '"')
    return part[1:-1] if part[0] in "`[" else part.lower()
