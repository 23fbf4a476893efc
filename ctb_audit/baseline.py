"""Known findings: shown and counted, and out of gate and score while their object stays as it is.

An entry holds a finding's fingerprint and the `state` of its object; another state lapses it, so
a baseline never vouches for an object that somebody has changed since (DESIGN, Rules).
`rules/baseline.schema.json` says what the file holds.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from ctb_audit import resources
from ctb_audit.errors import ConfigurationError
from ctb_audit.lean import dataclass
from ctb_audit.result import Finding, NotJudged, UnknownVerdict, Waived
from ctb_audit.shape import problems
from ctb_audit.standard import Standard

DEFAULT_NAME = "ctb-baseline.json"
SCHEMA_VERSION = "1.0"
_STEP = "write it again with `ctb baseline write`"
StateOf = Callable[[Finding], str]


@dataclass(frozen=True, slots=True)
class Entry:
    """One known finding; fields as in the file."""

    fingerprint: str
    state: str
    rule: str
    system: str
    table: str
    requirement: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """`place` names the file in messages."""

    standard: str
    entries: tuple[Entry, ...] = ()
    place: str = DEFAULT_NAME


@dataclass(frozen=True, slots=True)
class Judged:
    """What an audit was able to say: an entry that it could not decide is not stale."""

    standard: Standard
    unknowns: tuple[UnknownVerdict, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()

    def decides(self, entry: Entry) -> bool:
        return (
            entry.rule in self.standard.rules
            and all(n.rule != entry.rule for n in self.not_judged)
            and not any(
                (u.rule, u.system, u.table) == (entry.rule, entry.system, entry.table)
                and u.requirement in (entry.requirement, u.rule)
                for u in self.unknowns
            )
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """The findings with those that are known marked, and the entries that no longer hold.

    `lapsed`: the object changed and the finding is still there. `stale`: no such finding.
    """

    findings: tuple[Finding, ...]
    lapsed: tuple[Entry, ...] = ()
    stale: tuple[Entry, ...] = ()

    def notices(self, place: str) -> tuple[str, ...]:
        """One line for each table whose entries no longer hold."""
        changed = "changed since and voids {}: fix what is left, or `ctb baseline update`"
        absent = "has no such finding any more as {}: drop it with `ctb baseline prune`"
        return (*_by_table(place, self.lapsed, changed), *_by_table(place, self.stale, absent))


def _by_table(place: str, entries: Iterable[Entry], text: str) -> list[str]:
    tables: dict[str, list[str]] = {}
    for entry in entries:
        tables.setdefault(entry.table, []).append(_named(entry))
    return [f"{place}: {table} {text.format(_listed(names))}" for table, names in tables.items()]


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more


def _named(entry: Entry) -> str:
    return f"{entry.rule}:{entry.requirement}" if entry.requirement else entry.rule


def entry_of(finding: Finding, state: str) -> Entry:
    return Entry(
        finding.fingerprint,
        state,
        finding.rule,
        finding.system,
        finding.table,
        finding.requirement,
    )


def apply_baseline(
    findings: Iterable[Finding], baseline: Baseline, state_of: StateOf, judged: Judged
) -> Applied:
    """Marks what the baseline knows in its present state; waived findings stay waived.

    Raises ConfigurationError where the baseline was written for another standard.
    """
    if baseline.standard != judged.standard.id:
        problem = f"was written for {baseline.standard}, this audit judges by {judged.standard.id}"
        raise ConfigurationError(baseline.place, problem, _STEP)
    entries = {e.fingerprint: e for e in baseline.entries}
    found: list[Finding] = []
    met: set[str] = set()
    lapsed: dict[str, Entry] = {}
    for finding in findings:
        entry = entries.get(finding.fingerprint)
        if entry is not None:
            met.add(entry.fingerprint)
        if entry is None or finding.waiver is not None:
            found.append(finding)
        elif entry.state == state_of(finding):
            found.append(replace(finding, waiver=Waived("baseline")))
        else:
            lapsed[entry.fingerprint] = entry
            found.append(finding)
    stale = (e for e in baseline.entries if e.fingerprint not in met and judged.decides(e))
    return Applied(tuple(found), tuple(lapsed.values()), tuple(stale))


def written(findings: Iterable[Finding], state_of: StateOf) -> tuple[Entry, ...]:
    """The entries of all findings that nobody waives."""
    return tuple(entry_of(f, state_of(f)) for f in findings if f.waiver is None)


def updated(
    findings: Iterable[Finding], baseline: Baseline, state_of: StateOf, judged: Judged
) -> tuple[Entry, ...]:
    """The known findings in their present state, without the stale ones; no new finding."""
    found = tuple(findings)
    states = {f.fingerprint: state_of(f) for f in found}
    stale = set(apply_baseline(found, baseline, state_of, judged).stale)
    return tuple(
        replace(e, state=states.get(e.fingerprint, e.state))
        for e in baseline.entries
        if e not in stale
    )


def pruned(
    findings: Iterable[Finding], baseline: Baseline, state_of: StateOf, judged: Judged
) -> tuple[Entry, ...]:
    """The entries without those that match no finding."""
    stale = set(apply_baseline(findings, baseline, state_of, judged).stale)
    return tuple(e for e in baseline.entries if e not in stale)


# ---- the file ------------------------------------------------------------------------------------


def read_baseline(path: Path, place: str = "") -> Baseline:
    """The baseline in a file. Raises ConfigurationError where it is missing or malformed."""
    place = place or path.name
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        step = "write it with `ctb baseline write`"
        raise ConfigurationError(place, "no such baseline", step) from None
    except OSError as error:
        raise ConfigurationError(place, f"cannot be read ({error.strerror})", _STEP) from None
    except (ValueError, RecursionError) as error:
        raise ConfigurationError(place, f"is not JSON: {error}", _STEP) from None
    for problem in problems(value, _schema()):
        key = f": {problem.key}" if problem.key else ""
        raise ConfigurationError(f"{place}{key}", problem.problem, _STEP)
    entries = tuple(Entry(**entry) for entry in value["entries"])
    return Baseline(value["standard"], entries, place)


def baseline_text(baseline: Baseline) -> str:
    """The file's text, one entry a line in a stable order, so that a diff reads well."""
    ordered = sorted(
        set(baseline.entries), key=lambda e: (e.system, e.table, e.rule, e.requirement)
    )
    lines = ",\n".join(f"    {json.dumps(_entry_value(e), ensure_ascii=False)}" for e in ordered)
    entries = f"[\n{lines}\n  ]" if ordered else "[]"
    standard = json.dumps(baseline.standard)
    return (
        f'{{\n  "schema_version": "{SCHEMA_VERSION}",\n  "standard": {standard},\n'
        f'  "entries": {entries}\n}}\n'
    )


def _entry_value(entry: Entry) -> dict[str, str]:
    return {name: getattr(entry, name) for name in Entry.__slots__}


@cache
def _schema() -> Mapping[str, object]:
    loaded: Mapping[str, object] = json.loads(resources.resource_text("rules/baseline.schema.json"))
    return loaded
