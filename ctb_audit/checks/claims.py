"""Figures and statements of a document that its own content refutes (STANDARD section 6)."""

from collections.abc import Iterator

from ctb_audit.checks.documented import Note, documents_of, notes_of
from ctb_audit.checks.expectation import column_name, expects
from ctb_audit.checks.figures import figure_fault
from ctb_audit.checks.identifiers import must_be_unique
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.checks.statements import statement_faults
from ctb_audit.document_model import Claim, Document
from ctb_audit.model import Catalog, Location
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

COMPLIANT = "STAMPED"
SOURCE_PATH = "source path"


@check
def refuted_claim(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Tables said to be STAMPED compliant that are not, and one file at two paths."""
    notes = notes_of(subject, project)
    if any(n.table.stamped for n in notes):
        faults = list(_uncompliant(subject, project))
        told = f"it is said to be STAMPED compliant, and {'; '.join(faults)}"
        place = next((at for n in notes if (at := _stamped(n))), None)
        yield Fail(told, COMPLIANT, location=place) if faults else Pass(COMPLIANT)
    else:
        yield NotApplicable("no document says that it is STAMPED compliant", COMPLIANT)
    for note in notes:
        yield from _paths(note)


def _stamped(note: Note) -> Location | None:
    fact = note.table.fact("stamped compliant", "stamped compliance", "stamped")
    return fact.location if fact else None


def _uncompliant(subject: Subject, project: Project) -> Iterator[str]:
    """Tracking columns that are missing, and ids that may repeat."""
    lacking = [
        column_name(wanted, subject)
        for wanted in project.standard.fields
        if expects(wanted, subject) and subject.tracking_column(wanted) is None
    ]
    if lacking:
        verb = "is" if len(lacking) == 1 else "are"
        yield f"{', '.join(lacking)} {verb} missing"
    systems = project.standard.systems.get(subject.system)
    if systems is not None and "unique" in systems.lacks:
        return
    wanted = project.standard.field("heir_id")
    column = subject.tracking_column(wanted) if wanted else None
    asked = subject.level in ("STRICT", "STANDARD") and must_be_unique("heir_id", subject, project)
    if column is not None and asked and not is_unique(subject.table, (column.name,)):
        yield f"{column.name} is not unique"


def _paths(note: Note) -> Iterator[Verdict]:
    """A source path, and a command that reads the migration from another one."""
    folder = next((s for s in note.table.sources if s.kind == "source path"), None)
    made = next((s for s in note.table.sources if s.kind == "creation"), None)
    if folder is None or made is None:
        return
    place, base = made.path.removeprefix("./"), folder.path.removeprefix("./").rstrip("/")
    if place.startswith(f"{base}/") or place == base:
        yield Pass(SOURCE_PATH)
    else:
        told = f"its source path is {folder.path}, and its creation reads {made.path}"
        yield Fail(told, SOURCE_PATH, location=folder.location)


@beside(refuted_claim)
def refuted_claims(project: Project) -> Iterator[ProjectFinding]:
    for catalog, document in documents_of(project):
        for claim in document.claims:
            fault = (
                figure_fault(claim, catalog, document, project)
                if claim.kind == "figure"
                else statement_faults(claim, catalog, document, project)
            )
            for requirement, message, place in _faults(fault, claim):
                yield _finding(document, message, requirement, place)
        yield from _titles(catalog, document, project)


def _faults(
    fault: str | list[tuple[str, str, Location]], claim: Claim
) -> list[tuple[str, str, Location]]:
    if isinstance(fault, list):
        return fault
    return [(claim.subject, fault, claim.location)] if fault else []


def _finding(document: Document, message: str, requirement: str, place: Location) -> ProjectFinding:
    verdict = Fail(message, requirement, location=place)
    return ProjectFinding(document.path, verdict, surface="reference")


def _titles(catalog: Catalog, document: Document, project: Project) -> Iterator[ProjectFinding]:
    """Headings that name a trigger or function which does not exist."""
    known = {f.name for c in project.catalogs for f in c.functions}
    known |= {t.name for c in project.catalogs for table in c.tables for t in table.triggers or ()}
    known |= {v.name for c in project.catalogs for v in c.views}
    for title in document.titles:
        if title.name.lower() not in known:
            made = ", ".join(title.defines[:2])
            told = f"the heading names {title.name}, which does not exist; below it stands {made}"
            yield _finding(document, told, title.name, title.location)
