from ctb_audit.model import Name
from ctb_audit.standard import matches_table, name_patterns


def test_no_pattern_fits_nothing() -> None:
    assert not name_patterns(()).fits("") and not name_patterns(()).fits("status")
    assert not matches_table(Name("public", "users"), ())


def test_a_pattern_fits_the_whole_text() -> None:
    named = name_patterns(("status", "*_state", "v[12]"))
    assert [t for t in ("status", "old_state", "v2", "statuses", "Status") if named.fits(t)] == [
        *("status", "old_state", "v2")
    ]
