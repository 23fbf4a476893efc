"""Waivers cover findings, expire, and are reported once they do nothing."""

from datetime import date

import pytest

from ctb_audit.model import Location
from ctb_audit.result import Finding
from ctb_audit.waivers import Waiver, apply_waivers

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
