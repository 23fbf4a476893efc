"""Reads one SQL text into a Script: split, annotate, and dispatch each statement to a parser.

`read_script` is a pure function of its arguments, so that its result can be cached by them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from typing import Literal

from ctb_audit.errors import UsageError
from ctb_audit.lean import pattern
from ctb_audit.model import Location, Name, Problem, ProblemKind, System
from ctb_audit.sources.ddl.annotations import Annotations, above, misplaced, misplacement
from ctb_audit.sources.ddl.lexis import lexis
from ctb_audit.sources.ddl.operations import (
    Mistake,
    NotUnderstood,
    Operation,
    Script,
    StatementEffect,
)
from ctb_audit.sources.ddl.psql import Session, variable_used
from ctb_audit.sources.ddl.relevance import is_irrelevant, maker_called
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement

Parser = Literal["auto", "pgparse", "sqlglot"]
Reader = Callable[[Statement, str], StatementEffect]

EXCERPT = 120
_MENTION = pattern(r"ctb[ \t]*:")
_TEMPLATE = pattern(r"\{\{|\{%|<%|\$\{\w+\}")


def read_script(
    text: str,
    path: str,
    system: System,
    *,
    start_line: int = 1,
    parser: Parser = "auto",
) -> Script:
    """The effects of a script in order; `start_line` is where `text` begins in `path`.

    Raises UsageError where `parser` is `pgparse` and that is not installed. Nothing that the text
    holds raises: what cannot be read is a not understood effect or a mistake.
    """
    return Reading(text, path, system, reader_of(system, parser)).read(start_line)


@cache
def reader_of(system: System, parser: Parser) -> Reader:
    installed = find_spec("pgparse") is not None
    if parser == "pgparse" and not installed:
        raise UsageError(
            "--parser", "pgparse has no wheel for this machine", "leave it out or use sqlglot"
        )
    if system == "postgresql" and parser != "sqlglot" and installed:
        from ctb_audit.sources.ddl.parse_postgres import read_statement

        return read_statement
    from ctb_audit.sources.ddl.parse_sqlglot import read_statement as read_foreign

    return lambda statement, path: read_foreign(statement, path, system)


class Reading:
    """One script being read: what its earlier lines mean for its later ones. `annotated`: some
    comment may concern the audit, so that its place among the statements counts.
    """

    def __init__(self, text: str, path: str, system: System, reader: Reader) -> None:
        self._text = text
        self._path = path
        self._system: System = system
        self._reader = reader
        self._session = Session()
        self.annotated = _MENTION.search(text.lower()) is not None
        self._mistakes: list[Mistake] = []

    def read(self, start_line: int) -> Script:
        statements = split(self._text, start_line=start_line, dialect=self._system)
        effects = tuple(self.effects(statements, start_line))
        return Script(self._path, self._system, effects, tuple(self._mistakes))

    def effects(
        self, statements: Iterable[Statement], start_line: int = 1
    ) -> Iterator[StatementEffect]:
        """Those of the script's statements; of an annotated script, all that it has."""
        end, waiting = 0, Annotations()
        for statement in statements:
            if self.annotated:
                waiting += self._annotations(statement, end, start_line)
            end = statement.offset + len(statement.text)
            effect = self._effect(statement)
            if effect is None:
                continue
            if waiting.declarations or waiting.waivers:
                effect = replace(effect, declarations=waiting.declarations, waivers=waiting.waivers)
                waiting = Annotations()
            yield effect
            if self._session.quit:
                return
        if self.annotated:
            self._misplaced(self._text[end:], end, start_line)
            places = [d.location for d in waiting.declarations]
            places += [w.location for w in waiting.waivers]
            self._mistakes.extend(misplacement(p) for p in places if p is not None)

    def _effect(self, statement: Statement) -> StatementEffect | None:
        """What the statement does; None for what is no statement of the server's."""
        if statement.kind == "data":
            return self._lost(statement, "no \\. ends this data") if statement.unclosed else None
        if statement.kind == "psql":
            return self._line(statement)
        if self._session.runs is False:
            return None
        if is_irrelevant(statement, self._system):
            made = maker_called(statement)
            if made is not None:
                return self._lost(statement, f"what {made[0]} makes is not read", made[1])
            return self._made(statement, (), "irrelevant")
        return self._parsed(statement)

    def _parsed(self, statement: Statement) -> StatementEffect:
        text = self._session.substituted(statement.text)
        if text != statement.text:
            statement = replace(statement, text=text)
        effect = self._excused(statement, self._reader(statement, self._path))
        if self._session.runs is None and effect.verdict == "understood":
            return self._lost(
                statement, "inside an \\if whose condition is not known here", named(effect)
            )
        return effect

    def _line(self, statement: Statement) -> StatementEffect | None:
        if self._system != "postgresql":
            return None
        operations, reason = self._session.line(statement.text)
        if reason:
            return self._lost(statement, reason)
        if not operations:
            return None
        if self._session.runs is None:
            return self._lost(statement, "inside an \\if whose condition is not known here")
        return self._made(statement, operations, "understood")

    def _excused(self, statement: Statement, effect: StatementEffect) -> StatementEffect:
        """A rejected statement that is a template, or uses a psql variable, is not invalid."""
        problem = _rejection(effect)
        if problem is None:
            return effect
        if _TEMPLATE.search(statement.text):
            reason = "a template with placeholders; audit what it renders to"
        elif self._system == "postgresql" and (name := variable_used(statement)):
            reason = f"the psql variable {name} has no value here"
        else:
            return effect
        return self._lost(statement, reason, problem.objects)

    def _made(
        self,
        statement: Statement,
        operations: tuple[Operation, ...],
        verdict: Literal["understood", "irrelevant"],
    ) -> StatementEffect:
        place = Location(self._path, statement.line, statement.column)
        return StatementEffect(operations, verdict, place, statement.text[:EXCERPT])

    def _lost(
        self, statement: Statement, reason: str, objects: tuple[Name, ...] = ()
    ) -> StatementEffect:
        kind: ProblemKind = "not-understood"
        place = Location(self._path, statement.line, statement.column)
        excerpt = statement.text[:EXCERPT]
        problem = Problem(kind, reason, objects, excerpt, place)
        return StatementEffect((NotUnderstood(problem),), "not understood", place, excerpt)

    def _annotations(self, statement: Statement, end: int, start_line: int) -> Annotations:
        """Those above the statement; those that stand elsewhere are mistakes."""
        gap = self._text[end : statement.offset - len(statement.comments)]
        self._misplaced(gap, end, start_line)
        if statement.kind == "sql" and _MENTION.search(statement.text.lower()):
            self._misplaced(statement.text, statement.offset, start_line)
        found = above(statement, self._path)
        self._mistakes.extend(found.mistakes)
        return found

    def _misplaced(self, part: str, offset: int, start_line: int) -> None:
        if not _MENTION.search(part.lower()):
            return
        for at in misplaced(part, lexis(self._system)):
            line = start_line + self._text.count("\n", 0, offset + at)
            column = offset + at - self._text.rfind("\n", 0, offset + at)
            self._mistakes.append(misplacement(Location(self._path, line, column)))


def _rejection(effect: StatementEffect) -> Problem | None:
    for operation in effect.operations:
        if isinstance(operation, NotUnderstood) and operation.problem.kind in (
            "invalid-sql",
            "foreign-dialect-sql",
        ):
            return operation.problem
    return None


def named(effect: StatementEffect) -> tuple[Name, ...]:
    """The relations that the operations of an effect name."""
    found: dict[Name, None] = {}
    for operation in effect.operations:
        for attribute in ("name", "table"):
            value = getattr(operation, attribute, None)
            if isinstance(value, Name):
                found[value] = None
        for target in (*getattr(operation, "targets", ()), getattr(operation, "target", None)):
            if target is not None:
                found[target.name] = None
    return tuple(found)
