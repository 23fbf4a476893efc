"""Diagrams of documents against the tables (STANDARD section 6)."""

from collections.abc import Iterator

from ctb_audit.checks.documented import documents_of, notes_of
from ctb_audit.checks.registry import ProjectFinding, project_check
from ctb_audit.checks.structures import alike, written_family
from ctb_audit.document_model import ColumnNote, Diagram, Document, Entity, Relation
from ctb_audit.model import Column, Location
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.verdict import Fail

_Fault = tuple[str, str, Location]


@project_check
def diagram_mismatch(project: Project) -> Iterator[ProjectFinding]:
    """Relations without a foreign key, entities and columns that do not exist, tables left out."""
    for _, document in documents_of(project):
        for requirement, message, place in diagram_faults(document, project):
            verdict = Fail(message, requirement, location=place)
            yield ProjectFinding(document.path, verdict, surface="reference")


def diagram_faults(document: Document, project: Project) -> Iterator[_Fault]:
    """(requirement, message, place) of all that the document draws wrongly."""
    named = _Named(document, project)
    for diagram in document.diagrams:
        yield from _relations(diagram, named, project)
        for entity in diagram.entities:
            yield from _entity(entity, named, project)
    if document.diagrams:
        drawn = {e.name.lower() for d in document.diagrams for e in d.entities}
        for table in document.tables:
            if table.section and table.kind == "table" and table.name.name.lower() not in drawn:
                told = f"the diagram leaves out {table.name.name}"
                yield table.name.name, told, document.diagrams[0].location


class _Named:
    """The tables that a diagram's names mean: the document's own, else any of that name."""

    def __init__(self, document: Document, project: Project) -> None:
        self._known: dict[str, Subject] = {}
        own = {(t.system, t.name) for t in document.tables}
        for subject in project.subjects:
            key = subject.name.name.lower()
            if key not in self._known or (subject.system, subject.name) in own:
                self._known[key] = subject

    def get(self, name: str) -> Subject | None:
        return self._known.get(name.rpartition(".")[2].lower())


def _relations(diagram: Diagram, named: _Named, project: Project) -> Iterator[_Fault]:
    for relation in diagram.relations:
        left, right = named.get(relation.left), named.get(relation.right)
        if left is None or right is None:
            continue
        if _is_keyed(left, right) or _is_keyed(right, left):
            continue
        if any(n.table.soft for s in (left, right) for n in notes_of(s, project)):
            continue
        yield _requirement(relation), _told(relation, left, right), relation.location


def _requirement(relation: Relation) -> str:
    label = f":{relation.label}" if relation.label else ""
    return f"{relation.left.lower()}-{relation.right.lower()}{label}"


def _told(relation: Relation, left: Subject, right: Subject) -> str:
    shown = f"{left.name.name} {relation.label or 'to'} {right.name.name}"
    column = next((c for c in right.table.columns if _may_refer(c.name, left)), None)
    if column is not None:
        return f"{shown}: {right.name.name}.{column.name} has no foreign key"
    return f"{shown}: neither table has a foreign key to the other"


def _may_refer(column: str, target: Subject) -> bool:
    name = target.name.name
    return column in (f"{name}_id", f"{name.removesuffix('s')}_id")


def _is_keyed(table: Subject, target: Subject) -> bool:
    return any(c.kind == "foreign key" and c.target == target.name for c in table.table.constraints)


def _entity(entity: Entity, named: _Named, project: Project) -> Iterator[_Fault]:
    subject = named.get(entity.name)
    if subject is None:
        told = f"the diagram draws {entity.name}, and there is no such table"
        yield entity.name.lower(), told, entity.location
        return
    for column in entity.columns:
        fault = _column_fault(column, subject)
        if fault:
            name = f"{entity.name.lower()}.{column.name}"
            yield name, f"{name}: {fault}", column.location


def _column_fault(drawn: ColumnNote, subject: Subject) -> str:
    column = subject.table.column(drawn.name) or subject.table.column(drawn.name.lower())
    if column is None:
        return "there is no such column"
    family = written_family(drawn.type, subject.system)
    decided = bool(family) and column.type.family not in ("unknown", "domain", "enum")
    if decided and not alike(family, column.type.family):
        return f"the diagram says {drawn.type}, it is {column.type}"
    return next((f for key in drawn.key.split(",") if (f := _key_fault(key, column, subject))), "")


def _key_fault(key: str, column: Column, subject: Subject) -> str:
    constraints = [c for c in subject.table.constraints if column.name in c.columns]
    match key:
        case "PK" if not any(c.kind == "primary key" for c in constraints):
            return "it is not part of the primary key"
        case "UK" if not is_unique(subject.table, (column.name,)):
            return "it is not unique"
        case "FK" if not any(c.kind == "foreign key" for c in constraints):
            return "it has no foreign key"
    return ""
