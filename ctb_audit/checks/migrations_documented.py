"""Migrations as documents name them: their names, their order, their files
(STANDARD section 7).
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ctb_audit.checks.documented import UNDOCUMENTED, Note, documents_of, notes_of
from ctb_audit.checks.registry import ProjectFinding, beside, check, project_check
from ctb_audit.lean import pattern
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

if TYPE_CHECKING:
    from ctb_audit.document_model import Document, SourceFile

_DATED = pattern(r"^\d{4}-\d{2}-\d{2}_[A-Za-z0-9][\w.-]*\.sql$")
_NUMBERED = pattern(r"^\d{3,}_[A-Za-z0-9][\w.-]*\.sql$")
_PATH = pattern(r"^[\w.$@+-]+(?:/[\w.$@+-]+)*\.\w{1,8}$|^\.?/?[\w.$@+-]+(?:/[\w.$@+-]*)+$")
MIGRATION_KINDS = ("migration", "creation")


def is_path(text: str) -> bool:
    """Whether a text names a file, and not a remark like "created by the runner"."""
    return _PATH.match(text) is not None


def base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _named(document: "Document") -> "dict[str, SourceFile]":
    """Every migration that the document names, by file name, in its order."""
    found: dict[str, SourceFile] = {}
    of_tables = (s for t in document.tables for s in t.sources if s.kind in MIGRATION_KINDS)
    for source in (*document.migrations, *of_tables):
        if is_path(source.path):
            found.setdefault(base_name(source.path), source)
    return found


@project_check
def badly_named_migration(project: Project) -> Iterator[ProjectFinding]:
    """Names of other schemes than a date or a number, then words."""
    for _, document in documents_of(project):
        for name, source in _named(document).items():
            if not (_DATED.match(name) or _NUMBERED.match(name)):
                told = f"{name} is named neither YYYY-MM-DD_description.sql nor NNN_description.sql"
                verdict = Fail(told, name, location=source.location)
                yield ProjectFinding(document.path, verdict, surface="reference")


@project_check
def ambiguous_migration_order(project: Project) -> Iterator[ProjectFinding]:
    """Dates and numbers side by side, or one number twice: the order is that of whole names."""
    for _, document in documents_of(project):
        named = _named(document)
        dated = [n for n in named if _DATED.match(n)]
        numbered = [n for n in named if _NUMBERED.match(n)]
        if dated and numbered:
            first = min(numbered)
            told = f"{first} sorts before {min(dated)}: numbers and dates are mixed"
            verdict = Fail(told, "mixed schemes", location=named[first].location)
            yield ProjectFinding(document.path, verdict, surface="reference")
        yield from _doubled(document, named, numbered)


def _doubled(
    document: "Document", named: "dict[str, SourceFile]", numbered: list[str]
) -> Iterator[ProjectFinding]:
    by_number: dict[str, list[str]] = {}
    for name in numbered:
        by_number.setdefault(name.partition("_")[0], []).append(name)
    for number, names in by_number.items():
        if len(names) > 1:
            told = f"{' and '.join(sorted(names))} have the same number"
            verdict = Fail(told, number, location=named[names[1]].location)
            yield ProjectFinding(document.path, verdict, surface="reference")


@check
def missing_source_file(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Schema, model and other files that the table's section names; migrations apart."""
    yield from _files(subject, project, migrations=False)


@check
def missing_migration(subject: Subject, project: Project) -> Iterator[Verdict]:
    """The migrations that the table's section names: there, and the ones that create it."""
    yield from _files(subject, project, migrations=True)


def _files(subject: Subject, project: Project, *, migrations: bool) -> Iterator[Verdict]:
    notes = notes_of(subject, project)
    judged = False
    for note in notes:
        known = project.existing.get(note.document.path)
        if known is None or (note.table.planned and migrations):
            continue
        wanted = _wanted(note, migrations=migrations)
        for path, source in wanted.items():
            judged = True
            if path in known:
                yield Pass(path)
            else:
                told = f"the document names {path}, and there is no such file"
                yield Fail(told, path, location=source.location)
    if not judged:
        reason = "no document inside a repository names a file of it" if notes else UNDOCUMENTED
        yield NotApplicable(reason)


def _wanted(note: Note, *, migrations: bool) -> "dict[str, SourceFile]":
    """Paths by name; of one file at several places the one with a folder."""
    found: dict[str, SourceFile] = {}
    for source in sorted(note.table.sources, key=lambda s: "/" not in s.path):
        asked = (source.kind in MIGRATION_KINDS) is migrations and is_path(source.path)
        if asked and base_name(source.path) not in map(base_name, found):
            found[source.path] = source
    return found


@beside(missing_migration)
def missing_listed_migration(project: Project) -> Iterator[ProjectFinding]:
    """Migrations of a document's list that no file holds."""
    for _, document in documents_of(project):
        known = project.existing.get(document.path)
        for source in document.migrations if known is not None else ():
            if known is not None and source.path not in known:
                told = f"the list of migrations names {source.path}, and there is no such file"
                verdict = Fail(told, source.path, location=source.location)
                yield ProjectFinding(document.path, verdict, surface="reference")
