"""zod models held against the tables whose rows they describe."""

from datetime import date
from pathlib import Path

import pytest

from ctb_audit.judge import judge
from ctb_audit.rulebook import load_standard
from ctb_audit.semantics.pattern_difference import Language, difference
from ctb_audit.semantics.patterns import Untranslatable
from ctb_audit.semantics.regex import advanced
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.subjects import build_project

STANDARD = load_standard("ctb-1.0", select=["model-mismatch", "missing-model-column"])


def told(folder: Path, sql: str, zod: str) -> tuple[list[str], list[str]]:
    """Findings and doubts of a table and its model, the table's and model's names left out."""
    (folder / "schema.sql").write_text(sql)
    (folder / "note.ts").write_text(
        f"import {{ z }} from 'zod';\nexport const NoteSchema = z.object({{ {zod} }});\n"
    )
    catalogs = load([str(folder)], LoadOptions(root=folder))
    judged = judge(build_project(catalogs, STANDARD, today=date(2026, 11, 22)))
    findings = [f.message.removeprefix("NoteSchema.f ") for f in judged.findings]
    return findings, [u.reason for u in judged.unknowns]


EQUAL = [
    (
        "f varchar(20) NOT NULL CHECK (f ~ '^PRC-[A-Z]+-[0-9]{10}$')",
        r"z.string().regex(/^PRC-[A-Z]{1,}-\d{10}$/)",
    ),
    ("f text CHECK (f IS NULL OR f ~ '^(a|b)$')", "z.string().regex(/^[ab]$/).nullish()"),
    ("f text NOT NULL CHECK (f LIKE 'x-%')", "z.string().regex(/^x-/)"),
    ("f text NOT NULL CHECK (f ~* '^ab$')", "z.string().regex(/^ab$/i)"),
    ("f varchar(3) NOT NULL CHECK (f ~ '^a+$')", "z.string().regex(/^a{1,3}$/)"),
    ("f text NOT NULL CHECK (f ~ '^[^@]+@[^@]+$')", "z.email()"),
    ("f text NOT NULL CHECK (char_length(f) BETWEEN 2 AND 5)", "z.string().min(2).max(5)"),
    ("f smallint NOT NULL", "z.int().max(32767)"),
    ("f uuid NOT NULL", "z.uuid()"),
    ("f text[] NOT NULL", "z.array(z.string())"),
    ("f jsonb NOT NULL", "z.object({ a: z.array(z.object({ b: z.string() })) })"),
]
OTHER = [
    (
        "f text NOT NULL CHECK (f ~ '^PRC-[A-Z]+-[0-9]{10}$')",
        r"z.string().regex(/^PRC-AUTH-\d{10}$/)",
        "refuses 'PRC-A-0000000000', which the table's pattern accepts",
    ),
    (
        "f text NOT NULL CHECK (f ~ '^[0-9]{2}$')",
        r"z.string().regex(/^\d+$/)",
        "accepts '0', which the table's pattern rejects",
    ),
    ("f varchar(3) NOT NULL", "z.string().max(5)", "accepts 5 characters, the column holds 3"),
    ("f varchar(20) NOT NULL", "z.uuid()", "accepts 36 characters, the column holds 20"),
    (
        "f text NOT NULL CHECK (f ~ '^[a-z]+$')",
        "z.string().email()",
        "accepts ada@example.org, which the table rejects",
    ),
    (
        "f text NOT NULL CHECK (length(f) >= 3)",
        "z.string().min(1).max(9)",
        "accepts 1 characters, which the table rejects",
    ),
    (
        "f text NOT NULL CHECK (length(f) > 0)",
        "z.string().max(9)",
        "accepts 0 characters, which the table rejects",
    ),
    ("f smallint NOT NULL", "z.int().max(100000)", "accepts 100000, smallint holds at most 32767"),
    (
        "f integer NOT NULL CHECK (f >= 1)",
        "z.number().int().min(0)",
        "accepts 0, which the table rejects",
    ),
    ("f uuid NOT NULL", "z.email()", "accepts email texts, the column is uuid"),
    (
        "f integer[] NOT NULL",
        "z.array(z.string())",
        "accepts a list of string, the column is integer[]",
    ),
    ("f jsonb NOT NULL", "z.number()", "accepts number, the column is jsonb"),
]


