"""Weights of each table by topic of the rules: what a heat map shows."""

from collections import defaultdict
from collections.abc import Mapping

from ctb_audit.lean import dataclass
from ctb_audit.result import Audit
from ctb_audit.scoring import TableKey, table_score
from ctb_audit.standard import WEIGHTS

TOPICS = (
    "tracking",
    "identifiers",
    "enforcement",
    "indexes",
    "documentation",
    "migrations",
    "drift",
    "security",
    "sql",
    "data",
)
OTHER = "other"


@dataclass(slots=True)
class TopicWeights:
    """What passed, failed and stayed unknown; `findings` counts the open ones, INFO too."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0
    findings: int = 0

    @property
    def score(self) -> int | None:
        return table_score(self.passed, self.failed, self.unknown)


def topic_of(audit: Audit, rule: str) -> str:
    """The topic of a rule, `other` where the rules are not at hand (a saved audit's own)."""
    found = audit.rules.get(rule)
    return found.topic if found else OTHER


def topic_weights(audit: Audit) -> Mapping[TableKey, Mapping[str, TopicWeights]]:
    """Every judged table's weights by topic; waived findings do not count."""
    found: dict[TableKey, dict[str, TopicWeights]] = {
        (t.system, t.name): defaultdict(
            TopicWeights, {topic: TopicWeights(passed) for topic, passed in t.topics}
        )
        for t in audit.tables
    }
    for finding in audit.open_findings:
        key = (finding.system, finding.table)
        if finding.table_level and key in found:
            weights = found[key][topic_of(audit, finding.rule)]
            weights.failed += WEIGHTS[finding.severity]
            weights.findings += 1
    for verdict in audit.unknowns:
        if (key := (verdict.system, verdict.table)) in found:
            found[key][topic_of(audit, verdict.rule)].unknown += WEIGHTS[verdict.severity]
    return found


def used_topics(weights: Mapping[TableKey, Mapping[str, TopicWeights]]) -> tuple[str, ...]:
    """The topics that any table was judged by, in the order of the catalogue."""
    seen = {topic for topics in weights.values() for topic in topics}
    known = [topic for topic in TOPICS if topic in seen]
    return (*known, *sorted(seen - set(known)))
