"""When the ids of a month will not do: arithmetic on what months have used."""

from datetime import date

import pytest

from ctb_audit.checks.identifier_space import runs_out
from ctb_audit.probe import MonthUse

TODAY = date(2026, 11, 22)


def used(**months: int) -> list[MonthUse]:
    """`m2026_10=40`: the fullest counter of a month."""
    return [MonthUse(f"{k[1:5]}-{k[6:]}", n, n) for k, n in months.items()]


@pytest.mark.parametrize(
    ("months", "expected"),
    [
        ({}, ""),
        ({"m2026_11": 40}, ""),  # 55 expected, and nothing to compare it with
        ({"m2026_11": 80}, "2026-11"),  # 109 expected by the end of the month
        ({"m2026_09": 50, "m2026_10": 50, "m2026_11": 37}, ""),  # steady
        ({"m2026_09": 60, "m2026_10": 50, "m2026_11": 20}, ""),  # falling
        ({"m2026_08": 10, "m2026_09": 20, "m2026_10": 30, "m2026_11": 29}, "2027-05"),
        ({"m2024_01": 90, "m2026_10": 0, "m2026_11": 0}, ""),  # long ago
    ],
)
def test_the_present_rate(months: dict[str, int], expected: str) -> None:
    assert runs_out(used(**months), 100, TODAY) == expected


def test_the_first_days_of_a_month_say_nothing_yet() -> None:
    early = date(2026, 11, 3)
    assert runs_out(used(m2026_10=50, m2026_11=6), 100, early) == ""
    assert runs_out(used(m2026_10=50, m2026_11=60), 100, early) == "2026-11"


def test_a_table_that_began_in_january_counts_over_the_turn_of_the_year() -> None:
    assert runs_out(used(m2025_12=70, m2026_01=40), 100, date(2026, 1, 15)) == "2026-03"


def test_a_week_of_the_month_tells_its_rate() -> None:
    assert runs_out(used(m2026_11=24), 100, date(2026, 11, 7)) == "2026-11"
    assert runs_out(used(m2026_11=24), 100, date(2026, 11, 6)) == ""
    assert runs_out(used(m2026_11=50), 100, date(2026, 11, 6)) == ""
    assert runs_out(used(m2026_11=51), 100, date(2026, 11, 6)) == "2026-11"


def test_the_first_days_are_no_part_of_the_trend() -> None:
    grown = used(m2026_08=10, m2026_09=20, m2026_10=30, m2026_11=1)
    assert runs_out(grown, 100, date(2026, 11, 3)) == "2027-05"


def test_six_months_are_the_trend() -> None:
    months = {f"m2026_{month:02}": 10 * (month - 5) for month in range(6, 11)}
    six = used(**months, m2026_11=60)
    assert runs_out(six, 100, date(2026, 11, 30)) == "2027-03"
    assert runs_out([*used(m2026_05=90), *six], 100, date(2026, 11, 30)) == "2027-03"


def test_a_month_without_ids_counts_as_an_empty_one() -> None:
    assert runs_out(used(m2026_08=30, m2026_11=60), 100, date(2026, 11, 30)) == "2027-07"


def test_an_empty_month_is_no_used_one() -> None:
    assert runs_out([], 1, TODAY) == ""
    assert runs_out([], 1, date(2026, 11, 3)) == ""
    assert runs_out(used(m2026_08=30, m2026_10=60, m2026_11=60), 90, date(2026, 11, 30)) == (
        "2027-01"
    )


def test_the_next_month() -> None:
    growing = used(m2026_09=60, m2026_10=75, m2026_11=90)
    assert runs_out(growing, 100, date(2026, 11, 30)) == "2026-12"


def test_the_sixth_month_counts() -> None:
    months = {f"m2026_{month:02}": 10 * (month - 5) for month in range(7, 12)}
    assert runs_out(used(m2026_06=60, **months), 100, date(2026, 11, 30)) == "2028-05"
    assert runs_out(used(m2026_05=60, **months), 100, date(2026, 11, 30)) == "2027-03"


def test_ten_years_are_far_enough() -> None:
    growing = used(m2026_10=9, m2026_11=10)
    assert runs_out(growing, 130, date(2026, 11, 30)) == "2036-11"
    assert runs_out(growing, 131, date(2026, 11, 30)) == ""


def test_december_ends_with_the_year() -> None:
    assert runs_out(used(m2026_12=99), 100, date(2026, 12, 31)) == ""
    assert runs_out(used(m2026_12=100), 100, date(2026, 12, 31)) == "2026-12"
    assert runs_out(used(m2026_12=52), 100, date(2026, 12, 16)) == "2026-12"
