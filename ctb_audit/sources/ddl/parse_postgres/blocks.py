"""DO: the effects of the statements in a block, as one effect."""

import re
from collections.abc import Callable, Iterator

from ctb_audit.lean import dataclass, pattern
from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres.do_blocks import (
    DDL,
    block_body,
    language,
    steps_of,
    within,
)
from ctb_audit.sources.ddl.parse_postgres.literals import constant, is_literal, read_literal
from ctb_audit.sources.ddl.parse_postgres.mentions import mentioned_tables
from ctb_audit.sources.ddl.parse_postgres.problems import not_understood
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.steps import Execute, Query, Sql, Step
from ctb_audit.sources.ddl.parse_postgres.steps import within as inner_steps
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement

Read = Callable[[Statement, str], StatementEffect]
_LANGUAGE = "plpgsql"
_SCHEMAS = pattern(r"search_path|schema|\ball\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Done:
    """What a DO block does as far as its text tells: `operations` None where it holds no DDL.

    `block` is its body where a catalog can tell more: which branches run, what EXECUTE is given.
    """

    operations: tuple[Operation, ...] | None
    guarded: bool = False
    block: Statement | None = None


def do_block(node: Node, source: Source, read: Read) -> Done:
    """A DO block's statements, those of all branches, each of them once."""
    name = language(node)
    if name != _LANGUAGE:
        tables = mentioned_tables(source.statement.text)
        return Done((not_understood(source, f"a DO block in the language {name}", tables),))
    body = block_body(node, source)
    operations: list[Operation] = []
    guarded = False
    steps = steps_of(body)
    for statement, depends in flat(steps, source.path):
        if isinstance(statement, NotUnderstood):
            operations.append(statement)
            continue
        effect = read(statement, source.path)
        operations.extend(effect.operations)
        guarded = guarded or (depends and bool(effect.operations))
    plain = not operations or all(isinstance(step, Sql) for step in steps)
    return Done(tuple(operations) or None, guarded, None if plain else body.statement)


def flat(
    steps: tuple[Step, ...], path: str, depends: bool = False, inner: bool = True
) -> Iterator[tuple[Statement | NotUnderstood, bool]]:
    """Every statement that may change a schema, and whether it runs depends on something.

    `inner`: those of the steps that stand in a step too.
    """
    for step in steps:
        match step:
            case Sql(statement):
                yield statement, depends
            case Execute(statement):
                yield from ((one, depends) for one in _dynamic(statement, path))
            case Query(statement) if "search_path" in statement.text:
                yield statement, depends
        for found in inner_steps(step) if inner else ():
            yield from flat(found, path, True)


def _dynamic(statement: Statement, path: str) -> list[Statement | NotUnderstood]:
    """The statements of an EXECUTE whose text is known; otherwise why it is not."""
    outer = Source(statement, path)
    tokens = tuple(outer.tokens())[1:]
    text = constant(tokens)
    if text is not None:
        return [*spelled_out(within(outer, text).statement)]
    literals = [outer.real(read_literal(token).value) for token in tokens if is_literal(token)]
    known = " ".join(literals)
    if is_harmless(known):
        return []
    tables = mentioned_tables(known)
    return [not_understood(outer, "dynamic DDL: EXECUTE builds its text at run time", tables)]


def spelled_out(inner: Statement) -> list[Statement]:
    """The statements of a text that EXECUTE is given."""
    if ";" not in inner.text.rstrip().rstrip(";"):
        return [_trimmed(inner)]
    parts = split(inner.text, start_line=inner.line, dialect="postgresql")
    return [part for part in parts if part.kind == "sql"]


def is_harmless(known: str) -> bool:
    """Whether a text that starts like this leaves every schema as it is."""
    words = known.split(None, 1)
    if not words or not words[0].isalpha():
        return False
    first = words[0].upper()
    if first == "DO" or ";" in known.rstrip().rstrip(";"):
        return False
    return first not in DDL or (first in ("SET", "RESET") and not _SCHEMAS.search(known))


def _trimmed(statement: Statement) -> Statement:
    """The statement without space before it and the semicolon after it."""
    text = statement.text
    start = len(text) - len(text.lstrip())
    place = statement.locate("", start)
    return Statement(text.strip().rstrip(";"), 0, place.line, place.column)
