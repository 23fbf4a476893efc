"""What a fleet keeps of one audit: the row of the log, and what scoring it again takes.

Beside findings, tables and unknowns that is, for each table, how often each rule passed; for each
finding, the severity that the check itself gave; and the rules and the gate as they were.
"""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ctb_audit.checks import REGISTRY
from ctb_audit.cli.logging import audit_entry
from ctb_audit.errors import SourceError
from ctb_audit.gate import GateSettings, Step
from ctb_audit.lean import dataclass
from ctb_audit.log import LogEntry
from ctb_audit.report.saved import findings_of, tables_of, unknowns_of
from ctb_audit.result import Audit, Finding, TableResult, UnknownVerdict
from ctb_audit.standard import Rule

FORMAT = 1
_MOST = 1 << 30
"""Bytes that a stored result may unfold to."""
_STEP = "run the fleet again"


def pack(audit: Audit, gate: GateSettings) -> bytes:
    """The audit, judged with `counted`, as it travels and is stored."""
    entry = audit_entry(audit, "")
    value = {
        "format": FORMAT,
        "score": entry.score,
        "status": entry.status,
        "issues": entry.issues,
        "recommendations": entry.recommendations,
        "actions": entry.actions,
        "own": {n: f.own for n, f in enumerate(audit.findings) if f.own},
        "passes": [dict(t.passes) for t in audit.tables],
        "rules": {rule.id: _rule_value(rule) for rule in audit.rules.values()},
        "gate": _gate_value(gate),
    }
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 6)


def unpack(content: bytes, name: str) -> "Kept":
    """The audit of the target `name`. Raises SourceError for what is no such audit: a state may
    come from anybody, or from another version of ctb.
    """
    place = f"the stored result of {name}"
    opened = zlib.decompressobj()
    try:
        text = opened.decompress(content, _MOST)
        value = json.loads(text.decode("utf-8", "surrogatepass")) if opened.eof else None
    except (zlib.error, ValueError):
        value = None
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise SourceError(place, "was not packed by this version of ctb", _STEP)
    kept = Kept(value)
    try:
        kept.touch()
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceError(place, f"is no audit as ctb stores it ({error!r})", _STEP) from None
    return kept


@dataclass(frozen=True)
class Kept:
    """One stored audit; what it holds is taken apart when it is asked for."""

    value: Mapping[str, Any]

    def entry(self, at: datetime, log_id: str, fleet: Mapping[str, Any]) -> LogEntry:
        """Its row of the log; `fleet` says what target this is."""
        value = self.value
        return LogEntry(
            action="audit",
            score=value["score"],
            status=value["status"],
            at=at,
            issues=value["issues"],
            recommendations=value["recommendations"],
            actions={**value["actions"], "fleet": fleet},
            log_id=log_id,
        )

    def touch(self) -> None:
        """Take everything apart. Raises KeyError and its like for a value of another shape."""
        _ = self.tables, self.findings, self.unknowns, self.rules, self.rules_of_tables, self.gate
        _ = self.score, self.incomplete, self.gate_passed, self.reasons, self.standard

    @property
    def score(self) -> int | None:
        return None if self.value["actions"]["unscored"] else self.value["score"]

    @property
    def incomplete(self) -> tuple[str, ...]:
        return tuple(self.value["actions"]["incomplete"])

    @property
    def gate_passed(self) -> bool:
        return bool(self.value["actions"]["gate"]["passed"])

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(self.value["actions"]["gate"]["reasons"])

    @property
    def standard(self) -> str:
        return str(self.value["actions"]["standard"])

    @property
    def revision(self) -> str:
        return self.value["actions"]["revision"] or ""

    @cached_property
    def tables(self) -> tuple[TableResult, ...]:
        found = zip(tables_of(self.value["actions"]), self.value["passes"], strict=True)
        return tuple(replace(table, passes=tuple(passes.items())) for table, passes in found)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """With their level, which the log does not hold, and the check's own severity."""
        own = self.value["own"]
        levels = {(t.system, t.name): t.level for t in self.tables}
        return tuple(
            replace(
                finding,
                own=own.get(str(number), ""),
                level=levels.get((finding.system, finding.table)) if finding.table_level else None,
            )
            for number, finding in enumerate(findings_of(self.value["issues"]))
        )

    @cached_property
    def unknowns(self) -> tuple[UnknownVerdict, ...]:
        return unknowns_of(self.value["actions"])

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that judged, as far as scoring asks: severity, levels, topic."""
        return {id: _rule(id, value) for id, value in self.value["rules"].items()}

    @cached_property
    def rules_of_tables(self) -> frozenset[str]:
        """The rules that judge table after table, by its level; others judge the project."""
        return frozenset(id for id, value in self.value["rules"].items() if value["tables"])

    @cached_property
    def gate(self) -> GateSettings:
        value = self.value["gate"]
        steps = tuple(
            Step(datetime.fromisoformat(s["since"]).date(), s["threshold"])
            for s in value["schedule"]
        )
        return GateSettings(**{**value, "schedule": steps})


def _rule_value(rule: Rule) -> dict[str, Any]:
    return {
        "severity": rule.severity,
        "levels": dict(rule.levels),
        "topic": rule.topic,
        "tables": rule.check in REGISTRY,
    }


def _rule(id: str, value: Mapping[str, Any]) -> Rule:
    return Rule(
        id=id,
        topic=value["topic"],
        summary="",
        why="",
        remedy="",
        severity=value["severity"],
        check="",
        levels=value["levels"],
    )


def _gate_value(gate: GateSettings) -> dict[str, Any]:
    value = asdict(gate)
    schedule = [{"since": s.since.isoformat(), "threshold": s.threshold} for s in gate.schedule]
    return {**value, "schedule": schedule}
