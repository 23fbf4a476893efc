"""What BigQuery can change becomes statements, and the rest is said."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlglot

from ctb_audit.audit import AuditSettings
from ctb_audit.config import config_from_text
from ctb_audit.model import Catalog, Name
from ctb_audit.remedy.bigquery import plan as planning
from ctb_audit.remedy.bigquery.changes import AddField, Describe, text, ticked
from ctb_audit.remedy.bigquery.plan import ALLOWED, plan_bigquery
from ctb_audit.remedy.change import Step
from ctb_audit.remedy.elsewhere import Elsewhere
from ctb_audit.remedy.plan import Wanted
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

AT = datetime(2026, 11, 22, tzinfo=UTC)
SETTINGS = AuditSettings(today=date(2026, 11, 22))
EVENTS = """
-- ctb: enforcement=STRICT orbt=3 purpose="what users \\"did\\""
CREATE TABLE `proj.analytics.events` (
  id STRING NOT NULL, created_at TIMESTAMP, heir_id STRING(20), orbt_layer NUMERIC DEFAULT 9,
  created_by STRING DEFAULT 'x'
) PARTITION BY DATE(created_at) CLUSTER BY id OPTIONS(description="events");
"""


def catalog(sql: str) -> Catalog:
    return replay([read_script(sql, "b.sql", "bigquery")], mode="lenient", source="b.sql")


def planned(sql: str, only: str | None = None, **values: str) -> Elsewhere:
    config = config_from_text("", Path.cwd())
    wanted = Wanted(values={"blueprint_version": "1.0", **values})
    return plan_bigquery([catalog(sql)], (config, SETTINGS), wanted, AT, only)


def file(found: Elsewhere, end: str) -> str:
    return next(f.text for f in found.files if f.path.endswith(end))


def test_missing_columns_come_nullable_and_get_their_default_afterwards() -> None:
    up = file(planned(EVENTS), "_01_expand.up.sql")
    added = "ALTER TABLE `analytics`.`events` ADD COLUMN IF NOT EXISTS `updated_at` TIMESTAMP;"
    default = "ALTER COLUMN IF EXISTS `updated_at` SET DEFAULT CURRENT_TIMESTAMP();"
    assert up.index(added) < up.index(default)
    adds = [line for line in up.splitlines() if "ADD COLUMN" in line]
    assert adds
    assert not any("NOT NULL" in line or "DEFAULT" in line for line in adds)


def test_the_files_say_that_no_engine_tried_them_and_the_outcome_does_not_hold() -> None:
    found = planned(EVENTS)
    assert found.files
    assert all(f.text.startswith("-- UNPROVEN: no engine of BigQuery") for f in found.files)
    assert not found.tried and not found.holds and found.failures == ()
    assert found.score_before is not None and found.score_after is not None
    assert found.score_after > found.score_before


def test_every_statement_is_of_an_allowed_kind() -> None:
    for file_ in planned(EVENTS).files:
        if not file_.path.endswith(".verify.sql"):
            trees = [t for t in sqlglot.parse(file_.text, dialect="bigquery") if t is not None]
            assert {type(tree).__name__ for tree in trees} <= ALLOWED


def test_a_short_string_is_widened_and_a_description_comes_from_the_purpose() -> None:
    up = file(planned(EVENTS), "_01_expand.up.sql")
    assert "ALTER COLUMN IF EXISTS `heir_id` SET DATA TYPE STRING(50);" in up
    assert 'SET OPTIONS (description = "what users' in up
    down = file(planned(EVENTS), "_01_expand.down.sql")
    assert 'SET OPTIONS (description = "events");' in down
    assert "SET DATA TYPE" not in down, "BigQuery does not narrow a type"


@pytest.mark.parametrize(
    ("rule", "column", "reason"),
    [
        ("nullable-tracking-column", "created_at", "makes no column that is there NOT NULL"),
        ("wrong-tracking-type", "orbt_layer", "only widens a type in place"),
        ("invalid-tracking-default", "orbt_layer", "is NUMERIC, which the default does not fit"),
    ],
)
def test_what_bigquery_cannot_do_is_said_with_the_reason(
    rule: str, column: str, reason: str
) -> None:
    left = [x for x in planned(EVENTS).left if (x.rule, x.requirement) == (rule, column)]
    assert [reason in x.reason for x in left] == [True]


def test_a_value_that_nobody_knows_is_asked_for() -> None:
    found = planned("CREATE TABLE d.t (id STRING NOT NULL);")
    told = {x.requirement: x.reason for x in found.left}
    assert "--value orbt_layer=" in told["orbt_layer"]
    given = planned("CREATE TABLE d.t (id STRING NOT NULL);", orbt_layer="2")
    assert "SET DEFAULT 2;" in file(given, "_01_expand.up.sql")


def test_rows_are_filled_in_files_for_review_alone() -> None:
    found = planned(EVENTS)
    assert "UPDATE" not in file(found, "_01_expand.up.sql")
    review = file(found, "_02_review_backfill.up.sql")
    assert "SET `updated_at` = CURRENT_TIMESTAMP() WHERE `updated_at` IS NULL;" in review
    assert "heir_id" not in review, "each row needs its own"
    assert any("writers set heir_id" in x for x in planned("CREATE TABLE d.t (id INT64);").notes)


@pytest.mark.parametrize(("only", "slugs"), [("safe", {"01"}), ("review", {"02"})])
def test_only_one_kind(only: str, slugs: set[str]) -> None:
    names = {f.path.split("_")[1] for f in planned(EVENTS, only).files}
    assert names == slugs


def test_what_the_plan_wrote_is_found_repaired_by_an_audit_of_both_files() -> None:
    found = planned(EVENTS)
    up = "\n".join(f.text for f in found.files if f.path.endswith(".up.sql"))
    rest = planned(EVENTS + up)
    assert not [f for f in rest.files if "expand" in f.path], "nothing is left to expand"


def test_a_statement_that_does_otherwise_fails_the_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(self: AddField, *, empty: bool = False) -> tuple[Step, ...]:
        return (Step(f"ALTER TABLE {ticked(self.table)} ADD COLUMN `other` STRING"),)

    monkeypatch.setattr(AddField, "up", wrong)
    found = planned(EVENTS)
    assert found.files == () and any("other" in failure for failure in found.failures)


@pytest.mark.parametrize(
    "sql", ["DROP TABLE `d`.`t`", "ALTER TABLE `d`.`t` ADD COLUMN", "SELECT 1; SELECT 2"]
)
def test_statements_of_other_kinds_are_never_written(sql: str) -> None:
    assert planning._misread(Step(sql)) != ""


def test_quotes_in_descriptions_stay_quotes() -> None:
    change = Describe(table=Name("d", "t"), description='a "b" \\ c\n', former=None)
    made = catalog(f"CREATE TABLE d.t (id STRING);\n{change.up()[0].sql};")
    assert made.tables[0].comment == 'a "b" \\ c\n'
    assert text('"') == '"\\""'


def test_without_findings_there_is_nothing() -> None:
    assert planned("CREATE TABLE d.t (id STRING);\nDROP TABLE d.t;").files == ()
