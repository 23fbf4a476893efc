"""Code blocks of a document, and which of them are schema."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from ctb_audit.lean import pattern
from ctb_audit.model import System
from ctb_audit.sources.ddl.operations import Script, SetSearchPath, StatementEffect
from ctb_audit.sources.ddl.replay.state import DEFAULT_SCHEMAS
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.document import Fence, FenceRole
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import Code, Section, Sections
from ctb_audit.sources.reference.wording import clean_title

if TYPE_CHECKING:
    from ctb_audit.sources.ddl.read import Parser

_LANGUAGES: dict[str, System | None] = {
    **dict.fromkeys(("sql", "ddl"), None),
    **dict.fromkeys(("pgsql", "postgres", "postgresql", "psql", "plpgsql"), "postgresql"),
    **dict.fromkeys(("bigquery", "googlesql"), "bigquery"),
    **dict.fromkeys(("mysql", "mariadb"), "mysql"),
    **dict.fromkeys(("sqlite", "sqlite3"), "sqlite"),
}
_STARTS_DDL = pattern(
    r"\A(?:\s++|--[^\n]*+\n)*+(?:CREATE\s|ALTER\s+TABLE\s|COMMENT\s+ON\s)", re.IGNORECASE
)
_ROLES: tuple[tuple[FenceRole, re.Pattern[str]], ...] = (
    ("schema", pattern(r"\b(?:schema definition|table definition|ddl)\b", re.IGNORECASE)),
    (
        "rollback",
        pattern(r"\b(?:roll(?:ing)?[\s-]?back|revert|undo|down|downgrade)\b", re.IGNORECASE),
    ),
    (
        "query",
        pattern(
            r"\b(?:quer(?:y|ies)|examples?|usage|samples?|seeds?|test data|checks? for)\b",
            re.IGNORECASE,
        ),
    ),
    ("migration", pattern(r"\bmigrat(?:ion|ions|e|ing)\b", re.IGNORECASE)),
)


def read_fences(sections: Sections, contexts: tuple[Context, ...], notes: Notes) -> Iterator[Fence]:
    """Every code block, in order."""
    for section, context in zip(sections.all, contexts, strict=True):
        for block in section.blocks:
            if isinstance(block, Code):
                fence = _fence(sections, section, context, block)
                if fence.role == "schema" and fence.system == "firestore":
                    notes.missed("SQL in a section of Firestore is not read", fence.line)
                yield fence


def _fence(sections: Sections, section: Section, context: Context, code: Code) -> Fence:
    system = _LANGUAGES.get(code.language) or context.system
    return Fence(
        language=code.language,
        text=code.text,
        line=code.line,
        role=_role(sections, section, context, code),
        system=system,
        schema=context.schema or "" if system == context.system else "",
        section=section.index,
        headings=sections.headings(section),
        label=code.label,
        margin=code.margin,
    )


def _role(sections: Sections, section: Section, context: Context, code: Code) -> FenceRole:
    """What decides, in this order: the language (none: the text starts with DDL), the words after
    it, the label above the block, then the chapters from its own up to the table's heading; outside
    of tables only the own heading. Words of rollback, queries and migrations are in `_ROLES`.
    """
    if code.language not in _LANGUAGES and (code.language or not _STARTS_DDL.match(code.text)):
        return "other"
    for text in (code.info, code.label):
        decided = _decide(text)
        if decided:
            return decided
    for part in (section, *sections.ancestors(section)):
        if part.index == context.owner or not part.level:
            break
        own = part.index == section.index
        if context.owner is None and not own:
            break
        decided = _decide(clean_title(part.title))
        if decided and (context.owner is not None or decided in ("rollback", "query")):
            return decided
    return "schema"


def _decide(text: str) -> FenceRole | None:
    return next((role for role, pattern in _ROLES if pattern.search(text)), None)


def schema_scripts(fences: tuple[Fence, ...], path: str, parser: "Parser") -> Iterator[Script]:
    """One script for each block that is schema, located in the document."""
    from ctb_audit.sources.ddl.read import read_script

    for fence in fences:
        if fence.role == "schema" and fence.system != "firestore":
            script = read_script(
                _indented(fence), path, fence.system, start_line=fence.line, parser=parser
            )
            yield _within_schema(script, fence.schema)


def _indented(fence: Fence) -> str:
    """The text as it stands in the document, so that columns need no correction."""
    if not fence.margin:
        return fence.text
    margin = " " * fence.margin
    return "".join(
        margin + line if line.strip() else line for line in fence.text.splitlines(keepends=True)
    )


def _within_schema(script: Script, schema: str) -> Script:
    """Unqualified names of a section that opens a schema stand in that schema."""
    if schema in ("", DEFAULT_SCHEMAS[script.system]) or not script.effects:
        return script
    effects = list(script.effects)
    effects[0] = _with(effects[0], before=SetSearchPath((schema, DEFAULT_SCHEMAS[script.system])))
    effects[-1] = _with(effects[-1], after=SetSearchPath(None))
    return replace(script, effects=tuple(effects))


def _with(
    effect: StatementEffect,
    *,
    before: SetSearchPath | None = None,
    after: SetSearchPath | None = None,
) -> StatementEffect:
    head = () if before is None else (before,)
    tail = () if after is None else (after,)
    return replace(effect, operations=(*head, *effect.operations, *tail))
