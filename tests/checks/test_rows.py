"""What rows hold: which tables are asked, what the server is asked, and what its answer means."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.document_model import ValueRule
from ctb_audit.judge import judge, questions
from ctb_audit.model import Catalog, Location, Name
from ctb_audit.probe import Probe, Sample
from ctb_audit.rulebook import load_standard
from ctb_audit.subjects import build_project
from tests.checks.judging import TODAY, at, catalog_of, document_of, table_note
from tests.rules.verdict_lines import verdict_lines

TABLE = Name("public", "t")
NOT_LIVE = "rows are asked about in live databases only"
MISSING = "the column is missing"


def asked(
    rule: str,
    *catalogs: Catalog,
    answer: Sample | None = None,
    standard: str = "ctb-1.0",
    **own: Any,
) -> tuple[list[Probe], list[str]]:
    """What the rule asks of rows, and what it says when each question has the answer."""
    loaded = replace(load_standard(standard, select=[rule]), **own)
    project = build_project(catalogs, loaded, today=TODAY)
    probes = questions(project)
    facts = dict.fromkeys(probes, answer) if answer is not None else {}
    settled = replace(project, facts=facts)
    return list(probes), verdict_lines(settled, judge(settled))


def live(columns: str, *, more: str = "") -> Catalog:
    return catalog_of(f"CREATE TABLE t ({columns}); {more}", "live", name="db")


def verdict(rule: str, columns: str, answer: Sample | None = None, **own: Any) -> str:
    (line,) = asked(rule, live(columns), answer=answer, **own)[1]
    return line


HEIR = "invalid-heir-value"


# ---- questions ----------------------------------------------------------------------------------

VALUE = r"^(?:^HEIR-\d{4}-(0[1-9]|1[0-2])-[A-Z]+-[A-Z]+-\d{2}$)$"


def test_texts_outside_of_their_format() -> None:
    probes, _ = asked(HEIR, live("heir_id text"))
    condition = '"asked"."heir_id"::text COLLATE "C" !~ %s'
    assert probes == [Probe("db", TABLE, "rows", condition, (VALUE,), "heir_id")]
    (blueprint,) = asked("invalid-blueprint-value", live("blueprint_version text"))[0]
    assert blueprint.parameters == (r"^(?:^\d+\.\d+(\.\d+)?$)$",)


@pytest.mark.parametrize(
    ("indexed", "serves"), [("", False), ("CREATE INDEX ON t (heir_id);", True)]
)
def test_values_in_several_rows(indexed: str, serves: bool) -> None:
    probes, _ = asked("duplicate-heir-value", live("heir_id text", more=indexed))
    assert probes == [Probe("db", TABLE, "repeats", "heir_id", shown="heir_id", index=serves)]


@pytest.mark.parametrize(
    ("indexed", "serves"), [("", False), ("CREATE INDEX ON t (orbt_layer);", True)]
)
def test_numbers_out_of_range(indexed: str, serves: bool) -> None:
    condition = '"asked"."orbt_layer" < %s OR "asked"."orbt_layer" > %s'
    for type_ in ("int", "numeric", "float8", "smallint"):
        probes, _ = asked("orbt-out-of-range", live(f"orbt_layer {type_}", more=indexed))
        shown = "orbt_layer"
        assert probes == [Probe("db", TABLE, "rows", condition, (1, 4), shown, serves)]


def test_a_role_with_one_bound_asks_for_one() -> None:
    standard = load_standard("ctb-1.0")
    for bounds, condition, parameters in (
        ({"minimum": None}, '"asked"."orbt_layer" > %s', (4,)),
        ({"maximum": None}, '"asked"."orbt_layer" < %s', (1,)),
    ):
        fields = tuple(
            replace(f, **bounds) if f.role == "orbt_layer" else f  # type: ignore[arg-type]
            for f in standard.fields
        )
        (probe,) = asked("orbt-out-of-range", live("orbt_layer int"), fields=fields)[0]
        assert (probe.sql, probe.parameters) == (condition, parameters)


def test_times_out_of_order() -> None:
    both = "created_at timestamptz, updated_at timestamptz"
    condition = '"asked"."updated_at" < "asked"."created_at"'
    assert asked("updated-before-created", live(both))[0] == [Probe("db", TABLE, "rows", condition)]


LIST = "value-out-of-list"
LEVELS = ("STRICT", "STANDARD", "RELAXED", "NONE")


def note(*rules: ValueRule) -> Catalog:
    return document_of(table_note("t", rules=rules))


def test_values_out_of_the_standard_s_and_the_documents_lists() -> None:
    columns = "enforcement_level text, status text, kind text, tags text[]"
    rules = (
        ValueRule("values", "status", "..", at(3), ("open", "paid")),
        ValueRule("values", "enforcement_level", "..", at(4), ("LOW",)),
        ValueRule("format", "kind", "..", at(5), ("a", "b")),
        ValueRule("values", "tags", "..", at(6), ("a", "b")),
    )
    probes, lines = asked(LIST, live(columns), note(*rules), answer=Sample())
    text = '::text COLLATE "C" NOT IN'
    assert [(p.sql, p.parameters, p.shown) for p in probes] == [
        (f'"asked"."enforcement_level"{text} (%s, %s, %s, %s)', LEVELS, "enforcement_level"),
        (f'"asked"."status"{text} (%s, %s)', ("open", "paid"), "status"),
    ]
    assert lines == [
        "pass public.t [enforcement_level]",
        "pass public.t [status]",
        "not applicable public.t [tags]: the column holds lists",
    ]
    found = asked(LIST, live("status text"), note(*rules[:1]), answer=Sample(1))[1]
    assert found == [
        "MEDIUM postgresql live public.t [status], line 1: 1 row with a status that is not listed"
    ]


# ---- answers ------------------------------------------------------------------------------------

OUTSIDE = "with a heir_id outside of its format"
FOUND: list[tuple[Sample, str]] = [
    (Sample(1), f"1 row {OUTSIDE}"),
    (Sample(2), f"2 rows {OUTSIDE}"),
    (Sample(12000, shapes=("AAA-9", "a")), f"12,000 rows {OUTSIDE}, shaped AAA-9 or a"),
    (Sample(101, whole=False, share=0.5), f"at least 101 rows {OUTSIDE}"),
]
START = "MEDIUM postgresql live public.t, line 1: "


@pytest.mark.parametrize(("answer", "told"), FOUND)
def test_rows_that_should_not_be_there(answer: Sample, told: str) -> None:
    assert verdict(HEIR, "heir_id text", answer) == f"{START}{told}"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (Sample(), "pass public.t"),
        (
            Sample(whole=False, share=0.034),
            "none in the first 3% of the table, and the time limit allowed no more",
        ),
        (Sample(whole=False, share=0.0), "none so far, and the time limit allowed no more"),
        (Sample(fault="the role may not read its rows"), "the role may not read its rows"),
    ],
)
def test_no_such_row(answer: Sample, expected: str) -> None:
    unknown = f"unknown MEDIUM postgresql public.t: {expected}"
    shown = expected if expected.startswith("pass") else unknown
    assert verdict(HEIR, "heir_id text", answer) == shown


OTHERS: list[tuple[str, str, Sample, str]] = [
    ("duplicate-heir-value", "heir_id text", Sample(1), "1 value of heir_id in more than one row"),
    ("duplicate-heir-value", "heir_id text", Sample(3, shapes=("A",)),
     "3 values of heir_id in more than one row, shaped A"),
    ("orbt-out-of-range", "orbt_layer int", Sample(2), "2 rows with orbt_layer outside of 1 to 4"),
    ("score-out-of-range", "compliance_score int", Sample(1),
     "1 row with compliance_score outside of 0 to 100"),
    ("updated-before-created", "created_at timestamp, updated_at timestamp", Sample(5),
     "5 rows with updated_at before created_at"),
    ("invalid-process-value", "process_id text", Sample(1),
     "1 row with a process_id outside of its format"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "columns", "answer", "told"), OTHERS)
def test_what_each_rule_counts(rule: str, columns: str, answer: Sample, told: str) -> None:
    assert verdict(rule, columns, answer) == f"{START}{told}"


# ---- where nothing is asked ---------------------------------------------------------------------

HELD: list[tuple[str, str]] = [
    (HEIR, r"heir_id text CHECK (heir_id ~ '^HEIR-\d{4}-(0[1-9]|1[0-2])-[A-Z]+-[A-Z]+-\d{2}$')"),
    ("duplicate-heir-value", "heir_id text UNIQUE"),
    ("orbt-out-of-range", "orbt_layer int CHECK (orbt_layer BETWEEN 1 AND 4)"),
    ("updated-before-created",
     "created_at timestamp, updated_at timestamp, CHECK (updated_at >= created_at)"),
    (LIST, "enforcement_level text"
     " CHECK (enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE'))"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "columns"), HELD)
def test_what_the_database_rules_out_is_not_asked(rule: str, columns: str) -> None:
    probes, lines = asked(rule, live(columns))
    named = " [enforcement_level]" if rule == LIST else ""
    assert (probes, lines) == ([], [f"pass public.t{named}"])


def test_a_trigger_says_nothing_of_the_rows_that_were_there() -> None:
    guard = """CREATE FUNCTION guard() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF NEW.orbt_layer NOT BETWEEN 1 AND 4 THEN RAISE EXCEPTION 'layer'; END IF; RETURN NEW; END $$;
