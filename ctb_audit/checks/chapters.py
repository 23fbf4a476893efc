"""The chapters of a table's documentation (STANDARD section 6)."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ctb_audit.checks.documented import (
    UNDOCUMENTED,
    Note,
    is_placeholder,
    notes_of,
    notes_without_subject,
)
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.model import Catalog, Declaration, Name, System
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

if TYPE_CHECKING:
    from ctb_audit.document_model import Chapter, DocumentTable

CHAPTERS: "Mapping[Chapter, str]" = {
    "S": "Structure",
    "T": "Traceability",
    "A": "Authentication & authorization",
    "M": "Migration",
    "P": "Purpose",
    "E": "Enforcement",
    "D": "Dependencies",
}

_TRACES = (
    ("table id", ("barton id", "bart id", "table id", "barton")),
    ("creation date", ("created", "creation date", "created on", "date created", "created at")),
    (
        "last-modified date",
        ("last modified", "last modified date", "modified", "last updated", "updated"),
    ),
    ("author", ("author", "created by", "owner")),
)
_PURPOSE = ("purpose", "business purpose", "description")


@check
def undocumented_table(subject: Subject, project: Project) -> Iterator[Verdict]:
    """A table that no document describes, be it that lists name it."""
    from ctb_audit.checks.drifts import drift_of

    key = (subject.system, subject.name)
    if notes_of(subject, project):
        yield Pass()
    elif "orphan-table" in project.standard.rules and not drift_of(project).has("reference", key):
        yield NotApplicable("orphan-table judges a table that no document names")
    elif subject.surface == "reference":
        yield Fail("its SQL stands in the document, and no section describes it")
    else:
        yield Fail(UNDOCUMENTED)


@check
def missing_chapter(subject: Subject, project: Project, *, style: str) -> Iterator[Verdict]:
    """`style` "chapters": the seven of ctb-1.3; "entries": what ctb-1.0's own entries hold."""
    notes = notes_of(subject, project)
    if not notes:
        yield NotApplicable(UNDOCUMENTED)
        return
    for letter in CHAPTERS:
        faults = [_fault(letter, note, subject.declarations, style) for note in notes]
        if all(faults):
            yield Fail(faults[0], letter, location=notes[0].table.location)
        else:
            yield Pass(letter)


@beside(missing_chapter)
def missing_chapter_of_unread(project: Project, *, style: str) -> Iterator[ProjectFinding]:
    """Of tables and collections whose structure no source gives."""
    declared = {id(catalog): _declarations(catalog) for catalog in project.catalogs}
    for note in notes_without_subject(project):
        known = declared[id(note.catalog)]
        given = tuple(known.get((note.table.system, note.table.name), ()))
        for letter in CHAPTERS:
            fault = _fault(letter, note, given, style)
            if fault:
                verdict = Fail(fault, letter, location=note.table.location)
                name = str(note.table.name)
                yield ProjectFinding(name, verdict, note.table.system, "reference")


def _declarations(catalog: Catalog) -> dict[tuple[System, Name], list[Declaration]]:
    found: dict[tuple[System, Name], list[Declaration]] = {}
    for each in catalog.declared:
        found.setdefault((each.system, each.table), []).append(each.declaration)
    return found


def _fault(letter: str, note: Note, given: tuple[Declaration, ...], style: str) -> str:
    """What of the chapter is missing, "" for nothing."""
    lacking = _entry(letter, note.table, given) if style == "entries" else _chapter(letter, note)
    if not lacking:
        return ""
    title = CHAPTERS[letter]  # type: ignore[index]  # a letter of CHAPTERS
    return f"{title}: {lacking}"


def _entry(letter: str, table: "DocumentTable", given: tuple[Declaration, ...]) -> str:
    """As ctb-1.0's entries: id, purpose, level, files, processes, structure."""
    match letter:
        case "S":
            return "" if table.defined else "no schema definition"
        case "T":
            identified = any(d.table_id for d in given)
            missing = [] if identified else ["no table id"]
            return ", ".join(missing + ([] if table.sources else ["no source files"]))
        case "P":
            return _purpose(table, given)
        case "E":
            stated = any(d.level for d in given) or table.rules
            return "" if stated else "neither a level nor validation rules"
        case "D":
            exempt = table.stamped is False
            return "" if table.processes or exempt else "no linked process"
    return ""


def _chapter(letter: str, note: Note) -> str:
    """As ctb-1.3's chapters."""
    table = note.table
    chapter = table.chapter(letter)
    if letter == "S" and table.defined:
        return ""
    if letter == "A" and {a.kind for a in table.access} >= {"read", "write", "delete"}:
        return ""
    if chapter is None:
        return "there is no such chapter"
    if chapter.empty:
        return "the chapter is empty"
    return _content(letter, table)


def _content(letter: str, table: "DocumentTable") -> str:
    match letter:
        case "S":
            return "no columns and types"
        case "T":
            missing = [what for what, keys in _TRACES if table.fact(*keys) is None]
            if not any(s.kind == "migration" for s in table.sources):
                missing.append("migration file")
            return f"no {', no '.join(missing)}" if missing else ""
        case "A":
            kinds = {a.kind for a in table.access}
            missing = [k for k in ("read", "write", "delete") if k not in kinds]
            return f"no access named for {', '.join(missing)}"
        case "P":
            return _purpose(table, ())
    return ""


def _purpose(table: "DocumentTable", given: tuple[Declaration, ...]) -> str:
    fact = table.fact(*_PURPOSE)
    purposes = [fact.value] if fact else [d.purpose for d in given if d.purpose]
    if not purposes:
        return "" if (chapter := table.chapter("P")) and not chapter.empty else "no purpose"
    told = purposes[0]
    return f"the purpose {told!r} is a placeholder" if is_placeholder(told, table.name.name) else ""


@check
def missing_rollback(subject: Subject, project: Project) -> Iterator[Verdict]:
    """A way back in the documentation of the table's migration."""
    notes = [n for n in notes_of(subject, project) if n.table.chapter("M")]
    if not notes:
        yield NotApplicable("the documentation has no chapter about its migration")
    elif any(n.table.rollback for n in notes):
        yield Pass()
    else:
        place = notes[0].table.chapter("M")
        yield Fail("no rollback is given", location=place.location if place else None)


@check
def placeholder_comment(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Comments in the database, and purposes in documents, that say nothing."""
    yield _comment(subject.table.comment, subject.name.name, "")
    for column in subject.table.columns:
        if column.comment:
            yield _comment(column.comment, column.name, column.name)


def _comment(text: str | None, name: str, requirement: str) -> Verdict:
    if not text:
        return NotApplicable("there is no comment", requirement)
    if is_placeholder(text, name):
        return Fail(f"the comment {text.strip()!r} is a placeholder", requirement or "table")
    return Pass(requirement or "table")
