"""The grammar of rules in prose: what it reads, and that it reads nothing else."""

import pytest

from ctb_audit.model import Location
from ctb_audit.sources.reference.value_rules import value_rule

HERE = Location("d.md", 3, 1)


@pytest.mark.parametrize(
    ("text", "column", "values"),
    [
        ("Role must be one of: `user`, `admin`", "role", ("user", "admin")),
        ("Status must be: `open`, `closed`", "status", ("open", "closed")),
        ('`severity` must be one of: "low", "high"', "severity", ("low", "high")),
        ('`severity` (VARCHAR): "low", "high"', "severity", ("low", "high")),
        ("Task types: `send`, `sync`", "task_types", ("send", "sync")),
        ("**Status**: 'a' or 'b'", "status", ("a", "b")),
        ("Level: `a`, `b` (in this order)", "level", ("a", "b")),
        ("State (VARCHAR(20)): `a`, and `b`", "state", ("a", "b")),
    ],
)
def test_lists_of_values(text: str, column: str, values: tuple[str, ...]) -> None:
    rule = value_rule(text, HERE)
    assert rule is not None
    assert (rule.kind, rule.column, rule.values, rule.location) == ("values", column, values, HERE)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("Score: 0-100", "0", "100"),
        ("Priority: 1-10 (1 = lowest)", "1", "10"),
        ("Ratio must be: -1.5 to 1.5", "-1.5", "1.5"),
        ("Grade: 1\N{EN DASH}6", "1", "6"),
    ],
)
def test_ranges(text: str, low: str, high: str) -> None:
    rule = value_rule(text, HERE)
    assert rule is not None
    assert (rule.kind, rule.low, rule.high) == ("range", low, high)


@pytest.mark.parametrize(
    ("text", "kind", "column"),
    [
        ("Budget must be positive", "positive", "budget"),
        ("`error_code` must be non-empty", "non-empty", "error_code"),
        ("`unique_id` must be unique across the table", "unique", "unique_id"),
    ],
)
def test_words(text: str, kind: str, column: str) -> None:
    rule = value_rule(text, HERE)
    assert rule is not None
    assert (rule.kind, rule.column) == (kind, column)


@pytest.mark.parametrize(
    ("text", "column", "formats"),
    [
        ("IMO ID format: `imo_{uuid}`", "imo_id", ("imo_{uuid}",)),
        ("HEIR ID must follow format: `HEIR-YYYY-VN`", "heir_id", ("HEIR-YYYY-VN",)),
        ("Version format: `X.Y` or `X.Y.Z`", "version", ("X.Y", "X.Y.Z")),
    ],
)
def test_formats(text: str, column: str, formats: tuple[str, ...]) -> None:
    rule = value_rule(text, HERE)
    assert rule is not None
    assert (rule.kind, rule.column, rule.formats) == ("format", column, formats)


@pytest.mark.parametrize(
    "text",
    [
        "Email must be valid format",
        "Password must be hashed (bcrypt)",
        "Arguments must be valid JSON",
        "Tool name must match available tools",
        "`unique_id` should follow the format if provided",
        "Status: `open`",
        "Status: `open`, `closed` and whatever the team decides",
        "Role: user, admin",
        "Date: 2025-10-20",
        "Score: 0-100%",
        "Created: 1-2-3",
        "",
        "x" * 5000 + ": `a`, `b`",
    ],
)
def test_any_other_sentence_is_not_understood(text: str) -> None:
    assert value_rule(text, HERE) is None
