"""Waivers cover findings, expire, and are reported once they do nothing."""

from datetime import date

import pytest

from ctb_audit.model import Location
from ctb_audit.result import Finding
from ctb_audit.rulebook import load_standard
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.subjects import build_project
from ctb_audit.waivers import Waiver, apply_waivers, inline_waivers

DAY = date(2026, 5, 1)
FINDING = Finding(
    "unindexed-status", "LOW", "postgresql", "ddl", "public.users", "status", "is not indexed"
)


def waiver(**values: object) -> Waiver:
    return Waiver(
        **{"kind": "inline", "rule": "unindexed-status", "owner": "me", "reason": "few"} | values  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"table": "public.users"},
        {"table": "public.*", "requirement": "status"},
        {"until": DAY},
        {"rule": "unindexed-*"},
    ],
)
def test_a_waiver_covers(values: dict[str, object]) -> None:
    (found,), notices = apply_waivers([FINDING], [waiver(**values)], DAY)
    assert found.waiver is not None
    assert (found.waiver.owner, notices) == ("me", ())


@pytest.mark.parametrize(
    "values",
    [
        {"rule": "unindexed-timestamp"},
        {"table": "public.orders"},
        {"requirement": "state"},
        {"until": date(2026, 4, 30)},
    ],
)
def test_a_waiver_that_does_nothing_is_reported(values: dict[str, object]) -> None:
    place = Location("a.sql", 4)
    (found,), notices = apply_waivers([FINDING], [waiver(location=place, **values)], DAY)
    assert found.waiver is None
    assert len(notices) == 1
    assert notices[0].startswith("a.sql:4: waiver of ")
    assert notices[0].endswith("expired on 2026-04-30" if "until" in values else "remove it")


@pytest.mark.parametrize(("kind", "shown"), [("inline", "inline"), ("file", "configuration")])
def test_a_finding_tells_where_its_waiver_is_written(kind: str, shown: str) -> None:
    (found,), _ = apply_waivers([FINDING], [waiver(kind=kind, until=DAY)], DAY)
    assert found.waiver is not None
    assert (found.waiver.kind, found.waiver.until) == (shown, "2026-05-01")


def test_a_notice_names_rule_requirement_and_table() -> None:
    unused = waiver(requirement="state", table="public.*")
    assert apply_waivers([FINDING], [unused, unused], DAY)[1] == (
        "waiver of unindexed-status:state on public.* matches no finding; remove it",
    )
    assert apply_waivers([], [waiver()], DAY)[1] == (
        "waiver of unindexed-status on * matches no finding; remove it",
    )


def test_the_first_waiver_that_covers_a_finding_is_the_one_used() -> None:
    first, second = waiver(owner="first"), waiver(owner="second")
    (found,), notices = apply_waivers([FINDING], [first, second], DAY)
    assert found.waiver is not None
    assert (found.waiver.owner, len(notices)) == ("first", 1)


def test_waivers_above_statements_hold_for_their_table() -> None:
    script = (
        "-- ctb: ignore[missing-primary-key] owner=me until=2026-05-01 reason=few\n"
        "CREATE TABLE a (b int);\n"
        "-- ctb: ignore[unindexed-status:status] owner=you until=2031-01-01 reason=none\n"
        "CREATE TABLE c (status text);\n"
    )
    catalog = replay([read_script(script, "a.sql", "postgresql")])
    project = build_project([catalog], load_standard(), today=DAY)
    found = tuple(dict.fromkeys(inline_waivers(project)))
    assert [(w.kind, w.rule, w.requirement, w.table, w.owner, w.until) for w in found] == [
        ("inline", "missing-primary-key", "", "public.a", "me", DAY),
        ("inline", "unindexed-status", "status", "public.c", "you", date(2031, 1, 1)),
    ]
    assert found[1].location == Location("a.sql", 3, 4)
