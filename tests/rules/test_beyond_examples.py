"""What rule files cannot show in SQL alone: live surfaces, references, configured levels."""

from dataclasses import replace
from datetime import date

from ctb_audit.judge import Judgement, judge
from ctb_audit.model import Catalog, Declaration, Index, IndexKey, Table
from ctb_audit.rulebook import load_standard
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.subjects import build_project

STRICT = "-- ctb: enforcement=STRICT\n"
Found = list[tuple[str, str, str, str]]


def catalog_of(sql: str) -> Catalog:
    return replay([read_script(sql, "a.sql", "postgresql")])


def changed(catalog: Catalog, surface: str, **values: object) -> Catalog:
    """The catalog on another surface, each of its tables with some values replaced."""
    tables: list[Table] = [replace(t, **values) for t in catalog.tables]  # type: ignore[arg-type]
    return replace(catalog, surface=surface, tables=tuple(tables))  # type: ignore[arg-type]


def judged(rule: str, *catalogs: Catalog, standard: str = "ctb-1.0") -> Judgement:
    loaded = load_standard(standard, select=[rule])
    return judge(build_project(catalogs, loaded, today=date(2026, 11, 22)))


def found(judgement: Judgement) -> Found:
    return [(f.table, f.requirement, f.severity, f.message) for f in judgement.findings]


UNIQUE = catalog_of("CREATE TABLE t (id int PRIMARY KEY, heir_id varchar(50) NOT NULL UNIQUE);")
EXHAUSTED = "exhausted-identifier-space"


def test_id_space_is_high_past_its_capacity() -> None:
    full = changed(UNIQUE, "live", row_estimate=101)
    assert [(f[2], "101 rows" in f[3]) for f in found(judged(EXHAUSTED, full))] == [("HIGH", True)]


def test_id_space_is_a_note_where_rows_are_not_counted() -> None:
    unknown = changed(UNIQUE, "live", row_estimate=-1)
    assert [f[2] for f in found(judged(EXHAUSTED, unknown))] == ["INFO"]


def test_id_space_is_enough_for_few_rows() -> None:
    few = judged(EXHAUSTED, changed(UNIQUE, "live", row_estimate=100))
    assert found(few) == [] and few.passes == 1


def test_an_invalid_index_is_judged_on_live_databases() -> None:
    broken = Index("t_note_idx", (IndexKey("id"),), valid=False)
    live = changed(UNIQUE, "live", indexes=(broken, replace(broken, name="good", valid=True)))
    judgement = judged("invalid-index", live)
    assert [(f[0], f[1]) for f in found(judgement)] == [("public.t", "t_note_idx")]
    assert judgement.passes == 1


def test_triggers_that_the_source_cannot_show_leave_their_rules_undecided() -> None:
    sql = STRICT + "CREATE TABLE t (heir_id text, updated_at timestamptz);"
    silent = changed(catalog_of(sql), "ddl", triggers=None)
    for rule in ("missing-update-trigger", "ineffective-trigger", "unenforced-heir-format"):
        judgement = judged(rule, silent)
        assert found(judgement) == []
        assert [u.reason for u in judgement.unknowns] == ["the source does not show triggers"]


ORBT = catalog_of("-- ctb: enforcement=STANDARD\nCREATE TABLE t (orbt_layer integer);")


def test_below_strict_a_reference_may_state_the_rule() -> None:
    reference = Catalog(surface="reference")
    silent = judged("unenforced-orbt-range", ORBT, reference)
    assert [(f[0], f[2]) for f in found(silent)] == [("public.t", "LOW")]
    stating = replace(reference, stated=("orbt_layer",))
    assert found(judged("unenforced-orbt-range", ORBT, stating)) == []


def test_in_strict_stating_a_rule_is_not_enough() -> None:
    strict = catalog_of(STRICT + "CREATE TABLE t (orbt_layer integer);")
    reference = Catalog(surface="reference", stated=("orbt_layer",))
    judgement = judged("unenforced-orbt-range", strict, reference)
    assert [(f[0], f[2]) for f in found(judgement)] == [("public.t", "MEDIUM")]


REFERRING = """
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE invoices (id integer PRIMARY KEY, customer_id integer);
"""


def test_a_foreign_key_to_a_planned_table_is_not_asked_for() -> None:
    catalog = catalog_of(REFERRING)
    planned = replace(
        catalog.tables[0], declarations=(Declaration(source="section", status="Planned"),)
    )
    judgement = judged("missing-foreign-key", replace(catalog, tables=(planned, catalog.tables[1])))
    assert found(judgement) == []


