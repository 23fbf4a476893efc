"""What an id is, why a text is none, and what new ones look like."""

from datetime import UTC, datetime
from itertools import islice

import pytest

from ctb_audit.errors import UsageError
from ctb_audit.ids import KINDS, Kind, Wanted, candidates, complaint, parse, patterns
from ctb_audit.standard import Standard

AT = datetime(2026, 11, 22, 8, 15, 30, 123000, tzinfo=UTC)
PLACE = Wanted(db="shq", subhive="03", app="imo", stage="load")


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("HEIR-2025-10-USER-AUTH-01", ("heir", "row")),
        ("PRC-AUTH-1761177600", ("process",)),
        ("PRC-AUTH-1761177600123", ("process",)),
        ("BART-SHQ-USERS-V1", ("table",)),
        ("BART-FIRE-USER_SESSIONS-V12", ("table",)),
    ],
)
def test_ids_of_the_first_standard(first: Standard, text: str, kinds: tuple[Kind, ...]) -> None:
    found = parse(text, first)
    assert found is not None
    assert found.kinds == kinds


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("HEIR-2025-10-USER-AUTH-01", ("heir",)),
        ("shq-03-imo-1755561600-0a1b2c3d4e5f6071", ("row",)),
        ("shq.03.imo.V1.2.2025-08-19.id_registry", ("process",)),
        ("BID-DATA-007", ("table",)),
    ],
)
def test_ids_of_the_third_standard(third: Standard, text: str, kinds: tuple[Kind, ...]) -> None:
    found = parse(text, third)
    assert found is not None
    assert found.kinds == kinds


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("HEIR-2025-13-USER-AUTH-01", "no month 13"),
        ("HEIR-2025-10-USER-AUTH-1", "two digits"),
        ("HEIR-2025-10-AI-ORBT-U-01", "'ORBT-U' for MODE"),
        ("HEIR-2025-10-us3r-AUTH-01", "'us3r' for SYSTEM"),
        ("PRC-AUTH-LOGIN", "process code"),
        (" BART-SHQ-USERS-V1", "white space"),
        ("BART-NEON-USERS-V1", "BART-SHQ"),
        ("HEIR-2025-10-USER-AUTH-01\n", "white space"),
        ("", "is no id"),
        ("01.04.03.04.10000.101", "is no id"),
    ],
)
def test_a_complaint_says_what_is_wrong(first: Standard, text: str, words: str) -> None:
    assert parse(text, first) is None
    assert words in complaint(text, first)


def test_parts_are_named_and_times_read(first: Standard, third: Standard) -> None:
    process = parse("PRC-AUTH-1761177600123", first)
    row = parse("shq-03-imo-1755561600-0a1b2c3d4e5f6071", third)
    assert process is not None
    assert row is not None
    assert process.parts["at"] == "2025-10-23T00:00:00Z"
    assert row.parts["subhive"] == "03"
    assert row.parts["at"] == "2025-08-19T00:00:00Z"


def test_heir_numbers_end_at_99_and_the_mode_grows(first: Standard) -> None:
    made = list(islice(candidates("heir", Wanted("USER", "AUTH"), first, AT), 99 * 28))
    assert made[0] == "HEIR-2026-11-USER-AUTH-01"
    assert made[99] == "HEIR-2026-11-USER-AUTHA-01"
    assert made[99 * 27] == "HEIR-2026-11-USER-AUTHAA-01"
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_is_what_both_standards_accept(
    first: Standard, third: Standard, kind: Kind
) -> None:
    wanted = Wanted("USER", "AUTH", "users", "postgresql", "shq", "03", "imo", "2", "load")
    for standard in (first, third):
        made = next(candidates(kind, wanted, standard, AT))
        found = parse(made, standard)
        assert found is not None
        assert kind in found.kinds


@pytest.mark.parametrize(
    ("kind", "wanted", "missing"),
    [
        ("heir", Wanted("USER"), "--mode"),
        ("process", Wanted(), "--system"),
        ("table", Wanted(), "--table"),
    ],
)
def test_a_missing_part_is_named(first: Standard, kind: Kind, wanted: Wanted, missing: str) -> None:
    with pytest.raises(UsageError, match=missing):
        next(candidates(kind, wanted, first, AT))


@pytest.mark.parametrize(("system", "mode"), [("US3R", "AUTH"), ("USER", "A-B"), ("SYS", "CTBA")])
def test_parts_that_give_no_valid_id_are_refused(first: Standard, system: str, mode: str) -> None:
    with pytest.raises(UsageError):
        next(candidates("heir", Wanted(system, mode), first, AT))


def test_rows_and_stages_of_the_third_standard(third: Standard) -> None:
    rows = list(islice(candidates("row", PLACE, third, AT), 100))
    assert len(set(rows)) == 100
    assert list(candidates("process", PLACE, third, AT)) == ["shq.03.imo.V1.20261122.load"]


def test_a_pattern_of_the_standard_decides(first: Standard) -> None:
    assert all(parse(text, first) for text in first.probes["heir_id"].valid)
    assert not any(parse(text, first) for text in first.probes["heir_id"].invalid)
    assert patterns(first, "table") == tuple(first.table_ids.values())
