"""Columns, indexes and keys as documents list them, against the DDL (STANDARD section 6)."""

from collections.abc import Iterator

from ctb_audit.checks.documented import UNDOCUMENTED, Note, notes_of
from ctb_audit.checks.documented_values import named_column
from ctb_audit.checks.expectation import base_type
from ctb_audit.checks.registry import check
from ctb_audit.document_model import ColumnNote, KeyNote
from ctb_audit.model import Column, Constraint, Location
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import accesses
from ctb_audit.semantics.types import bigquery_type, mysql_type, postgres_type, sqlite_family
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

_LOOSE = {"serial": "integer", "number": "decimal", "string": "text", "str": "text"}
_LOOSE |= {"int": "integer", "enum": "enum", "datetime": "timestamp", "array": "array"}
_ALIKE = (
    frozenset(("integer", "serial")),
    frozenset(("decimal", "integer", "float", "money", "number")),
    frozenset(("text", "enum", "domain")),
)


@check
def structure_mismatch(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Lists of columns, documented indexes, and rules for columns that the table lacks."""
    told: dict[str, Verdict] = {}
    for note in notes_of(subject, project):
        for verdict in _of_note(note, subject, project):
            known = told.get(verdict.requirement)
            if known is None or isinstance(known, Pass):
                told[verdict.requirement] = verdict
    yield from told.values()
    if not told:
        yield NotApplicable("no document lists the table's columns")


def _of_note(note: Note, subject: Subject, project: Project) -> Iterator[Verdict]:
    listed = note.table.columns
    if listed is not None:
        yield from _columns(listed, subject, project)
    if subject.system not in ("firestore", "bigquery"):
        known = {access.name for access in accesses(subject.table)}
        known |= {index.name for index in subject.table.indexes}
        for index in note.table.indexes:
            told = f"the document lists the index {index.text}, which does not exist"
            yield (
                Pass(index.text)
                if index.text.lower() in known
                else Fail(told, index.text, location=index.location)
            )
    for rule in note.table.rules:
        if rule.kind != "required" and named_column(rule.column, subject) is None:
            told = f"the document states a rule for {rule.column}, which is no column"
            yield Fail(told, rule.column, location=rule.location)


def _columns(
    listed: tuple[ColumnNote, ...], subject: Subject, project: Project
) -> Iterator[Verdict]:
    named = {c.name.lower() for c in listed}
    for written in listed:
        column = subject.table.column(written.name) or subject.table.column(written.name.lower())
        if column is None:
            told = f"the document lists the column {written.name}, which does not exist"
            yield Fail(told, written.name, location=written.location)
            continue
        fault = _fault(written, column, subject, project)
        yield (
            Fail(f"{column.name}: {fault}", column.name, location=written.location)
            if fault
            else Pass(column.name)
        )
    for column in subject.table.columns:
        if column.name.lower() not in named:
            told = f"the document's list of columns lacks {column.name}"
            yield Fail(told, column.name, location=listed[0].location)


def _fault(written: ColumnNote, column: Column, subject: Subject, project: Project) -> str:
    family = written_family(written.type, subject.system)
    actual = base_type(column, subject, project).family
    if family and actual != "unknown" and not alike(family, actual):
        return f"the document says {written.type}, it is {column.type}"
    if written.nullable is not None and written.nullable != column.nullable:
        return f"the document says {_null(written.nullable)}, it is {_null(column.nullable)}"
    return ""


def _null(nullable: bool) -> str:
    return "nullable" if nullable else "NOT NULL"


def written_family(text: str, system: str) -> str:
    """The family that a document's word for a type means, "" where it is not known."""
    word = text.lower().split("(")[0].strip().removesuffix("[]").strip()
    if system == "bigquery":
        found = bigquery_type(word)
        return found[1] if found else _LOOSE.get(word, "")
    if system == "mysql":
        return mysql_type(word) or _LOOSE.get(word, "")
    if system == "sqlite":
        return sqlite_family(word)
    known = postgres_type(word) or postgres_type(word.split()[0] if word else "")
    return known[1] if known else _LOOSE.get(word, "")


def alike(a: str, b: str) -> bool:
    """Whether a document may call one family by the other's name."""
    return a == b or any(a in group and b in group for group in _ALIKE)


@check
def dependency_mismatch(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Foreign keys as the document names them equal those of the table."""
    stated = [n for n in notes_of(subject, project) if n.table.foreign_keys is not None]
    if not stated:
        reason = (
            "the document names no foreign keys" if notes_of(subject, project) else UNDOCUMENTED
        )
        yield NotApplicable(reason)
        return
    keys = [c for c in subject.table.constraints if c.kind == "foreign key"]
    faults: dict[str, Location] = {}
    for note in stated:
        named = note.table.foreign_keys or ()
        for key in named:
            if not any(_is_key(key, constraint) for constraint in keys):
                told = f"{', '.join(key.columns)} refers to {key.target}"
                faults[f"the document says that {told}, and no foreign key does"] = key.location
        for constraint in keys:
            if not any(_is_key(key, constraint) for key in named):
                told = f"({', '.join(constraint.columns)}) to {constraint.target}"
                faults[f"the document does not name the foreign key {told}"] = note.table.location
    if faults:
        yield Fail("; ".join(faults), location=next(iter(faults.values())))
    else:
        yield Pass()


def _is_key(written: KeyNote, constraint: Constraint) -> bool:
    target = constraint.target
    if target is None or written.target.lower() not in (target.name, str(target)):
        return False
    return tuple(c.lower() for c in written.columns) == constraint.columns
