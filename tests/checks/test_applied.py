"""Trackers against the migrations on disk, by the names and versions of each tool."""

from datetime import date

import pytest

from ctb_audit.checks.applied import version_of
from ctb_audit.judge import Judgement, judge
from ctb_audit.model import AppliedMigration, Catalog, MigrationFile, Name, Table, Tracker
from ctb_audit.rulebook import load_standard
from ctb_audit.subjects import build_project
from tests.checks.judging import catalog_of, said

RULES = ("unapplied-migration", "unknown-migration", "failed-migration")
Found = list[tuple[str, str, str]]


def judged(*trackers: Tracker, **files: tuple[str, ...]) -> Judgement:
    """`files`: names of migrations by their folder."""
    steps = tuple(
        MigrationFile(f"{folder}/{name}", folder, name.split("/")[0])
        for folder, names in files.items()
        for name in names
    )
    return judged_steps(steps, *trackers)


def judged_steps(steps: tuple[MigrationFile, ...], *trackers: Tracker) -> Judgement:
    tables = tuple(Table("postgresql", t.table.schema or "", t.table.name) for t in trackers)
    live = Catalog(surface="live", source="live", tables=tables, trackers=trackers)
    ddl = Catalog(surface="ddl", source="disk", migrations=steps)
    standard = load_standard("ctb-1.0", select=list(RULES))
    return judge(build_project([live, ddl], standard, today=date(2026, 11, 22)))


def tracker(tool: str, *names: str, heads: bool = False, table: str = "t") -> Tracker:
    """`-name`: failed, `~name`: reverted, `_name`: baseline; of digits alone: a version."""
    states = {"-": "failed", "~": "reverted", "_": "baseline"}
    applied = []
    for text in names:
        state, name = states.get(text[0], "applied"), text.lstrip("-~_")
        version = name if name.replace(".", "").isdigit() else ""
        applied.append(AppliedMigration(name, state, version))  # type: ignore[arg-type]
    return Tracker(Name("public", table), tool, tuple(applied), heads=heads)


def found(judgement: Judgement) -> Found:
    assert judgement.not_judged == []
    return [
        (f.rule.partition("-")[0], f.table, f.requirement)
        for f in sorted(judgement.findings, key=lambda f: (f.rule, f.table, f.requirement))
    ]


@pytest.mark.parametrize(
    ("names", "files"),
    [
        (("2025-10-20_a.sql", "2025-10-20_b.sql"), ("2025-10-20_a.sql", "2025-10-20_b.sql")),
        (("2025-10-20_a", "2025-10-20_b"), ("2025-10-20_a.sql", "2025-10-20_b.sql")),
        (("migrations/001_a.sql", "002"), ("001_a.sql", "002_b.sql")),
        (("1", "2"), ("0001_a.up.sql", "0002_b.up.sql")),
        (("20250101000000",), ("20250101000000_init.sql",)),
        (("20250101_a",), ("20250101_a/migration.sql",)),
        (("20250101120000",), ("2025-01-01-120000_a/up.sql",)),
        (("1.1", "2"), ("V1_1__a.sql", "V2.0__b.sql")),
        (("V2__b.sql", "R__views.sql"), ("V2__b.sql", "R__views.sql")),
        (("_3", "4"), ("V1__a.sql", "V3__c.sql", "V4__d.sql")),
        (("users", "widgets"), ("users.sql", "widgets.sql")),
    ],
)
def test_names_and_versions_that_mean_a_file(
    names: tuple[str, ...], files: tuple[str, ...]
) -> None:
    assert found(judged(tracker("", *names), disk=files)) == []


def test_dates_are_no_versions() -> None:
    judgement = judged(
        tracker("", "2025-10-20_a.sql"), disk=("2025-10-20_a.sql", "2025-10-20_b.sql")
    )
    assert found(judgement) == [("unapplied", "disk/2025-10-20_b.sql", "")]
    assert version_of("2025-10-20_b.sql") is None


def test_missing_extra_and_failed() -> None:
    judgement = judged(
        tracker("", "001_a", "-002_b", "004_d"), disk=("001_a.sql", "002_b.sql", "003_c.sql")
    )
    assert found(judgement) == [
        ("failed", "public.t", "002_b"),
        ("unapplied", "disk/003_c.sql", ""),
        ("unknown", "public.t", "004_d"),
    ]


def test_what_was_taken_back_is_not_applied() -> None:
    (finding,) = judged(tracker("", "001_a", "~002_b"), disk=("001_a.sql", "002_b.sql")).findings
    assert (finding.table, finding.message) == ("disk/002_b.sql", "was taken back, says public.t")


