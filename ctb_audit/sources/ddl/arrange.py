"""Groups of scripts, corrected by what the scripts do.

Names alone do not tell a script that empties a database from one that fills it, nor views and
triggers that stand on the tables of another folder.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

from ctb_audit.copies import replace
from ctb_audit.sources.ddl.operations import (
    CreateTable,
    CreateTableAs,
    Drop,
    Include,
    Operation,
    Script,
    SetSearchPath,
    Transaction,
)
from ctb_audit.sources.ddl.order import Group, Plan


def arrange(groups: Sequence[Group], scripts: Mapping[str, Script]) -> Plan:
    """The groups as they are replayed.

    Schema groups are ordered by what refers to what, without the scripts that only drop objects. A
    group without tables joins, behind, the nearest group that has some in the same system.
    """
    left_out: list[tuple[str, str]] = []
    kept = [_ordered(group, scripts, left_out) for group in groups]
    holders = [group for group in kept if _systems_of_tables(group, scripts)]
    joined: dict[Group, list[str]] = {group: [] for group in holders}
    alone: list[Group] = []
    for group in (g for g in kept if g.paths and g not in joined):
        host = _host(group, holders, scripts)
        if host is None:
            alone.append(group)
        else:
            joined[host] += group.paths
    found = [replace(group, paths=(*group.paths, *more)) for group, more in joined.items()]
    return Plan((*found, *alone), tuple(left_out))


def _ordered(group: Group, scripts: Mapping[str, Script], left_out: list[tuple[str, str]]) -> Group:
    if group.kind == "migrations" or len(group.paths) < 2:
        return group
    from ctb_audit.sources.ddl.dependencies import order_scripts

    own = [scripts[path] for path in group.paths]
    if any(not _only_drops(script) for script in own):
        left_out += [(s.path, "only drops objects") for s in own if _only_drops(s)]
        own = [script for script in own if not _only_drops(script)]
    return replace(group, paths=tuple(script.path for script in order_scripts(own)))


def _operations(script: Script) -> Iterable[Operation]:
    return (operation for effect in script.effects for operation in effect.operations)


def _only_drops(script: Script) -> bool:
    own = [o for o in _operations(script) if not isinstance(o, Transaction | SetSearchPath)]
    return bool(own) and all(isinstance(operation, Drop) for operation in own)


def _systems_of_tables(group: Group, scripts: Mapping[str, Script]) -> frozenset[str]:
    makes = (CreateTable, CreateTableAs, Include)
    return frozenset(
        scripts[path].system
        for path in group.paths
        if any(isinstance(operation, makes) for operation in _operations(scripts[path]))
    )


def _host(group: Group, holders: Sequence[Group], scripts: Mapping[str, Script]) -> Group | None:
    """The group with tables whose folder is nearest, the first of several."""
    systems = {scripts[path].system for path in group.paths}
    fitting = [h for h in holders if systems <= _systems_of_tables(h, scripts)]
    return max(fitting, key=lambda h: _shared(h.folder, group.folder), default=None)


def _shared(one: str, other: str) -> int:
    """Folders that two paths have in common from their beginning."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