CREATE TRIGGER guarded BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION guard();"""
    probes, _ = asked("orbt-out-of-range", live("orbt_layer int NOT NULL", more=guard))
    assert len(probes) == 1


NO_TIMES = "the columns hold no times"
NOWHERE: list[tuple[str, str, str]] = [
    (HEIR, "heir_id int", "the role has no format, or the column no text"),
    ("orbt-out-of-range", "orbt_layer text", "the column holds no numbers"),
    (
        "updated-before-created",
        "created_at date, updated_at timestamp",
        "the columns hold no times",
    ),
    (
        "updated-before-created",
        "created_at timestamp, updated_at date",
        "the columns hold no times",
    ),
    ("updated-before-created", "updated_at timestamp", MISSING),
    ("updated-before-created", "created_at timestamp", MISSING),
    (HEIR, "id int", MISSING),
    ("duplicate-heir-value", "id int", MISSING),
    ("orbt-out-of-range", "id int", MISSING),
]


@pytest.mark.parametrize(("rule", "columns", "reason"), NOWHERE)
def test_what_has_no_such_values(rule: str, columns: str, reason: str) -> None:
    probes, lines = asked(rule, live(columns))
    assert (probes, lines) == ([], [f"not applicable public.t: {reason}"])


EVERY = "heir_id text, orbt_layer int, created_at timestamp, updated_at timestamp"


@pytest.mark.parametrize(
    "rule", [HEIR, "duplicate-heir-value", "orbt-out-of-range", "updated-before-created"]
)
def test_only_live_tables_are_asked(rule: str) -> None:
    nowhere = [f"not applicable public.t: {NOT_LIVE}"]
    ddl = catalog_of(f"CREATE TABLE t ({EVERY});")
    assert asked(rule, ddl) == ([], nowhere)
    unplaced = live(EVERY)
    table = replace(unplaced.tables[0], location=None)
    assert asked(rule, replace(unplaced, tables=(table,))) == ([], nowhere)
    assert asked(LIST, catalog_of("CREATE TABLE t (enforcement_level text);")) == ([], [])


def test_a_role_that_the_standard_lacks_is_asked_of_nobody() -> None:
    for rule in (HEIR, "duplicate-heir-value", "orbt-out-of-range", "updated-before-created"):
        probes, lines = asked(rule, live(EVERY), fields=())
        assert (probes, lines) == ([], [f"not applicable public.t: {MISSING}"])


def test_a_format_that_no_server_reads_is_unknown() -> None:
    formats = {"heir_id": "^(?<year>a)$"}
    (line,) = asked(HEIR, live("heir_id text"), formats=formats)[1]
    start = "unknown MEDIUM postgresql public.t: the server cannot be asked for ^(?<year>a)$: "
    assert line.startswith(start) and len(line) > len(start)
    assert asked(HEIR, live("heir_id text"), formats={})[1] == [
        "not applicable public.t: the role has no format, or the column no text"
    ]


def test_ids_may_repeat_in_logs() -> None:
    log = catalog_of("CREATE TABLE call_log (unique_id text);", "live", name="db")
    assert asked("duplicate-heir-value", log, standard="ctb-1.3") == (
        [],
        ["not applicable public.call_log: ids may repeat in this table"],
    )


def test_rows_that_are_left_out_are_not_judged() -> None:
    assert asked(HEIR, live("heir_id text"))[1] == []


# ---- the registry of ids ------------------------------------------------------------------------

IDS = "CREATE TABLE ids (unique_id text);"
INDEXED = f"{IDS} CREATE INDEX ON ids (unique_id);"
REGISTERED = "unregistered-identifier"


def registered(*catalogs: Catalog, answer: Sample | None = None) -> tuple[list[Probe], list[str]]:
    probes, lines = asked(REGISTERED, *catalogs, answer=answer, standard="ctb-1.3")
    return probes, [line for line in lines if "public.ids" not in line.partition(":")[0]]


def test_ids_that_the_registry_lacks() -> None:
    catalog = live("unique_id text", more=INDEXED)
    probes, lines = registered(catalog, answer=Sample(2))
    condition = (
        '"asked"."unique_id" IS NOT NULL AND NOT EXISTS (SELECT FROM "public"."ids" registered'
        ' WHERE "registered"."unique_id" = "asked"."unique_id")'
    )
    assert probes == [Probe("db", TABLE, "rows", condition, (), "unique_id")]
    assert lines == [f"{START}2 rows with a unique_id that public.ids lacks"]
    assert registered(live("id int", more=INDEXED)) == ([], [f"not applicable public.t: {MISSING}"])


NONE = "not applicable public.{}: there is no registry, or this is it"


def test_without_a_registry_nothing_is_looked_up() -> None:
    assert registered(live("unique_id text")) == ([], [NONE.format("t")])
    empty = live("unique_id text", more="CREATE TABLE ids (id int);")
    assert registered(empty) == ([], [NONE.format("t")])
    _, lines = asked(REGISTERED, catalog_of(INDEXED, "live"), standard="ctb-1.3")
    assert lines == [NONE.format("ids")]


def test_a_registry_that_cannot_be_looked_up_in() -> None:
    start = "unknown MEDIUM postgresql public.t: "
    unindexed = registered(live("unique_id text", more=IDS))
    assert unindexed == (
        [],
        [f"{start}public.ids has no index on unique_id to look it up in"],
    )
    elsewhere = [f"{start}the registry stands in another source"]
    other = catalog_of(INDEXED, "live", name="other")
    assert registered(live("unique_id text"), other) == ([], elsewhere)
    assert registered(live("unique_id text"), catalog_of(INDEXED, name="db")) == ([], elsewhere)
    place = Location("db", 9, 1)
    moved = live("unique_id text", more=INDEXED)
    tables = tuple(replace(t, location=place) for t in moved.tables)
    assert len(registered(replace(moved, tables=tables))[0]) == 1
