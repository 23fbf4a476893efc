"""Fields of a collection's documents, declared on one side and observed on the other."""

from dataclasses import replace

from ctb_audit.model import Column

Columns = tuple[Column, ...]


def comparable(first: Columns, second: Columns) -> tuple[Columns, Columns]:
    """Both sides without what samples cannot contradict: an optional field that no document shows,
    one that every document happens to have, and a field that may hold anything.
    """
    left = {c.name: c for c in first}
    right = {c.name: c for c in second}
    kept = [_alike(c, right[c.name]) for c in first if c.name in right]
    pairs = {a.name: (a, b) for a, b in kept}
    return (
        tuple(pairs[n][0] if n in pairs else c for n, c in left.items() if _stays(c, n in pairs)),
        tuple(pairs[n][1] if n in pairs else c for n, c in right.items() if _stays(c, n in pairs)),
    )


def _stays(column: Column, on_both: bool) -> bool:
    """A declared field that may be absent need not be seen; an observed one has no line."""
    is_observed = column.location is not None and not column.location.line
    return on_both or is_observed or not column.nullable


def _alike(first: Column, second: Column) -> tuple[Column, Column]:
    fields, other = comparable(first.fields, second.fields)
    type_ = first.type if second.type.family == "any" else second.type
    open_ = "any" in (first.type.family, second.type.family)
    left = replace(first, fields=fields, type=type_ if open_ else first.type)
    right = replace(second, fields=other, type=type_, nullable=first.nullable)
    return left, right
