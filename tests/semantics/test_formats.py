"""Formats: the patterns of standards and documents, which nobody can make an audit hang with."""

import pytest

from ctb_audit.rulebook import load_standard
from ctb_audit.semantics.formats import LONGEST, fault, fits


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        (r"^HEIR-\d{4}-[A-Z]+$", "HEIR-2025-USER", True),
        (r"^HEIR-\d{4}-[A-Z]+$", "HEIR-2025-USER\n", False),
        (r"^HEIR-\d{4}-[A-Z]+$", "xHEIR-2025-USER", False),
        (r"HEIR-\d+", "a HEIR-1", False),
        (r"^\d$", "\u0661", False),
        (r"^(A|A|AA)+$", "A" * 200 + "!", False),
        (r"^((a+)+)+$", "a" * LONGEST, True),
        (r"^a*$", "a" * (LONGEST + 1), False),
        (r"(?P<year>\d{4})", "2025", False),
    ],
)
def test_whole_texts_have_a_format(pattern: str, text: str, answer: bool) -> None:
    assert fits(pattern, text) is answer


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "[z-a]",
        r"(?P<year>\d{4})",
        r"(a)\1",
        "(((a{200}){200}){200}){200}",
        "(" * 5_000 + ")" * 5_000,
        "a" * 20_000,
    ],
)
def test_a_pattern_that_cannot_be_matched_in_bounded_time_is_refused(pattern: str) -> None:
    assert fault(pattern)
    assert not fits(pattern, "a")


@pytest.mark.parametrize("standard", ["ctb-1.0", "ctb-1.3"])
def test_every_built_in_format_is_one(standard: str) -> None:
    loaded = load_standard(standard)
    patterns = {**loaded.formats, **loaded.table_ids}
    assert {name: fault(pattern) for name, pattern in patterns.items()} == dict.fromkeys(
        patterns, ""
    )
