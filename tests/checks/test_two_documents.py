"""Two documents about one table, and one document against itself (STANDARD section 8)."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import DocumentTable, FormatNote, Prefix, ValueRule
from ctb_audit.model import Catalog, Declaration, Declared, Name
from tests.checks.judging import at, catalog_of, document_of, said, table_note

ORDERS = table_note("orders", 4)
START = "MEDIUM postgresql reference public.orders (no table) [definition], line 4: a.md and b.md "


def document(
    path: str, *notes: DocumentTable, sql: str = "", declared: tuple[Declaration, ...] = ()
) -> Catalog:
    catalog = document_of(*(notes or (ORDERS,)), sql=sql, path=path)
    items = tuple(Declared("postgresql", Name("public", "orders"), d) for d in declared)
    return replace(catalog, declared=items)


def differences(first: Catalog, second: Catalog) -> list[str]:
    """What follows `a.md and b.md differ: `, one finding for the table at most."""
    found = said("conflicting-references", first, second)
    assert all(line.startswith(f"{START}differ: ") for line in found) and len(found) <= 1
    return [line.removeprefix(f"{START}differ: ") for line in found]


def declaration(**values: object) -> Declaration:
    return Declaration("section", **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"level": "STRICT"}, {"level": "NONE"}, ["level STRICT and NONE"]),
        ({"level": "STRICT"}, {"level": "STRICT"}, []),
        ({"level": "STRICT"}, {}, []),
        (
            {"table_id": "BART-SHQ-A-V1"},
            {"table_id": "BART-SHQ-A-V2"},
            ["table id BART-SHQ-A-V1 and BART-SHQ-A-V2"],
        ),
        ({"table_id": "BART-SHQ-A-V1"}, {"table_id": "BID-DATA-001"}, []),
        (
            {"heir_id": "HEIR-2025-10-A-B-01"},
            {"heir_id": "HEIR-2025-10-A-B-02"},
            ["heir id HEIR-2025-10-A-B-01 and HEIR-2025-10-A-B-02"],
        ),
        ({"stamped": True}, {"stamped": False}, ["stamped True and False"]),
        ({"orbt": 1}, {"orbt": 3}, ["ORBT layer 1 and 3"]),
        ({"orbt": 3}, {"orbt": 3}, []),
        ({"orbt": 3}, {}, []),
        (
            {"orbt": 1, "level": "STRICT"},
            {"orbt": 2, "level": "NONE"},
            ["level STRICT and NONE; ORBT layer 1 and 2"],
        ),
    ],
)
def test_what_two_documents_declare(
    first: dict[str, object], second: dict[str, object], expected: list[str]
) -> None:
    catalogs = (
        document("a.md", declared=(declaration(**first),)),
        document("b.md", declared=(declaration(**second),)),
    )
    assert differences(*catalogs) == expected


def test_the_first_declaration_of_a_document_that_says_something_counts() -> None:
    silent, strict = declaration(), declaration(level="STRICT")
    first = document("a.md", declared=(silent, strict, declaration(level="NONE")))
    assert differences(first, document("b.md", declared=(strict,))) == []


def test_a_planned_table_and_one_in_use() -> None:
    planned = document("a.md", replace(ORDERS, planned=True))
    assert differences(planned, document("b.md")) == ["planned and in use"]
    in_use = document("a.md")
    assert differences(in_use, document("b.md", replace(ORDERS, planned=True))) == [
        "in use and planned"
    ]


@pytest.mark.parametrize(
    ("default", "expected"),
    [("DEFAULT 1", ["ORBT layer 1 and 3"]), ("DEFAULT 3", []), ("DEFAULT one()", []), ("", [])],
)
def test_a_layer_is_the_default_of_its_column_where_none_is_declared(
    default: str, expected: list[str]
) -> None:
    shown = document("a.md", sql=f"CREATE TABLE orders (orbt_layer integer {default});")
    assert differences(shown, document("b.md", declared=(declaration(orbt=3),))) == expected
    overridden = replace(shown, declared=document("a.md", declared=(declaration(orbt=3),)).declared)
    assert differences(overridden, document("b.md", declared=(declaration(orbt=3),))) == []


SHAPES = {
    "a type": ("id integer", "id uuid", ["id type integer and uuid"]),
    "a default": ("id integer DEFAULT 1", "id integer", ["id default 1 and none"]),
    "a default of the other": (
        "id integer",
        "id integer DEFAULT 1",
        ["id default none and 1"],
    ),
    "types first": (
        "a integer DEFAULT 1, id integer",
        "a integer, id uuid",
        ["id type integer and uuid; a default 1 and none"],
    ),
    "columns of one document": (
        "a integer, b integer, c integer",
        "a integer",
        ["only a.md has b, c"],
    ),
    "columns of the other": ("a integer", "a integer, b integer", ["only b.md has b"]),
    "columns of each": (
        "a integer, b integer",
        "a integer, c integer",
        ["only a.md has b; only b.md has c"],
    ),
    "keys alone": ("a integer PRIMARY KEY", "a integer NOT NULL", []),
    "five": (
        "a int, b int, c int, d int, e int",
        "a text, b text, c text, d text, e text",
        ["; ".join(f"{name} type integer and text" for name in "abcde")],
    ),
    "more than five": (
        "a int, b int, c int, d int, e int, f int, g int",
        "a text, b text, c text, d text, e text, f text, g text",
        ["; ".join(f"{name} type integer and text" for name in "abcde") + "; and 2 more"],
    ),
}


@pytest.mark.parametrize(("first", "second", "expected"), SHAPES.values(), ids=SHAPES)
def test_two_structures_of_one_table(first: str, second: str, expected: list[str]) -> None:
    catalogs = (
        document("a.md", sql=f"CREATE TABLE orders ({first}); CREATE INDEX i ON orders (a);"),
        document("b.md", sql=f"CREATE TABLE orders ({second});"),
    )
    assert differences(*catalogs) == expected


def test_traits_of_tables_are_no_difference_of_documents() -> None:
    unlogged = document("a.md", sql="CREATE UNLOGGED TABLE orders (id integer);")
    assert differences(unlogged, document("b.md", sql="CREATE TABLE orders (id integer);")) == []
    assert differences(unlogged, document("b.md", sql="CREATE TABLE orders (id uuid);")) == [
        "id type integer and uuid"
    ]


def test_a_structure_that_only_one_document_shows() -> None:
    shown = document("a.md", sql="CREATE TABLE orders (id integer);")
    assert differences(shown, document("b.md")) == []
    assert differences(document("a.md"), replace(shown, documents=document("b.md").documents)) == []


def test_every_pair_of_documents_is_compared() -> None:
    levels = ("STRICT", "NONE", "NONE")
    catalogs = [
        document(path, declared=(declaration(level=level),))
        for path, level in zip(("a.md", "b.md", "c.md"), levels, strict=True)
    ]
    found = said("conflicting-references", *catalogs)
    assert [line.rpartition(": ")[0].rpartition(": ")[2] for line in found] == [
        "a.md and b.md differ",
        "a.md and c.md differ",
    ]


def test_two_documents_of_one_source_are_not_compared() -> None:
    strict = document("a.md", replace(ORDERS, planned=True))
    both = replace(strict, documents=(*strict.documents, *document("b.md").documents))
    assert said("conflicting-references", both, document("c.md", table_note("others"))) == []
    found = said("conflicting-references", both, document("c.md"))
    assert len(found) == 1 and "a.md and c.md differ" in found[0]


def test_tables_of_one_name_in_two_systems_are_two_tables() -> None:
    planned = document("a.md", replace(ORDERS, planned=True))
    other = document("b.md", replace(ORDERS, system="bigquery"))
    assert said("conflicting-references", planned, other) == []


def values(*words: str, column: str = "status", kind: str = "values") -> ValueRule:
    return ValueRule(kind, column, "as listed", at(6), words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("first", "second", "spelled"),
    [
        (values("OPEN", "PAID"), values("open", "done"), True),
        (values("open", "PAID"), values("open", "paid"), False),
        (values("OPEN"), values("done"), False),
        (values("OPEN"), values("open", column="state"), False),
        (values("OPEN", kind="format"), values("open"), False),
    ],
)
def test_values_that_two_documents_spell_differently(
    first: ValueRule, second: ValueRule, spelled: bool
) -> None:
    other = table_note("shq.tasks", 9, rules=(second,))
    found = said(
        "conflicting-references",
        document("a.md", replace(ORDERS, rules=(first, first))),
        document("b.md", other),
    )
    shown = f"{', '.join(first.values)} and {', '.join(second.values)}"
    assert found == [
        "MEDIUM postgresql reference public.orders (no table) [status], line 4: "
        f"status of orders and of tasks is spelled {shown}"
    ] * int(spelled)


# ---- one document --------------------------------------------------------------------------------

TABLE = "CREATE TABLE orders (status text, code text);"


def contradictions(*rules: ValueRule) -> list[str]:
    note = replace(ORDERS, rules=rules)
    return said("contradictory-format", catalog_of(TABLE), document_of(note))


def at_line(line: int, rule: ValueRule) -> ValueRule:
    return replace(rule, location=at(line))


CODE = ValueRule("format", "code", "", at(6), formats=("A-NN",))
RANGE = ValueRule("range", "status", "", at(6), low="1", high="9")


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((), ["not applicable public.orders: no document states a format for a column"]),
        ((values("a", "b"),), ["pass public.orders [status]"]),
        ((values("a", "b"), values("b", "a")), ["pass public.orders [status]"]),
        ((values("a"), CODE), ["pass public.orders [code]", "pass public.orders [status]"]),
        ((values("a"), RANGE), ["pass public.orders [status]", "pass public.orders [status]"]),
        (
            (values("a"), at_line(7, values("a")), at_line(8, values("b"))),
            ["LOW postgresql ddl public.orders [status], line 8: status: line 6 and line 8 differ"],
        ),
        (
            (RANGE, at_line(7, replace(RANGE, low="0"))),
            ["LOW postgresql ddl public.orders [status], line 7: status: line 6 and line 7 differ"],
        ),
        (
            (RANGE, at_line(7, replace(RANGE, high="8"))),
            ["LOW postgresql ddl public.orders [status], line 7: status: line 6 and line 7 differ"],
        ),
        (
            (CODE, at_line(9, replace(CODE, formats=("B-NN",)))),
            ["LOW postgresql ddl public.orders [code], line 9: code: line 6 and line 9 differ"],
        ),
    ],
)
def test_two_rules_for_one_column(rules: tuple[ValueRule, ...], expected: list[str]) -> None:
    assert sorted(contradictions(*rules)) == expected


HEIR = FormatNote("heir id", ("HEIR-YYYY-MM-SYSTEM-MODE-VN",), at(5))
PATTERN = r"^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$"


def code(text: str, line: int = 20) -> FormatNote:
    return FormatNote("heir id", (text,), at(line), pattern=True)


def format_faults(*formats: FormatNote, prefixes: tuple[Prefix, ...] = ()) -> list[str]:
    found = said("contradictory-format", document_of(formats=formats, prefixes=prefixes))
    start = "LOW postgresql reference d.md (no table) ["
    assert all(line.startswith(start) for line in found)
    return [line.removeprefix(start) for line in found]


TOLD = "heir_id], line 5: HEIR-YYYY-MM-SYSTEM-MODE-VN contradicts "


def test_a_documented_format_against_the_patterns_in_the_code() -> None:
    assert format_faults(HEIR, code(PATTERN)) == [f"{TOLD}the pattern {PATTERN} (line 20)"]
    assert format_faults(HEIR, code(PATTERN.replace(r"\d{2}$", r"V\d$"))) == []
    assert format_faults(HEIR, code(PATTERN.replace("HEIR", "PRC"))) == []
    for other in ("^HEIR-(?=x)", r"^HEIR-(A)\1$", "^PRC-x$"):
        assert format_faults(HEIR, code(other), code(PATTERN, 21)) == [
            f"{TOLD}the pattern {PATTERN} (line 21)"
        ]


def test_formats_that_mean_no_tracking_column_are_not_compared() -> None:
    assert format_faults(replace(HEIR, label="invoice number"), code(PATTERN)) == []
    assert format_faults(replace(HEIR, pattern=True), code(PATTERN)) == []
    other = FormatNote("invoice number", ("INV-NN",), at(4))
    assert len(format_faults(other, HEIR, code(PATTERN))) == 1


def test_a_documented_format_against_the_examples() -> None:
    rows = tuple(
        Prefix("USER", f"HEIR-2025-10-USER-AUTH-{end}", at(line))
        for line, end in ((7, "01"), (8, "V1"), (9, "02"), (10, "03"))
    )
    first = "the example HEIR-2025-10-USER-AUTH-01 (line 7)"
    second = "the example HEIR-2025-10-USER-AUTH-02 (line 9)"
    assert format_faults(HEIR, prefixes=rows[:2]) == [f"{TOLD}{first}"]
    assert format_faults(HEIR, prefixes=rows[:3]) == [f"{TOLD}{first}, {second}"]
    assert format_faults(HEIR, prefixes=rows) == [f"{TOLD}{first}, {second} and 1 more"]
    assert format_faults(HEIR, prefixes=(Prefix("USER", "PRC-2025-10-USER-AUTH-01", at(7)),)) == []


def test_a_format_of_several_templates_accepts_any_of_them() -> None:
    both = replace(HEIR, templates=("HEIR-YYYY-MM-SYSTEM-MODE-VN", "HEIR-YYYY-MM-SYSTEM-VN"))
    row = Prefix("USER", "HEIR-2025-10-USER-V1", at(7))
    assert format_faults(both, prefixes=(row,)) == []
    wrong = Prefix("USER", "HEIR-2025-10-USER-01", at(7))
    assert format_faults(both, prefixes=(wrong,)) == [
        "heir_id], line 5: HEIR-YYYY-MM-SYSTEM-MODE-VN or HEIR-YYYY-MM-SYSTEM-VN contradicts "
        "the example HEIR-2025-10-USER-01 (line 7)"
    ]


SHIFTED = FormatNote("row id", ("X-SYSTEM-NN",), at(5))
PLAIN = FormatNote("row id", ("X-NN",), at(4))


@pytest.mark.parametrize(
    ("formats", "example", "fine"),
    [
        ((), "HEIR-2025-10-USER-AUTH-01", True),
        ((), "HEIR-2025-10-SYS-AUTH-01", False),
        ((), "HEIR-2025-10", True),
        ((SHIFTED,), "X-USER-01", True),
        ((SHIFTED,), "X-SYS-01", False),
        ((PLAIN, SHIFTED), "X-SYS-01", False),
        ((PLAIN,), "X-SYS-01-USER", True),
    ],
)
def test_the_prefix_of_a_row_stands_where_the_format_says_system(
    formats: tuple[FormatNote, ...], example: str, fine: bool
) -> None:
    found = format_faults(*formats, prefixes=(Prefix("USER", example, at(7)),))
    assert found == [f"USER], line 7: the prefix USER has the example {example}"] * (not fine)
