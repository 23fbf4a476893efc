"""A level never asks for more than the one above it (docs/decisions/0002)."""

import pytest

from ctb_audit.rulebook import load_standard
from ctb_audit.standard import LEVELS, WEIGHTS, Rule

RULES = [
    pytest.param(rule, id=f"{standard}-{rule.id}")
    for standard in ("ctb-1.0", "ctb-1.3")
    for rule in load_standard(standard).rules.values()
]


def weight(rule: Rule, level: str) -> int:
    """-1 where the level does not judge the rule."""
    severity = rule.severity_at(level)
    return -1 if severity is None else WEIGHTS[severity]


@pytest.mark.parametrize("rule", RULES)
def test_severities_never_rise_as_levels_fall(rule: Rule) -> None:
    weights = [weight(rule, level) for level in LEVELS]
    assert weights == sorted(weights, reverse=True)
