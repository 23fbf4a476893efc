"""Views, functions, types and other objects that differ between two sources."""

from collections.abc import Iterator, Mapping

from ctb_audit.checks.drifts import Pair, drift_of
from ctb_audit.checks.part_drift import place, told
from ctb_audit.checks.registry import ProjectFinding, project_check
from ctb_audit.compare import Change
from ctb_audit.project import Project
from ctb_audit.verdict import Fail, Unknown


@project_check
def object_drift(project: Project, *, objects: tuple[str, ...]) -> Iterator[ProjectFinding]:
    """`objects`: `view` for views with what hangs on them, `other` for everything else."""
    for pair in drift_of(project).pairs:
        for name, changes in _grouped(pair, objects).items():
            yield from _findings(name, changes, pair)


def _grouped(pair: Pair, objects: tuple[str, ...]) -> Mapping[str, list[Change]]:
    views = {(v.schema, v.name) for side in pair.sides for v in side.catalog.views}
    implied = _implied(pair)
    found: dict[str, list[Change]] = {}
    for change in pair.others:
        of_view = change.table in views
        if ("view" if of_view else "other") not in objects or _follows(change, implied):
            continue
        name = str(change.table) if change.table else change.object
        found.setdefault(name, []).append(change)
    return found


def _implied(pair: Pair) -> frozenset[str]:
    """Sequences that columns own, and schemas that hold something: they come and go with it."""
    found = set()
    for side in pair.sides:
        catalog = side.catalog
        found |= {f"{s.schema}.{s.name}" for s in catalog.sequences if s.owned_by}
        for items in (catalog.tables, catalog.views, catalog.functions, catalog.types):
            found |= {item.schema for item in items}
    return frozenset(found)


def _follows(change: Change, implied: frozenset[str]) -> bool:
    whole = change.kind in ("added", "removed") or change.attribute == "unlogged"
    return whole and change.object_kind in ("sequence", "schema") and change.object in implied


def _findings(name: str, changes: list[Change], pair: Pair) -> Iterator[ProjectFinding]:
    certain = [c for c in changes if c.kind != "undecided"]
    system = changes[0].system
    surface = pair.b.surface
    requirement = pair.label
    if certain:
        message = "; ".join(told(c, pair) for c in certain)
        verdict = Fail(message, requirement, location=place(certain))
        yield ProjectFinding(name, verdict, system, surface)
    else:
        reason = "; ".join(told(c, pair) for c in changes)
        yield ProjectFinding(name, Unknown(reason, requirement), system, surface)
