"""Renaming a relation inside a query's text."""

from ctb_audit.model import Name
from ctb_audit.semantics.quoting import identifier
from ctb_audit.sources.ddl.replay.expressions import Token, tokens

_BEFORE_RELATION = frozenset(["from", "join", "only", "update", "into", "table"])


def rename_relation(text: str, old: Name, new: Name) -> str:
    """`old` replaced where it is a relation or qualifies a column; a schema is written out
    only where the text had one or the relation moved to another schema.
    """
    found = tokens(text)
    pieces: list[tuple[int, int, str]] = []
    for at, token in enumerate(found):
        if token.identifier != old.name:
            continue
        if _is_relation(found, at, old):
            pieces.append(_relation_piece(found, at, old, new))
        elif _qualifies(found, at, old):
            pieces.append(_qualifier_piece(found, at, new))
    for start, end, put in reversed(pieces):
        text = text[:start] + put + text[end:]
    return text


def _schema_at(found: list[Token], at: int) -> str | None:
    if at >= 2 and found[at - 1].text == ".":
        return found[at - 2].identifier
    return None


def _is_relation(found: list[Token], at: int, old: Name) -> bool:
    schema = _schema_at(found, at)
    first = at
    if schema is not None:
        if schema != old.schema:
            return False
        first = at - 2
    if at + 1 < len(found) and found[at + 1].text in (".", "("):
        return False
    before = found[first - 1].text.lower() if first else ""
    return before in _BEFORE_RELATION or (before in (",", "(") and _in_from(found, first))


def _in_from(found: list[Token], at: int) -> bool:
    """The comma or bracket stands in a FROM list: FROM comes before any other clause word."""
    depth = 0
    for token in reversed(found[:at]):
        word = token.text.lower()
        depth += {")": 1, "(": -1}.get(word, 0)
        if depth > 0:
            continue
        if word == "from":
            return True
        if word in ("select", "where", "by", "having", "on", "using"):
            return False
    return False


def _relation_piece(found: list[Token], at: int, old: Name, new: Name) -> tuple[int, int, str]:
    token = found[at]
    end = token.start + len(token.text)
    if _schema_at(found, at) is not None:
        return (found[at - 2].start, end, f"{identifier(new.schema or '')}.{identifier(new.name)}")
    if old.schema != new.schema:
        return (token.start, end, f"{identifier(new.schema or '')}.{identifier(new.name)}")
    return (token.start, end, identifier(new.name))


def _qualifier_piece(found: list[Token], at: int, new: Name) -> tuple[int, int, str]:
    token = found[at]
    end = token.start + len(token.text)
    if _schema_at(found, at) is not None:
        return (found[at - 2].start, end, f"{identifier(new.schema or '')}.{identifier(new.name)}")
    return (token.start, end, identifier(new.name))


def _qualifies(found: list[Token], at: int, old: Name) -> bool:
    """`old.column`, with or without a schema before it."""
    after = found[at + 1].text if at + 1 < len(found) else ""
    if after != ".":
        return False
    before = found[at - 1].text if at else ""
    return before != "." or _schema_at(found, at) == old.schema
