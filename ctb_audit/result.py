"""What an audit says: findings, unknowns, scores and the gate. Plain frozen data."""

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING, Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import Coverage, Location, Problem, Surface, System
from ctb_audit.standard import Level, Rule, Severity

if TYPE_CHECKING:
    from ctb_audit.compare import Change as Difference

Grade = Literal["EXCELLENT", "GOOD", "NEEDS WORK", "FAIL"]
GRADES: tuple[tuple[int, Grade], ...] = (
    (90, "EXCELLENT"),
    (70, "GOOD"),
    (60, "NEEDS WORK"),
    (0, "FAIL"),
)


def grade_of(score: int | None) -> Grade | None:
    """The grade of a score of 0 to 100 (STANDARD section 11); None for no score."""
    if score is None:
        return None
    return next(grade for floor, grade in GRADES if score >= floor)


def fingerprint(rule: str, system: str, table: str, requirement: str) -> str:
    """A finding's identity: 16 hexadecimal digits, without line or message (DESIGN, Rules)."""
    from hashlib import sha256  # loads OpenSSL, which a run may do without

    identity = "\0".join((rule, system, table, requirement))
    return sha256(identity.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Waived:
    """Why a finding does not count: who takes it on, why, until when."""

    kind: Literal["inline", "configuration", "baseline"]
    owner: str = ""
    reason: str = ""
    until: str = ""
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect. `table` is `schema.table`, or a pseudo-object's name (`table_level` False).

    `points`: of the database score, 0 to 100, that its fix would gain.
    """

    rule: str
    severity: Severity
    system: System
    surface: Surface
    table: str
    requirement: str
    message: str
    object: str = ""
    location: Location | None = None
    level: Level | None = None
    table_level: bool = True
    points: float = 0.0
    waiver: Waived | None = None
    own: str = ""  # the severity that the check itself gave, before the level's cap

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.rule, self.system, self.table, self.requirement)


@dataclass(frozen=True, slots=True)
class UnknownVerdict:
    """A requirement that should have been decided and could not be."""

    rule: str
    severity: Severity
    system: System
    table: str
    requirement: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotJudged:
    """A rule that this audit's sources cannot feed, said once."""

    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class TableResult:
    """One subject's result. `passed`, `failed`, `unknown` are weights; `score` None: none."""

    system: System
    surface: Surface
    name: str
    level: Level
    level_source: str
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    score: int | None = None
    exempt: str = ""
    planned: str = ""
    location: Location | None = None
    topics: tuple[tuple[str, int], ...] = ()  # passed weight by topic of the rules
    passes: tuple[tuple[str, int], ...] = ()  # how often each rule passed, where that was counted


@dataclass(frozen=True, slots=True)
class Relation:
    """A foreign key of a judged table; `target` is `schema.table`, judged or not."""

    system: System
    table: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemResult:
    system: System
    score: int | None


@dataclass(frozen=True, slots=True)
class Gate:
    passed: bool
    threshold: int
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextGrade:
    """The cheapest way up: the fewest findings whose fixes reach `threshold`."""

    grade: Grade
    threshold: int
    fixes: tuple[Finding, ...]
    score: int

    @property
    def fingerprints(self) -> tuple[str, ...]:
        return tuple(fix.fingerprint for fix in self.fixes)


@dataclass(frozen=True, slots=True)
class Change:
    """What a change does to an audit: `base` names the tree before it, `score` is its score.

    `new`: fingerprints of findings that the tree before did not have; `fixed`: those it had.
    """

    base: str
    score: int | None
    new: frozenset[str]
    fixed: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One table under two standards; a score is None where that standard weighs nothing."""

    system: System
    name: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Impact:
    """What the audit's standard changes against another one, `standard`, on the same sources.

    `score` is the database score under that one; `tables` are those whose score differs.
    """

    standard: str
    score: int | None
    tables: tuple[ImpactRow, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sources object by object. `pair` is the first part of a drift finding's requirement,
    `before` and `after` what messages call the sources; `set_aside` are differences that are no
    drift: other names of the same thing, comments, owners, grants, what a document need not repeat.
    """

    pair: str
    before: str
    after: str
    changes: "tuple[Difference, ...]"
    set_aside: "tuple[Difference, ...]" = ()


@dataclass(frozen=True)
class Audit:
    """A whole audit. `incomplete` holds why it is (exit 3), () for whole.

    `prefix` leads from the repository's top to the root that locations count from.
    """

    standard: str
    standard_hash: str
    sources: tuple[str, ...]
    tables: tuple[TableResult, ...]
    findings: tuple[Finding, ...]
    unknowns: tuple[UnknownVerdict, ...]
    not_judged: tuple[NotJudged, ...]
    coverage: Coverage
    problems: tuple[Problem, ...]
    score: int | None
    systems: tuple[SystemResult, ...]
    gate: Gate
    next_grade: NextGrade | None = None
    incomplete: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    revision: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    change: Change | None = None
    prefix: str = ""
    relations: tuple[Relation, ...] = ()
    impact: Impact | None = None
    comparisons: tuple[Comparison, ...] | None = None  # of `ctb drift`

    @property
    def grade(self) -> Grade | None:
        return grade_of(self.score)

    @property
    def not_judged_by_reason(self) -> Mapping[str, tuple[str, ...]]:
        """The rules that were not judged, together where the reason is one."""
        found: dict[str, list[str]] = {}
        for item in self.not_judged:
            found.setdefault(item.reason, []).append(item.rule)
        return {reason: tuple(rules) for reason, rules in found.items()}

    @property
    def open_findings(self) -> tuple[Finding, ...]:
        """Findings that no waiver or baseline covers."""
        return tuple(f for f in self.findings if f.waiver is None)

    @property
    def aside_text(self) -> str:
        """How many findings do not count, `2 waived, 14 in the baseline`; "" for none."""
        kinds = [f.waiver.kind for f in self.findings if f.waiver is not None]
        known = kinds.count("baseline")
        waived = len(kinds) - known
        parts = [f"{waived} waived"] * bool(waived) + [f"{known} in the baseline"] * bool(known)
        return ", ".join(parts)

    @property
    def asked_findings(self) -> tuple[Finding, ...]:
        """What a reader must look at: all findings, or of a change only what it brings."""
        if self.change is None:
            return self.findings
        return tuple(f for f in self.findings if f.fingerprint in self.change.new)
