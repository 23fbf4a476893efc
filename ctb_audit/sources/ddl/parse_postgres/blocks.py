"""DO: the effects of the statements in a block, as one effect."""

import re
from collections.abc import Callable

from ctb_audit.lean import pattern
from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.do_blocks import (
    DDL,
    Embedded,
    embedded,
    language,
    within,
)
from ctb_audit.sources.ddl.parse_postgres.literals import constant, is_literal, read_literal
from ctb_audit.sources.ddl.parse_postgres.mentions import mentioned_tables
from ctb_audit.sources.ddl.parse_postgres.problems import not_understood
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement

Read = Callable[[Statement, str], StatementEffect]
_LANGUAGE = "plpgsql"
_SCHEMAS = pattern(r"search_path|schema|\ball\b", re.IGNORECASE)


def do_block(node: Node, source: Source, read: Read) -> tuple[tuple[Operation, ...] | None, bool]:
    """The operations of a DO block, None where it holds no DDL; whether any is guarded."""
    name = language(node)
    if name != _LANGUAGE:
        tables = mentioned_tables(source.statement.text)
        return (not_understood(source, f"a DO block in the language {name}", tables),), False
    operations: list[Operation] = []
    guarded = False
    for found in embedded(node, source):
        inner = _dynamic(found, source) if found.dynamic else [found.statement]
        for statement in inner:
            if isinstance(statement, NotUnderstood):
                operations.append(statement)
                continue
            effect = read(statement, source.path)
            operations.extend(effect.operations)
            guarded = guarded or (found.guarded and bool(effect.operations))
    return tuple(operations) or None, guarded


def _dynamic(found: Embedded, source: Source) -> list[Statement | NotUnderstood]:
    """The statements of an EXECUTE whose text is known; otherwise why it is not."""
    outer = Source(found.statement, source.path)
    tokens = tuple(outer.tokens())[1:]
    text = constant(tokens)
    if text is not None:
        inner = within(outer, text).statement
        if ";" not in inner.text.rstrip().rstrip(";"):
            return [_trimmed(inner)]
        parts = split(inner.text, start_line=inner.line, dialect="postgresql")
        return [part for part in parts if part.kind == "sql"]
    literals = [outer.real(read_literal(token).value) for token in tokens if is_literal(token)]
    known = " ".join(literals)
    if _is_harmless(known):
        return []
    tables = mentioned_tables(known)
    return [not_understood(outer, "dynamic DDL: EXECUTE builds its text at run time", tables)]


def _is_harmless(known: str) -> bool:
    """Whether a text that starts like this leaves every schema as it is."""
    words = known.split(None, 1)
    if not words or not words[0].isalpha():
        return False
    first = words[0].upper()
    return first not in DDL or (first in ("SET", "RESET") and not _SCHEMAS.search(known))


def _trimmed(statement: Statement) -> Statement:
    """The statement without space before it and the semicolon after it."""
    text = statement.text
    start = len(text) - len(text.lstrip())
    place = statement.locate("", start)
    return Statement(text.strip().rstrip(";"), 0, place.line, place.column)
