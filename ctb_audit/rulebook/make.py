"""Validated tables -> the dataclasses of `ctb_audit.standard`."""

from collections.abc import Iterable, Mapping
from typing import Any

from ctb_audit.standard import (
    Example,
    Probes,
    RegistryColumn,
    Rule,
    Severity,
    Standard,
    SystemFacts,
    TrackingField,
)

OFF = "off"


def make_rule(rule_id: str, raw: Mapping[str, Any], examples: Iterable[Any] = ()) -> Rule:
    """`raw` holds the keys of a rule file and `topic`; `example` tables may stand in it."""
    values = {key: frozen(value) for key, value in raw.items() if key != "example"}
    values["levels"] = {
        level: None if severity == OFF else severity
        for level, severity in raw.get("levels", {}).items()
    }
    made = tuple(make_example(e) for e in (*raw.get("example", ()), *examples))
    return Rule(id=rule_id, examples=made, **values)


def make_example(raw: Mapping[str, Any]) -> Example:
    return Example(**{"sql": "", **{key: frozen(value) for key, value in raw.items()}})


def make_standard(
    standard_id: str,
    raw: Mapping[str, Any],
    rules: Mapping[str, Rule],
    *,
    extends: tuple[str, ...],
    source: str,
    digest: str,
) -> Standard:
    optional = ("default_level", "exempt", "log_tables", "id_registry", "capacity")
    also = ("table_registry", "orbt_layers")
    given: dict[str, Any] = {key: frozen(raw[key]) for key in optional + also if key in raw}
    return Standard(
        id=standard_id,
        title=raw["title"],
        fields=tuple(make_field(role, f) for role, f in raw.get("field", {}).items()),
        formats=dict(raw.get("formats", {})),
        table_ids=dict(raw.get("table_ids", {})),
        rules=rules,
        probes={name: Probes(**frozen_values(p)) for name, p in raw.get("probes", {}).items()},
        systems={name: make_system(name, s) for name, s in raw.get("systems", {}).items()},
        registry_columns=tuple(RegistryColumn(**c) for c in raw.get("registry_column", ())),
        extends=extends,
        source=source,
        hash=digest,
        **given,
    )


def make_system(name: str, raw: Mapping[str, Any]) -> SystemFacts:
    return SystemFacts(**{"title": name, **frozen_values(raw)})


def make_field(role: str, raw: Mapping[str, Any]) -> TrackingField:
    return TrackingField(role=role, **frozen_values(raw))


def overridden(rule: Rule, severity: str) -> Rule:
    """The rule at a configured severity: it holds at every level that judges the rule; what
    RELAXED and NONE cap stays capped.
    """
    from dataclasses import replace

    chosen: Severity = severity  # type: ignore[assignment]  # validated by the configuration
    silent = {level: None for level, value in rule.levels.items() if value is None}
    return replace(rule, severity=chosen, levels=silent)


def frozen(value: Any) -> Any:
    """Lists become tuples, at every depth."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return tuple(map(frozen, value))
    if isinstance(value, Mapping):
        return frozen_values(value)
    return value


def frozen_values(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: frozen(value) for key, value in table.items()}