def test_a_head_stands_for_all_before_it() -> None:
    files = ("1_a.up.sql", "2_b.up.sql", "3_c.up.sql")
    judgement = judged(tracker("golang-migrate", "2", heads=True), disk=files)
    assert found(judgement) == [("unapplied", "disk/3_c.up.sql", "")]
    behind = judged(tracker("golang-migrate", "9", heads=True, table="s"), disk=files)
    assert ("unknown", "public.s", "9") in found(behind)


def test_alembic_s_heads_follow_the_versions_in_the_files() -> None:
    steps = (
        MigrationFile("v/c.py", "v", "c.py", "ccc", ("aaa", "bbb")),
        MigrationFile("v/a.py", "v", "a.py", "aaa"),
        MigrationFile("v/b.py", "v", "b.py", "bbb", ("aaa",)),
        MigrationFile("v/d.py", "v", "d.py", "ddd", ("ccc",)),
    )
    judgement = judged_steps(steps, tracker("alembic", "ccc", heads=True))
    assert found(judgement) == [("unapplied", "v/d.py", "")]


def test_a_tracker_takes_the_folder_that_its_rows_are_in() -> None:
    one, two = ("001_a.sql", "002_b.sql"), ("001_x.sql", "002_y.sql")
    first = tracker("", "001_a.sql", table="first")
    second = tracker("", "001_x.sql", "002_y.sql", table="second")
    judgement = judged(first, second, one=one, two=two)
    assert found(judgement) == [("unapplied", "one/002_b.sql", "")]


def test_somebody_else_s_tracker_is_left_alone() -> None:
    ours = tracker("", "001_a.sql", table="ours")
    theirs = tracker("", "create_buckets", "add_owner", table="theirs")
    assert found(judged(ours, theirs, disk=("001_a.sql",))) == []


def test_an_empty_tracker_has_applied_nothing() -> None:
    assert found(judged(tracker(""), disk=("001_a.sql",))) == [("unapplied", "disk/001_a.sql", "")]


def test_a_tracker_that_fits_none_of_several_folders_is_unknown() -> None:
    judgement = judged(tracker("", "x.sql"), one=("001_a.sql",), two=("001_b.sql",))
    assert found(judgement) == []
    assert [u.table for u in judgement.unknowns] == ["public.t"]


def test_a_tracker_that_cannot_be_read_is_unknown() -> None:
    closed = Tracker(
        Name("public", "t"), problem="its columns are those of no known migration tool"
    )
    judgement = judged(closed, disk=("001_a.sql",))
    assert [u.reason for u in judgement.unknowns] == [closed.problem]
    assert found(judgement) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("0001_a.up.sql", (1,)),
        ("V1_2__a.sql", (1, 2)),
        ("V1.20.0__a.sql", (1, 20)),
        ("B3__base.sql", (3,)),
        ("V0__a.sql", ()),
        ("20250101120000_a.rb", (20250101120000,)),
        ("2025-01-01-120000_a", (20250101120000,)),
        ("2025-01-01-1200_a", (202501011200,)),
        ("2025-01-01_a.sql", None),
        ("2025-01-01", None),
        ("a_1.sql", None),
    ],
)
def test_the_version_that_begins_a_name(name: str, expected: tuple[int, ...] | None) -> None:
    assert version_of(name) == expected


def test_a_version_counts_where_it_is_given() -> None:
    rows = (
        AppliedMigration("first", "applied", "1"),
        AppliedMigration("2", "applied"),
        AppliedMigration("third", "applied", "3.10"),
    )
    follower = Tracker(Name("public", "t"), "", rows)
    files = ("V1__a.sql", "V2__b.sql", "V3_1__c.sql", "V3_10__d.sql")
    assert found(judged(follower, disk=files)) == [("unapplied", "disk/V3_1__c.sql", "")]


def test_files_after_a_baseline_are_asked_for() -> None:
    files = ("V1__a.sql", "V2__b.sql", "V3__c.sql", "V4__d.sql", "R__views.sql")
    assert found(judged(tracker("", "_2", "4"), disk=files)) == [
        ("unapplied", "disk/R__views.sql", ""),
        ("unapplied", "disk/V3__c.sql", ""),
    ]
    assert found(judged(tracker("", "_1", "_3", "4", "R__views"), disk=files)) == []


def test_a_head_that_is_no_file_stands_for_nothing() -> None:
    files = ("1_a.up.sql", "2_b.up.sql")
    judgement = judged(tracker("golang-migrate", "9", heads=True), disk=files)
    assert found(judgement) == [
        ("unapplied", "disk/1_a.up.sql", ""),
        ("unapplied", "disk/2_b.up.sql", ""),
        ("unknown", "public.t", "9"),
    ]


