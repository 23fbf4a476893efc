"""A table `notes` and zod models of it, judged by the rules about models."""

from dataclasses import replace
from typing import Any

from ctb_audit.model import Name
from ctb_audit.zod_model import FieldType, Model, ModelField
from tests.checks.judging import at, catalog_of, document_of, said, table_note

PASS = ["pass public.notes [f]"]


def field(type_: FieldType, name: str = "f", line: int = 7, **accepted: Any) -> ModelField:
    return ModelField(name, type_, at(line, "note.ts"), **accepted)


def model(*fields: ModelField, name: str = "Note", **changes: Any) -> Model:
    made = Model(name, "note.ts", fields, at(5, "note.ts"), "postgresql", Name("public", "notes"))
    return replace(made, **changes)


def judged(sql: str, *models: Model, rule: str = "model-mismatch", **notes: Any) -> list[str]:
    """A table `notes`, the models of its files and what a document says of it."""
    tables = replace(catalog_of(sql), models=models)
    documents = [document_of(table_note("notes", **notes))] if notes else []
    return said(rule, tables, *documents)


def compared(column: str, accepted: ModelField, **notes: Any) -> list[str]:
    """The verdicts on a table of one column and its field, without what is the same in all."""
    lines = judged(f"CREATE TABLE notes (f {column});", model(accepted), **notes)
    start = "MEDIUM postgresql ddl public.notes [f], line 7: Note.f "
    return [line.removeprefix(start) for line in lines]