def test_a_column_s_name_means_the_table_of_its_own_schema() -> None:
    catalog = catalog_of(
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE SCHEMA c;"
        "CREATE TABLE a.users (id uuid PRIMARY KEY); CREATE TABLE b.users (id int PRIMARY KEY);"
        "CREATE TABLE b.notes (id int PRIMARY KEY, user_id int);"
        "CREATE TABLE c.notes (id int PRIMARY KEY, user_id int);"
    )
    assert [f[0] for f in found(judged("missing-foreign-key", catalog))] == ["b.notes"]


def test_a_table_declares_that_it_wants_a_layer() -> None:
    catalog = catalog_of("CREATE TABLE t (unique_id text, process_id text, created_at timestamp);")
    asking = Declaration(source="section", tracking=("orbt_layer",))
    declared = changed(catalog, "reference", declarations=(asking,))
    rule = "missing-tracking-column"
    assert found(judged(rule, catalog, standard="ctb-1.3")) == []
    assert [f[1] for f in found(judged(rule, declared, standard="ctb-1.3"))] == ["orbt_layer"]


def test_row_ids_may_repeat_in_logs_of_ctb_1_3_only() -> None:
    sql = "CREATE TABLE {} (id int PRIMARY KEY, unique_id text, heir_id text);"
    log, entity = catalog_of(sql.format("call_logs")), catalog_of(sql.format("calls"))
    rule = "non-unique-heir-id"
    assert found(judged(rule, log, standard="ctb-1.3")) == []
    assert [f[0] for f in found(judged(rule, entity, standard="ctb-1.3"))] == ["public.calls"]
    assert [f[0] for f in found(judged(rule, log))] == ["public.call_logs"]


def test_nullable_columns_weigh_less_in_standard_tables() -> None:
    sql = "CREATE TABLE t (created_by text);"
    levels = {"STRICT": "HIGH", "STANDARD": "MEDIUM"}
    for level, severity in levels.items():
        catalog = catalog_of(f"-- ctb: enforcement={level}\n{sql}")
        assert [f[2] for f in found(judged("nullable-tracking-column", catalog))] == [severity]


def test_a_missing_column_is_one_finding() -> None:
    catalog = catalog_of("CREATE TABLE t (id int PRIMARY KEY);")
    for rule in ("wrong-tracking-type", "nullable-tracking-column", "missing-tracking-default"):
        judgement = judged(rule, catalog)
        assert found(judgement) == [] and judgement.passes == 0
    assert len(judged("missing-tracking-column", catalog).findings) == 7


TOUCH = """
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {} RETURN NEW; END $$;
CREATE TABLE t (id int PRIMARY KEY, updated_at timestamptz DEFAULT now());
CREATE TRIGGER touch_t {} ON t FOR EACH ROW EXECUTE FUNCTION {}();
"""


def test_a_trigger_that_fails_at_its_work_is_one_finding() -> None:
    late = catalog_of(TOUCH.format("NEW.updated_at := now();", "AFTER UPDATE", "touch"))
    undefined = catalog_of(TOUCH.format("", "BEFORE UPDATE", "somebody_elses"))
    partial = TOUCH.format("IF NEW.id > 5 THEN NEW.updated_at := now(); END IF;", "{}", "touch")
    for catalog in (late, undefined, catalog_of(partial.format("BEFORE UPDATE"))):
        assert [f[0] for f in found(judged("ineffective-trigger", catalog))] == ["public.t"]
        assert found(judged("missing-update-trigger", catalog)) == []


def test_problems_of_a_file_are_one_finding_and_list_the_first() -> None:
    lines = "\n".join(f"CREATE TABEL t{n} (id int);" for n in range(5))
    (finding,) = judged("invalid-sql", catalog_of(lines)).findings
    assert (finding.table, finding.table_level) == ("a.sql", False)
    assert finding.location is not None and finding.location.line == 1


def test_a_view_of_columns_that_do_not_exist_is_broken() -> None:
    table = "CREATE TABLE t (id int, a text);"
    for query, broken in {
        "SELECT x.id, x.b FROM t x": True,
        "SELECT x.id, x.a, x.ctid FROM t x": False,
        "SELECT x.b FROM (SELECT id AS b FROM t) x": False,
        "SELECT s.b FROM t AS s (id, b)": False,
        "SELECT e.n FROM t CROSS JOIN LATERAL generate_series(1, 2) AS e (n)": False,
    }.items():
        catalog = catalog_of(f"{table} CREATE VIEW v AS {query};")
        assert [f[0] for f in found(judged("broken-view", catalog))] == ["public.v"] * broken, query