@pytest.mark.parametrize(("column", "zod"), EQUAL, ids=[c for c, _ in EQUAL])
def test_what_is_spelled_otherwise_is_no_mismatch(tmp_path: Path, column: str, zod: str) -> None:
    assert told(tmp_path, f"CREATE TABLE notes ({column});", f"f: {zod}") == ([], [])


@pytest.mark.parametrize(("column", "zod", "message"), OTHER, ids=[z for _, z, _ in OTHER])
def test_what_differs_is_told_by_an_example(
    tmp_path: Path, column: str, zod: str, message: str
) -> None:
    assert told(tmp_path, f"CREATE TABLE notes ({column});", f"f: {zod}") == ([message], [])


UNDECIDED = {
    "a look-ahead": "/^(?=.*x)a+$/",
    "a named group": "/^(?<n>a)$/",
    "a flag": "/^a$/m",
}


@pytest.mark.parametrize("pattern", UNDECIDED.values(), ids=list(UNDECIDED))
def test_what_cannot_be_compared_says_so(tmp_path: Path, pattern: str) -> None:
    sql = "CREATE TABLE notes (f text NOT NULL CHECK (f ~ '^a$'));"
    findings, doubts = told(tmp_path, sql, f"f: z.string().regex({pattern})")
    assert findings == []
    assert [d for d in doubts if "cannot be compared" in d]


def test_a_domain_holds_its_columns_to_its_pattern(tmp_path: Path) -> None:
    domain = "CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]$');"
    sql = f"{domain} CREATE TABLE notes (f code NOT NULL);"
    findings, _ = told(tmp_path, sql, "f: z.string().regex(/^[A-Z]+$/)")
    assert findings == ["accepts 'AA', which the table's pattern rejects"]


STRUCT = """
CREATE TABLE web.notes (
  who STRUCT<id STRING, at TIMESTAMP, tags ARRAY<STRING>>,
  parts ARRAY<STRUCT<name STRING, size INT64>>
);
"""


def nested(folder: Path, zod: str) -> list[str]:
    (folder / "notes.bigquery.sql").write_text(STRUCT)
    (folder / "note.ts").write_text(
        f"import {{ z }} from 'zod';\nconst NoteSchema = z.object({{ {zod} }});"
    )
    catalogs = load(
        [str(folder)], LoadOptions(root=folder, dialects={"*.bigquery.sql": "bigquery"})
    )
    judged = judge(build_project(catalogs, STANDARD, today=date(2026, 11, 22)))
    return sorted(f.message for f in judged.findings)


def test_structs_and_arrays_are_compared_to_their_inner_fields(tmp_path: Path) -> None:
    alike = (
        "who: z.object({ id: z.string(), at: z.date(), tags: z.array(z.string()) }).nullish(),"
        "parts: z.array(z.object({ name: z.string(), size: z.int() })).nullish()"
    )
    assert nested(tmp_path, alike) == []


def test_inner_fields_that_differ_are_named(tmp_path: Path) -> None:
    other = (
        "who: z.object({ id: z.int(), more: z.string(), tags: z.array(z.string()) }).nullish(),"
        "parts: z.array(z.object({ name: z.string(), size: z.string() })).nullish()"
    )
    assert nested(tmp_path, other) == [
        "NoteSchema.parts accepts string as size, the column holds INT64",
        "NoteSchema.who accepts integer as id, the column holds STRING and has no at, which the "
        "column has and has more, which the column has not",
    ]


PAIRS = [
    (r"^a*$", r"^(a|aa)*$", None),
    (r"a", r"a.*", None),
    (r"^x", r"x", ("0x", False)),
    (r"^\d+\.\d+(\.\d+)?$", r"^\d+(\.\d+){1,2}$", None),
    (r"^.{1,255}$", r"^.{1,254}$", ("0" * 255, True)),
    (r"a|^$", r"a", ("", True)),
]


@pytest.mark.parametrize(("one", "other", "expected"), PAIRS)
def test_the_shortest_text_that_one_pattern_alone_accepts(
    one: str, other: str, expected: tuple[str, bool] | None
) -> None:
    assert difference(Language((advanced(one),)), Language((advanced(other),))) == expected


def test_a_pattern_without_end_is_not_compared() -> None:
    large = Language((advanced("^(a|b)*a(a|b){15}$"),))
    with pytest.raises(Untranslatable, match="too large"):
        difference(large, Language((advanced("^(a|b)*a(b|a){15}$"),)))
