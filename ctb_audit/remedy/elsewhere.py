"""Remedies of other systems than PostgreSQL: files, what is left, and how far they are proven."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from ctb_audit.model import Catalog, System
from ctb_audit.remedy.change import Left, Plan
from ctb_audit.remedy.layouts import File


@dataclass(frozen=True)
class Elsewhere:
    """What repairs the findings of one system.

    `repaired`: fingerprints of findings that the files answer; `catalogs`: the sources as the files
    make them; `proof` says what was shown, `failures` what came out otherwise: then there are no
    files. `tried`: whether everything that runs them has read them; no engine of BigQuery can be
    had, so its statements are only parsed and replayed.
    """

    system: System
    catalogs: tuple[Catalog, ...]
    files: tuple[File, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    repaired: frozenset[str] = frozenset()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()
    proof: str = ""
    failures: tuple[str, ...] = ()
    tried: bool = True
    score_before: int | None = None
    score_after: int | None = field(default=None)

    @property
    def holds(self) -> bool:
        return not self.failures and (self.tried or not self.files)


def told_apart(plan: Plan, others: Iterable[Elsewhere]) -> Plan:
    """The plan without the findings that remedies of other systems answer, or explain better."""
    known = {left.fingerprint: left for other in others for left in other.left}
    repaired = {fingerprint for other in others for fingerprint in other.repaired}
    left = (known.pop(item.fingerprint, item) for item in plan.left)
    kept = tuple(item for item in left if item.fingerprint not in repaired)
    return replace(plan, left=(*kept, *known.values()))
