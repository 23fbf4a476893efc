"""The foreign keys as a drawing: tables in columns, what is referenced to the left.

Each connected group is laid out for itself; large groups fold a long column into several, small
ones share a row. No table is placed twice, and cycles are cut where they close.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.report.inert import inert
from ctb_audit.result import Audit, grade_of
from ctb_audit.scoring import TableKey

_CHARACTER = 7.3  # width of one character of the drawing's font at 12 px
_HEIGHT, _ROW, _GAP, _PAD = 26, 38, 72, 18
_LABEL = 34  # characters of a name that are shown
_FOLD = 16  # tables that stand below each other
_ROW_WIDTH = 1080


@dataclass(slots=True)
class _Node:
    key: TableKey
    label: str
    number: int
    layer: int = 0
    order: float = 0
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        return round(len(self.label) * _CHARACTER + 20, 1)


@dataclass(slots=True)
class _Group:
    nodes: list[_Node]
    width: float = 0
    height: float = 0


@dataclass(slots=True)
class _Graph:
    """`out`: table -> the tables it refers to, each once."""

    out: dict[TableKey, list[TableKey]] = field(default_factory=lambda: defaultdict(list))
    near: dict[TableKey, set[TableKey]] = field(default_factory=lambda: defaultdict(set))
    columns: dict[tuple[TableKey, TableKey], list[str]] = field(
        default_factory=lambda: defaultdict(list)
    )


def drawing(audit: Audit) -> dict[str, Any] | None:
    """Nodes, edges and the size; None where no table refers to another."""
    if not audit.relations:
        return None
    graph = _graph(audit)
    nodes = {key: _Node(key, _label(key[1]), n) for n, key in enumerate(graph.near)}
    groups = [_laid_out(keys, nodes, graph) for keys in _components(graph.near)]
    width, height = _packed(groups)
    alone = [t.name for t in audit.tables if (t.system, t.name) not in nodes]
    return {
        "width": round(width),
        "height": round(height),
        "nodes": [_node(n, numbers) for numbers in [_numbers(audit)] for n in nodes.values()],
        "edges": _edges(graph, nodes),
        "alone": [inert(name) for name in alone],
        "count": len(audit.relations),
    }


def _numbers(audit: Audit) -> Mapping[TableKey, tuple[int, str]]:
    return {
        (t.system, t.name): (n, grade_of(t.score) or "none") for n, t in enumerate(audit.tables)
    }


def _label(name: str) -> str:
    shown = inert(name.removeprefix("public."))
    return shown if len(shown) <= _LABEL else shown[: _LABEL - 1] + "…"


def _graph(audit: Audit) -> _Graph:
    graph = _Graph()
    for relation in audit.relations:
        source, target = (relation.system, relation.table), (relation.system, relation.target)
        if (source, target) not in graph.columns:
            graph.out[source].append(target)
        graph.columns[source, target].append(", ".join(relation.columns))
        graph.near[source].add(target)
        graph.near[target].add(source)
    return graph


def _components(near: Mapping[TableKey, set[TableKey]]) -> list[list[TableKey]]:
    """Connected groups, the largest first."""
    found, seen = [], set()
    for start in near:
        if start in seen:
            continue
        seen.add(start)
        group = [start]
        for key in group:
            fresh = sorted(near[key] - seen)
            seen.update(fresh)
            group.extend(fresh)
        found.append(group)
    return sorted(found, key=len, reverse=True)


def _laid_out(keys: Sequence[TableKey], nodes: Mapping[TableKey, _Node], graph: _Graph) -> _Group:
    layers = _layers(keys, graph)
    columns: dict[int, list[_Node]] = defaultdict(list)
    for key in keys:
        node = nodes[key]
        node.layer = layers[key]
        columns[node.layer].append(node)
    _order(columns, nodes, graph)
    group = _Group([nodes[key] for key in keys])
    x = 0.0
    for layer in sorted(columns):
        for start in range(0, len(columns[layer]), _FOLD):
            column = columns[layer][start : start + _FOLD]
            for place, node in enumerate(column):
                node.x, node.y = x, place * _ROW
            x += max(node.width for node in column) + _GAP
            group.height = max(group.height, len(column) * _ROW)
    group.width = x - _GAP
    return group


def _layers(keys: Iterable[TableKey], graph: _Graph) -> Mapping[TableKey, int]:
    """One more than the furthest table referred to; a reference that closes a cycle is passed
    over. Without recursion: chains may be long.
    """
    layers: dict[TableKey, int] = {}
    open_: set[TableKey] = set()
    for start in keys:
        stack = [start]
        while stack:
            key = stack[-1]
            if key in layers:
                stack.pop()
                continue
            open_.add(key)
            waiting = [t for t in graph.out[key] if t not in layers and t not in open_]
            if waiting:
                stack.append(waiting[0])
                continue
            layers[key] = max((layers[t] + 1 for t in graph.out[key] if t in layers), default=0)
            open_.discard(stack.pop())
    return layers


def _order(
    columns: Mapping[int, list[_Node]], nodes: Mapping[TableKey, _Node], graph: _Graph
) -> None:
    """Two sweeps that put each table beside the mean of its neighbours."""
    for column in columns.values():
        for place, node in enumerate(column):
            node.order = place
    for backwards in (False, True):
        for layer in sorted(columns, reverse=backwards):
            for node in columns[layer]:
                beside = [nodes[k].order for k in graph.near[node.key] if k != node.key]
                node.order = sum(beside) / len(beside) if beside else node.order
            columns[layer].sort(key=lambda n: (n.order, n.label))
            for place, node in enumerate(columns[layer]):
                node.order = place


def _packed(groups: Sequence[_Group]) -> tuple[float, float]:
    """Places groups side by side in rows; the size of the whole."""
    x = y = row = width = 0.0
    limit = max([_ROW_WIDTH, *(g.width for g in groups)])
    for group in groups:
        if x and x + group.width > limit:
            x, y, row = 0.0, y + row + _PAD, 0.0
        for node in group.nodes:
            node.x += x + _PAD
            node.y += y + _PAD
        x += group.width + _GAP
        row = max(row, group.height)
        width = max(width, x - _GAP)
    return width + 2 * _PAD, y + row + _PAD


def _node(node: _Node, numbers: Mapping[TableKey, tuple[int, str]]) -> dict[str, Any]:
    number, grade = numbers.get(node.key, (None, "outside"))
    return {
        "id": number,
        "number": node.number,
        "label": node.label,
        "name": inert(node.key[1]),
        "grade": grade.replace(" ", "-").lower(),
        "x": round(node.x, 1),
        "y": round(node.y, 1),
        "width": node.width,
        "height": _HEIGHT,
    }


def _edges(graph: _Graph, nodes: Mapping[TableKey, _Node]) -> list[dict[str, Any]]:
    return [
        {
            "path": _path(nodes[a], nodes[b]),
            "ends": f"{nodes[a].number} {nodes[b].number}",
            "title": _title(a, b, columns),
        }
        for (a, b), columns in graph.columns.items()
    ]


def _title(source: TableKey, target: TableKey, columns: Sequence[str]) -> str:
    return inert(f"{source[1]} ({'; '.join(columns)}) refers to {target[1]}")


def _path(source: _Node, target: _Node) -> str:
    """From the referring table's left side to the referenced one's right side."""
    y1, y2 = source.y + _HEIGHT / 2, target.y + _HEIGHT / 2
    if source is target:
        x = source.x + source.width
        return f"M{x:g} {y1 - 6:g}c22 -8 22 20 0 12"
    x1, x2 = source.x, target.x + target.width
    if x1 <= x2:  # same column, or a reference that closes a cycle
        return f"M{x1:g} {y1:g}C{x1 - 40:g} {y1:g} {target.x - 40:g} {y2:g} {target.x:g} {y2:g}"
    middle = (x1 - x2) / 2
    return f"M{x1:g} {y1:g}C{x1 - middle:g} {y1:g} {x2 + middle:g} {y2:g} {x2:g} {y2:g}"
