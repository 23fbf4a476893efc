"""Which rules apply: patterns over rule ids, topics and tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from ctb_audit.errors import ConfigurationError
from ctb_audit.standard import NamePatterns
from ctb_audit.wording import did_you_mean

RawRules = Mapping[str, Mapping[str, Any]]


def matching(rules: RawRules, patterns: Iterable[str], place: str = "") -> set[str]:
    """The ids of rules that a pattern names: an id, a topic, a tag, or an id with `*`.

    With a `place` a pattern that names no rule raises ConfigurationError; without one it is
    passed over (the built-in standards, which tests hold to the rules).
    """
    found: set[str] = set()
    for pattern in patterns:
        wanted = NamePatterns([pattern])
        named = {i for i, raw in rules.items() if _names(pattern, wanted, i, raw)}
        if place and not named:
            known = {*rules, *(raw["topic"] for raw in rules.values())}
            suggestion = did_you_mean(pattern, known) or ", `ctb rules` lists them"
            raise ConfigurationError(place, f"no rule or topic {pattern}{suggestion}")
        found |= named
    return found


def applicable(rules: RawRules, table: Mapping[str, Any]) -> RawRules:
    """The rules that a standard's `[rules]` includes and does not exclude, in order of topic."""
    chosen = table.get("rules", {})
    included = matching(rules, chosen.get("include", ["*"]))
    excluded = matching(rules, chosen.get("exclude", ()))
    ids = sorted(included - excluded, key=lambda rule_id: (rules[rule_id]["topic"], rule_id))
    return {rule_id: rules[rule_id] for rule_id in ids}


def refuse_unknown(rules: RawRules, table: Mapping[str, Any], place: str) -> None:
    """Raises ConfigurationError where a standard's own file names a rule that does not exist."""
    chosen = table.get("rules", {})
    matching(rules, chosen.get("include", ()), f"{place}: rules.include")
    matching(rules, chosen.get("exclude", ()), f"{place}: rules.exclude")
    matching(rules, table.get("override", ()), f"{place}: override")


def _names(pattern: str, wanted: NamePatterns, rule_id: str, raw: Mapping[str, Any]) -> bool:
    return (
        wanted.fits(rule_id)
        or pattern == raw["topic"]
        or pattern in raw.get("tags", ())
        or wanted.fits(f"{raw['topic']}/{rule_id}")
    )
