import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ctb_audit.errors import LogError
from ctb_audit.log.identifiers import new_log_id, next_heir_id, process_id

NOVEMBER = datetime(2026, 11, 22, 8, 15, 30, 123456, tzinfo=UTC)


@pytest.mark.parametrize(
    ("highest", "following"),
    [
        (None, "HEIR-2026-11-SYS-CTB-01"),
        ("HEIR-2026-11-SYS-CTB-01", "HEIR-2026-11-SYS-CTB-02"),
        ("HEIR-2026-11-SYS-CTB-99", "HEIR-2026-11-SYS-CTBA-01"),
        ("HEIR-2026-11-SYS-CTBA-99", "HEIR-2026-11-SYS-CTBB-01"),
        ("HEIR-2026-11-SYS-CTBZ-99", "HEIR-2026-11-SYS-CTBAA-01"),
        ("HEIR-2026-11-SYS-CTBAZ-99", "HEIR-2026-11-SYS-CTBBA-01"),
        ("HEIR-2026-11-SYS-CTBZZ-99", "HEIR-2026-11-SYS-CTBAAA-01"),
    ],
)
def test_mode_grows_by_letters_after_99(highest: str | None, following: str) -> None:
    assert next_heir_id(NOVEMBER, highest) == following


def test_ten_thousand_ids_of_one_month_are_distinct_valid_and_ordered() -> None:
    made: list[str] = []
    for _ in range(10_000):
        made.append(next_heir_id(NOVEMBER, made[-1] if made else None))
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(r"HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}", heir) for heir in made)
    assert sorted(made, key=lambda heir: (len(heir), heir)) == made


def test_the_month_is_that_of_utc() -> None:
    new_year_in_tokyo = datetime(2027, 1, 1, 3, tzinfo=timezone(timedelta(hours=9)))
    assert next_heir_id(new_year_in_tokyo, None) == "HEIR-2026-12-SYS-CTB-01"


def test_an_id_longer_than_the_column_is_refused() -> None:
    with pytest.raises(LogError, match="no HEIR id is left"):
        next_heir_id(NOVEMBER, f"HEIR-2026-11-SYS-CTB{'Z' * 27}-99")


def test_log_ids_sort_by_time_and_fit_the_column() -> None:
    ids = [new_log_id(NOVEMBER + timedelta(milliseconds=n)) for n in range(200)]
    assert ids == sorted(ids)
    assert all(re.fullmatch(r"LOG-[0-9A-HJKMNP-TV-Z]{26}", i) for i in ids)


def test_process_id_holds_the_seconds() -> None:
    assert process_id(NOVEMBER) == f"PRC-CTB-{int(NOVEMBER.timestamp())}"
