"""Which zod models are compared with a table, and every verdict on them."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import DocumentTable, Process, SourceFile
from ctb_audit.model import Catalog, Name
from tests.checks.judging import at, catalog_of, document_of, said, table_note
from tests.checks.zod_models import PASS, field, judged, model

NO_MODEL = "not applicable public.notes: no zod model describes the table"
TWO = "CREATE TABLE notes (id int NOT NULL, created_at timestamptz NOT NULL);"


def test_fields_and_columns_that_the_other_lacks() -> None:
    own = model(field("integer", "id"), field("string", "more", 8))
    assert judged(TWO, own) == [
        "MEDIUM postgresql ddl public.notes [more], line 8: Note has more, which the table has not",
        "pass public.notes [id]",
    ]
    assert judged(TWO, own, rule="missing-model-column") == [
        "MEDIUM postgresql ddl public.notes [created_at], line 5: Note has no created_at",
        "pass public.notes [id]",
    ]
    camel = model(field("integer", "ID"), field("date", "createdAt"))
    assert judged(TWO, camel, rule="missing-model-column model-mismatch") == [
        *("pass public.notes [id]", "pass public.notes [created_at]") * 2
    ]


def test_a_model_that_was_not_read_whole_lacks_nothing_for_certain() -> None:
    partial = model(field("integer", "id"), open=True)
    assert judged(TWO, partial, rule="missing-model-column") == [
        "unknown MEDIUM postgresql public.notes [created_at]: Note includes fields that could not"
        " be read",
        "pass public.notes [id]",
    ]
    whole = model(field("date", "createdAt"), name="Whole")
    assert judged(TWO, partial, whole, rule="missing-model-column") == [
        "MEDIUM postgresql ddl public.notes [id], line 5: Whole has no id",
        "unknown MEDIUM postgresql public.notes [created_at]: Note includes fields that could not"
        " be read",
    ]


def test_of_several_models_the_first_that_contradicts_counts() -> None:
    sql = "CREATE TABLE notes (f int NOT NULL);"
    unread, other = field("unknown"), field("boolean", line=11)
    opaque = field("string", pattern="^ab$", flags="m")
    right, wrong = field("integer"), field("date", line=12)
    told = "MEDIUM postgresql ddl public.notes [f], line {}: {} accepts {}, the column is integer"
    first = told.format(12, "B.f", "date")
    assert judged(sql, model(right), model(wrong, name="B")) == [first]
    assert judged(sql, model(unread), model(wrong, name="B")) == [first]
    assert judged(sql, model(right), model(unread, name="B"), model(right, name="C")) == [
        "unknown MEDIUM postgresql public.notes [f]: B.f could not be read"
    ]
    assert judged(sql, model(wrong, name="B"), model(other)) == [first]
    checked = "CREATE TABLE notes (f text NOT NULL CHECK (f ~ '^a$'));"
    assert judged(checked, model(opaque), model(wrong, name="B")) == [
        "MEDIUM postgresql ddl public.notes [f], line 12: B.f accepts date, the column is text"
    ]


def test_faults_of_one_field_are_one_finding() -> None:
    sql = "CREATE TABLE notes (f varchar(3) CHECK (f <> 'x'));"
    assert judged(sql, model(field("string", longest=9))) == [
        "MEDIUM postgresql ddl public.notes [f], line 7: Note.f is required, the column accepts"
        " NULL and accepts 9 characters, the column holds 3"
    ]


def test_models_of_files_come_before_those_of_documents() -> None:
    shown = document_of(table_note("notes"))
    of_document = replace(shown, models=(model(field("object"), name="Shown"),))
    table = catalog_of("CREATE TABLE notes (f int NOT NULL);")
    of_file = replace(table, models=(model(field("integer")),))
    assert said("model-mismatch", of_document, of_file) == PASS
    assert said("model-mismatch", of_document, table) == [
        "MEDIUM postgresql ddl public.notes [f], line 7: Shown.f accepts object, the column is"
        " integer"
    ]
    elsewhere = model(field("boolean"), table=Name("public", "others"))
    firestore = model(field("boolean"), system="firestore")
    for rule in ("model-mismatch", "missing-model-column"):
        assert judged("CREATE TABLE notes (f int);", elsewhere, firestore, rule=rule) == [NO_MODEL]


def test_a_document_names_models() -> None:
    sources = (
        SourceFile("schema", "schema.sql", at(3)),
        SourceFile("model", "src/note.ts", at(4)),
        SourceFile("model", "src/more.ts", at(6)),
    )
    sql = "CREATE TABLE notes (f int);"
    rule = "missing-model"
    other = model(table=Name("public", "others"))
    assert judged(sql, other, rule=rule, sources=sources) == [
        "LOW postgresql ddl public.notes [src/note.ts], line 4: the model src/note.ts is named"
        " and not shown",
        "LOW postgresql ddl public.notes [src/more.ts], line 6: the model src/more.ts is named"
        " and not shown",
    ]
    assert judged(sql, model(), rule=rule, sources=sources) == [
        "pass public.notes [src/note.ts]",
        "pass public.notes [src/more.ts]",
    ]
    assert judged(sql, model(), rule=rule, sources=sources[:1]) == [
        "not applicable public.notes: no document names a model of the table"
    ]


def processes(*codes: str) -> DocumentTable:
    return table_note("notes", processes=tuple(Process(c, "", at(3)) for c in codes))


def with_processes(pattern: str, *codes: str, flags: str = "", name: str = "process_id") -> str:
    accepted = field("string", name, pattern=pattern, flags=flags)
    catalog = catalog_of(f"CREATE TABLE notes ({name} text NOT NULL);")
    told = said(
        "model-mismatch",
        replace(catalog, models=(model(accepted),)),
        Catalog(surface="reference", documents=document_of(processes(*codes)).documents),
    )
    return told[0].partition(f"Note.{name} ")[2] or told[0]


CODES = ("PRC-AUTH-LOGIN", "PRC-USER-UPDATE", "PRC-TASK-RUN", "PRC-USER-UPDATE")
HELD = "pass public.notes [process_id]"


@pytest.mark.parametrize(
    ("pattern", "flags", "expected"),
    [
        (r"^PRC-[A-Z]+-\d{10}$", "", HELD),
        (r"^PRC-[A-Z]+-\d{13}$", "", HELD),
        (
            r"^PRC-AUTH-\d{10}$",
            "",
            r"accepts only ^PRC-AUTH-\d{10}$, not the ids of PRC-USER-UPDATE, PRC-TASK-RUN",
        ),
        (
            r"^PRC-AUTH-\d{13}$",
            "",
            r"accepts only ^PRC-AUTH-\d{13}$, not the ids of PRC-USER-UPDATE, PRC-TASK-RUN",
        ),
        (r"^prc-[a-z]+-\d{10}$", "i", HELD),
        (r"^(?<n>PRC)$", "", HELD),
        ("", "", HELD),
    ],
)
def test_ids_of_documented_processes(pattern: str, flags: str, expected: str) -> None:
    assert with_processes(pattern, *CODES, flags=flags) == expected


def test_what_is_no_code_of_a_process_is_not_asked_for() -> None:
    assert with_processes("^X$", "PRC-AUTH", "PRC") == HELD
    assert with_processes("^X$", *CODES, name="f") == "pass public.notes [f]"
    assert with_processes(r"^\/?PRC-AUTH-\d{10}$", "PRC-AUTH-LOGIN") == HELD
