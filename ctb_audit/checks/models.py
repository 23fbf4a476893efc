"""zod models against the tables whose rows they describe."""

from collections.abc import Iterator

from ctb_audit.checks.documented import notes_of
from ctb_audit.checks.expectation import base_type, column_of
from ctb_audit.checks.model_patterns import Undecided, text_faults
from ctb_audit.checks.model_shapes import fits, inner_faults
from ctb_audit.checks.model_values import accepted_wrongly, lists_otherwise
from ctb_audit.checks.registry import check
from ctb_audit.model import Column
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.field_names import folded
from ctb_audit.semantics.patterns import Untranslatable, search
from ctb_audit.semantics.regex import advanced
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict
from ctb_audit.zod_model import Model, ModelField

NO_MODEL = "no zod model describes the table"
_MOMENT = "1761177600"


@check
def missing_model_column(subject: Subject, project: Project) -> Iterator[Verdict]:
    models = models_of(subject, project)
    if not models:
        yield NotApplicable(NO_MODEL)
        return
    for column in subject.table.columns:
        lacking = [m for m in models if _field(m, column) is None]
        whole = [m for m in lacking if not m.open]
        if whole:
            told = f"{whole[0].name} has no {column.name}"
            yield Fail(told, column.name, location=whole[0].location)
        elif lacking:
            yield Unknown(f"{lacking[0].name} includes fields that could not be read", column.name)
        else:
            yield Pass(column.name)


@check
def model_mismatch(subject: Subject, project: Project) -> Iterator[Verdict]:
    models = models_of(subject, project)
    if not models:
        yield NotApplicable(NO_MODEL)
    for column in subject.table.columns:
        fields = [(m, f) for m in models if (f := _field(m, column)) is not None]
        if fields:
            yield _compared(fields, column, subject, project)
    columns = {folded(c.name) for c in subject.table.columns}
    for model in models:
        for field in model.fields:
            if folded(field.name) not in columns:
                told = f"{model.name} has {field.name}, which the table has not"
                yield Fail(told, field.name, location=field.location)


@check
def missing_model(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Models that a document names among a table's source files."""
    named = {
        source.path: source.location
        for note in notes_of(subject, project)
        for source in note.table.sources
        if source.kind == "model"
    }
    if not named:
        yield NotApplicable("no document names a model of the table")
    shown = bool(models_of(subject, project))
    for path, location in named.items():
        told = f"the model {path} is named and not shown"
        yield Pass(path) if shown else Fail(told, path, location=location)


def models_of(subject: Subject, project: Project) -> tuple[Model, ...]:
    """The models tied to the table: those of files, else those that a document shows."""
    for of_document in (False, True):
        found = tuple(
            model
            for catalog in project.catalogs
            if (catalog.surface == "reference") == of_document
            for model in catalog.models
            if (model.system, model.table) == (subject.system, subject.name)
        )
        if found:
            return found
    return ()


def _field(model: Model, column: Column) -> ModelField | None:
    name = folded(column.name)
    return next((f for f in model.fields if folded(f.name) == name), None)


def _compared(
    fields: list[tuple[Model, ModelField]], column: Column, subject: Subject, project: Project
) -> Verdict:
    """One verdict a column: of the models the first that contradicts it."""
    unknown = ""
    for model, field in fields:
        if field.type == "unknown":
            unknown = f"{model.name}.{field.name} could not be read"
            continue
        try:
            faults = list(_faults(field, column, subject, project))
        except Undecided as reason:
            unknown = f"{model.name}.{field.name}: {reason}"
            continue
        if faults:
            told = f"{model.name}.{field.name} {' and '.join(faults)}"
            return Fail(told, column.name, location=field.location)
    return Unknown(unknown, column.name) if unknown else Pass(column.name)


def _faults(field: ModelField, column: Column, subject: Subject, project: Project) -> Iterator[str]:
    type_ = base_type(column, subject, project)
    if not fits(field, type_):
        yield f"accepts {field.type}, the column is {column.type}"
        return
    yield from _of_absence(field, column)
    yield from inner_faults(field, column, type_)
    yield from accepted_wrongly(field, column, type_, subject, project)
    yield from lists_otherwise(field, column, subject, project)
    yield from _of_processes(field, column, subject, project)
    yield from text_faults(field, column, type_, subject, project)


def _of_absence(field: ModelField, column: Column) -> Iterator[str]:
    may_lack = field.optional or field.nullable
    if column.nullable and not may_lack and field.type != "any":
        yield "is required, the column accepts NULL"
    filled = column.default is not None or column.identity or column.generated or column.serial
    if not column.nullable and field.nullable:
        yield "accepts null, the column is NOT NULL"
    elif not column.nullable and field.optional and not (filled or field.default):
        yield "may be left out, the column is NOT NULL and has no default"


def _of_processes(
    field: ModelField, column: Column, subject: Subject, project: Project
) -> Iterator[str]:
    """Process ids of every process that a document names for the table."""
    if column is not column_of("process_id", subject, project) or not field.pattern:
        return
    codes = [p.code for note in notes_of(subject, project) for p in note.table.processes]
    refused = [code for code in dict.fromkeys(codes) if _refuses(field, code)]
    if refused:
        yield f"accepts only {field.pattern}, not the ids of {', '.join(refused)}"


def _refuses(field: ModelField, code: str) -> bool:
    """Whether ids of a process (`PRC-USER-UPDATE`: `PRC-USER-` and a time) are refused."""
    parts = code.split("-")
    if len(parts) < 3:
        return False
    ids = [f"{parts[0]}-{parts[1]}-{_MOMENT}", f"{parts[0]}-{parts[1]}-{_MOMENT}000"]
    try:
        regex = advanced(field.pattern, "i" in field.flags)
    except Untranslatable:
        return False
    return all(search(regex, text) is False for text in ids)
