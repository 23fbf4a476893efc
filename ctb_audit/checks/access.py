"""Access, retention and processes as a table's documentation states them."""

import re
from collections.abc import Iterator

from ctb_audit.checks.documented import notes_of, notes_without_subject
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.document_model import Access, DocumentTable, Process
from ctb_audit.lean import pattern
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.formats import fits
from ctb_audit.standard import Standard
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

_EVERYBODY = pattern(r"\b(?:all|any|every)\b[\w ]*\b(?:users?|roles?|one|body)\b|\bpublic\b", re.I)
_ENABLED = pattern(r"^(?:enabled|yes|on|required|active|enforced)\b", re.I)
_NONE = pattern(r"^(?:none|no|off|disabled|not)\b", re.I)


@check
def contradictory_access(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Readers named and everybody let in, or row-level security that the table does not have."""
    stated = [n.table for n in notes_of(subject, project) if n.table.access]
    if not stated:
        yield NotApplicable("no document says who may read or write the table")
    for table in stated:
        fault = _fault(table, subject)
        yield Fail(fault[0], location=fault[1].location) if fault else Pass()


def _fault(table: DocumentTable, subject: Subject) -> tuple[str, Access] | None:
    by_kind = {a.kind: a for a in reversed(table.access)}
    security, read = by_kind.get("row-level security"), by_kind.get("read")
    if security is None:
        return None
    opened = _EVERYBODY.search(security.text)
    if read and opened and not _EVERYBODY.search(read.text):
        told = f"row-level security is {security.text!r}, and read access is for {read.text!r}"
        return told, security
    actual = subject.table.row_level_security
    if actual is False and _ENABLED.match(security.text):
        return f"row-level security is {security.text!r}, and the table has none", security
    if actual is True and _NONE.match(security.text):
        return f"row-level security is {security.text!r}, and the table has it", security
    return None


@check
def conflicting_retention(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Rows may be deleted before the time that they are to be kept has passed."""
    stated = [n.table for n in notes_of(subject, project) if n.table.retention]
    if not stated:
        yield NotApplicable("no document states how long rows are kept")
    for table in stated:
        deleted = [r for r in table.retention if r.text == "delete"]
        kept = [r for r in table.retention if r.text != "delete"]
        longest = max(kept, key=lambda r: r.days, default=None)
        early = [r for r in deleted if longest is not None and r.days < longest.days]
        if early and longest is not None:
            what = f" for {longest.text}" if longest.text else ""
            told = f"rows may be deleted after {early[0].days} days and are kept {longest.days}"
            place = f"(line {longest.location.line})"
            yield Fail(f"{told} days{what} {place}", location=early[0].location)
        else:
            yield Pass()


@check
def invalid_process_code(subject: Subject, project: Project) -> Iterator[Verdict]:
    processes = [p for n in notes_of(subject, project) for p in n.table.processes]
    if not processes:
        yield NotApplicable("no document links a process to the table")
        return
    fault = _code_fault(processes, project.standard)
    yield fault or Pass()


@beside(invalid_process_code)
def invalid_process_code_of_unread(project: Project) -> Iterator[ProjectFinding]:
    """Of tables and collections whose structure no source gives."""
    for note in notes_without_subject(project):
        fault = _code_fault(list(note.table.processes), project.standard)
        if fault:
            yield ProjectFinding(str(note.table.name), fault, note.table.system, "reference")


def _code_fault(processes: list[Process], standard: Standard) -> Fail | None:
    pattern = standard.formats.get("process_code", "")
    wrong = [p for p in processes if pattern and not fits(pattern, p.code)]
    if not wrong:
        return None
    codes = ", ".join(dict.fromkeys(p.code for p in wrong))
    return Fail(f"{codes} does not match {pattern}", location=wrong[0].location)