def test_what_failed_and_is_on_no_disk() -> None:
    judgement = judged(tracker("", "001_a", "-002_b", "~003_c"), disk=("001_a.sql",))
    assert found(judgement) == [("failed", "public.t", "002_b"), ("unknown", "public.t", "002_b")]


def test_of_two_folders_that_fit_alike_the_first_is_meant() -> None:
    shared = ("001_a.sql",)
    judgement = judged(tracker("", "001_a.sql"), one=shared, two=(*shared, "002_b.sql"))
    assert found(judgement) == []


def test_a_tracker_that_cannot_be_read_leaves_the_others() -> None:
    closed = Tracker(Name("public", "closed"), problem="permission denied")
    judgement = judged(closed, tracker("", "001_a.sql"), disk=("001_a.sql", "002_b.sql"))
    assert found(judgement) == [("unapplied", "disk/002_b.sql", "")]
    assert [(u.table, u.reason) for u in judgement.unknowns] == [
        ("public.closed", "permission denied")
    ]


def told(judgement: Judgement) -> list[tuple[str, str, str]]:
    return [(f.surface, f.severity, f.message) for f in judgement.findings]


def test_where_migrations_are_and_are_not() -> None:
    row = tracker("", "001_a", "002_b", "-003_c")
    steps = tuple(MigrationFile(name, "", name) for name in ("001_a.sql", "003_c.sql", "004_d.sql"))
    assert told(judged_steps(steps, row)) == [
        ("live", "HIGH", "003_c failed and left what it had done, says public.t"),
        ("live", "MEDIUM", "is not among what public.t says was applied"),
        ("live", "HIGH", "002_b was applied and is not in ."),
    ]
    (unknown,) = judged(tracker("", "x", "001_a"), disk=("001_a.sql",)).findings
    assert unknown.message == "x was applied and is not in disk"


def test_rows_in_none_of_the_folders() -> None:
    judgement = judged(tracker("", "x.sql"), one=("001_a.sql",), two=("001_b.sql",))
    assert [u.reason for u in judgement.unknowns] == [
        "none of its rows is in any of 2 folders of migrations"
    ]
    two = (tracker("", "x.sql"), tracker("", "y.sql", table="s"))
    judgement = judged(*two, one=("001_a.sql",), two=("001_b.sql",))
    assert found(judgement) == [] and judgement.unknowns == []


# ---- the tracker itself --------------------------------------------------------------------------

TRACKING = "missing-migration-tracking"


@pytest.mark.parametrize("column", ["migration_name", "version", "name", "filename"])
def test_a_migration_stands_once_in_its_tracker(column: str) -> None:
    sql = f"CREATE TABLE schema_migrations (id integer,\n{column} text {{}});"
    assert said(TRACKING, catalog_of(sql.format("UNIQUE"))) == ["pass public.schema_migrations"]
    assert said(TRACKING, catalog_of(sql.format(""))) == [
        f"MEDIUM postgresql ddl public.schema_migrations, line 2: {column} is not unique"
    ]


def test_trackers_that_are_not_judged() -> None:
    assert said(TRACKING, catalog_of("CREATE TABLE schema_migrations (a text);")) == [
        "unknown MEDIUM postgresql public.schema_migrations: "
        "its columns are those of no known migration tool"
    ]
    assert said(TRACKING, catalog_of("CREATE TABLE t (version text);")) == [
        "not applicable public.t: the table tracks no migrations"
    ]
    cloud = catalog_of("CREATE TABLE d.schema_migrations (version STRING);", system="bigquery")
    assert said(TRACKING, cloud) == []


def test_migrations_that_no_table_tracks() -> None:
    steps = tuple(MigrationFile(f"db/{n}.sql", "db", f"{n}.sql") for n in "123")
    here = (MigrationFile("4.sql", "", "4.sql"),)
    ddl = Catalog(surface="ddl", migrations=(*steps, *here))
    live = Catalog(surface="live")
    assert said(TRACKING, ddl, live) == [
        "MEDIUM postgresql live db (no table): "
        "no table of the database says which of 3 migrations it has",
        "MEDIUM postgresql live . (no table): "
        "no table of the database says which of 1 migrations it has",
    ]
    tracked = Catalog(surface="live", trackers=(tracker("", "1"),))
    for quiet in ((ddl,), (ddl, tracked), (live,)):
        assert said(TRACKING, *quiet) == []
