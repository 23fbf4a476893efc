"""WITH (...), OPTIONS (...) and what follows a table's columns."""

from collections.abc import Iterator

from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread


def pairs(group: Cursor) -> Iterator[tuple[str, Cursor | None]]:
    """Name and value of each option in brackets; None where it has no value."""
    if group.done():
        return
    for item in group.items():
        name = item.identifier()
        while item.take_mark("."):
            name = f"{name}.{item.identifier()}"
        if item.done():
            yield name, None
            continue
        if not item.take_mark("="):
            raise Misread(f"the option {name}")
        yield name, item


def storage_options(group: Cursor) -> tuple[tuple[str, str], ...]:
    """WITH (fillfactor = 70): values as text, `true` where none is written."""
    return tuple((name, "true" if value is None else _plain(value)) for name, value in pairs(group))


def _plain(value: Cursor) -> str:
    token = value.peek()
    if token and token.kind == "string":
        text = value.string()
        value.finish()
        return text
    text = value.rest()
    return text.lower() if token and token.kind == "word" else text


def described(group: Cursor) -> tuple[str | None, tuple[tuple[str, str], ...]]:
    """BigQuery's OPTIONS: the description, and the others as written."""
    comment: str | None = None
    others = []
    for name, value in pairs(group):
        if name.lower() == "description" and value is not None:
            comment = value.string()
            value.finish()
        else:
            others.append((name.lower(), value.rest() if value else ""))
    return comment, tuple(others)


def description(group: Cursor) -> str | None:
    return described(group)[0]
