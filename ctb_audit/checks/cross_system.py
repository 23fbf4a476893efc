"""The same field with other types in two systems (STANDARD section 8)."""

from collections.abc import Iterator, Mapping

from ctb_audit.checks.expectation import base_type
from ctb_audit.checks.registry import check
from ctb_audit.model import Column, System, Type
from ctb_audit.project import Project, Subject
from ctb_audit.semantics import folded, words_of
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

_ALIKE = (
    frozenset({"integer", "decimal", "float", "number", "serial", "money"}),
    frozenset({"text", "uuid", "enum", "xml", "network"}),
    frozenset({"timestamp", "date"}),
    frozenset({"json", "struct", "composite"}),
)
_ORDER: tuple[System, ...] = ("postgresql", "mysql", "sqlite", "bigquery")
_OPEN = frozenset({"unknown", "any", "domain", "pseudo"})


@check
def cross_system_type(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Judged on the table of the later system: fields of a table of the same name, and keys
    (`userId`) of a table that another system holds (`users`).
    """
    compared = False
    if not _by_words(project):
        yield NotApplicable("there is one system")
        return
    for column in subject.table.columns:
        for other, field in _counterparts(column, subject, project):
            compared = True
            yield _verdict(column, subject, field, other, project)
            break
    if not compared:
        yield NotApplicable("no other system has a field of the same meaning")


def _counterparts(
    column: Column, subject: Subject, project: Project
) -> Iterator[tuple[Subject, Column]]:
    """The fields of the systems before the subject's that mean the same."""
    name = folded(column.name)
    wanted = [(words_of(subject.name.name), name)]
    if name.endswith("_id"):
        wanted.append((words_of(name.removesuffix("_id")), "id"))
    for words, field in wanted:
        for other in _named(words, project):
            if _rank(other.system) >= _rank(subject.system):
                continue
            found = next((c for c in other.table.columns if folded(c.name) == field), None)
            if found is not None:
                yield other, found


def _rank(system: System) -> int:
    return _ORDER.index(system) if system in _ORDER else len(_ORDER)


def _named(words: tuple[str, ...], project: Project) -> tuple[Subject, ...]:
    """The tables of a name in every system and schema; none where there is one system."""
    return _by_words(project).get(words, ())


def _by_words(project: Project) -> Mapping[tuple[str, ...], tuple[Subject, ...]]:
    """The tables of every system by the words of their names; {} where there is one system."""
    key = "tables by words"
    if key not in project.memo:
        found: dict[tuple[str, ...], tuple[Subject, ...]] = {}
        if len({s.system for s in project.subjects}) > 1:
            for subject in project.subjects:
                own = words_of(subject.name.name)
                found[own] = (*found.get(own, ()), subject)
        project.memo[key] = found
    by_words: dict[tuple[str, ...], tuple[Subject, ...]] = project.memo[key]
    return by_words


def _verdict(
    column: Column, subject: Subject, field: Column, other: Subject, project: Project
) -> Verdict:
    mine, theirs = base_type(column, subject, project), base_type(field, other, project)
    if mine.family in _OPEN or theirs.family in _OPEN or _kind(mine) == _kind(theirs):
        return Pass(column.name)
    shown = f"{other.name}.{field.name} of {other.system}"
    return Fail(f"{column.name} is {column.type}, {shown} is {field.type}", column.name)


def _kind(type_: Type) -> tuple[bool, frozenset[str]]:
    """Whether it is a list, and the families that mean the same."""
    families = next((f for f in _ALIKE if type_.family in f), frozenset({type_.family}))
    return bool(type_.dimensions), families
