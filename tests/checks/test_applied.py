"""Trackers against the migrations on disk, by the names and versions of each tool."""

from datetime import date

import pytest

from ctb_audit.checks.applied import version_of
from ctb_audit.judge import Judgement, judge
from ctb_audit.model import AppliedMigration, Catalog, MigrationFile, Name, Table, Tracker
from ctb_audit.rulebook import load_standard
from ctb_audit.subjects import build_project

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
