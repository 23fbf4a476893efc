"""Texts that make patterns or parsers slow, or that are no document at all."""

import time

import pytest

from ctb_audit.sources.reference import read_reference

SIZE = 40_000


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x00\ufeff\u2028",
        "[" * SIZE,
        "[a](" * SIZE,
        "- " * 3000,
        "> " * 3000,
        "all tables " * SIZE,
        "**" * SIZE,
        "**a**:" + " " * SIZE + "x",
        "ORBT" + ":" * SIZE,
        "# " + "a." * SIZE,
        "# " + "schema " * SIZE,
        "# a" + " " * SIZE + "(b",
        "|" + "-" * SIZE + "x\n|" + "-" * SIZE + "x",
        "|a" * SIZE + "\n" + "|-" * SIZE + "\n",
        "```sql\n" + "CREATE TABLE " * SIZE + "\n",
        "- a\n" + "  - b\n" * 5000,
        "a\n" * SIZE,
        "## t\n" * 5000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_read_in_time(text: str) -> None:
    start = time.process_time()
    reference = read_reference(text, "x.md")
    assert reference.tables == ()
    assert time.process_time() - start < 10
