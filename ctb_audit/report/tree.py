"""A catalog as an indented tree for people."""

from collections.abc import Iterator

from ctb_audit.compare.texts import column_text, constraint_text, index_text
from ctb_audit.model import Catalog, Table
from ctb_audit.report.inert import inert
from ctb_audit.report.terminal import Line, Segment


def catalog_lines(catalog: Catalog) -> Iterator[Line]:
    """Tables with their parts, then views, functions, types and sequences."""
    coverage = catalog.coverage
    yield (
        Segment(inert(catalog.source or catalog.surface), "bold"),
        Segment(
            f"  {catalog.surface}, {len(catalog.tables)} tables, {coverage.statements} statements,"
            f" {coverage.not_understood} not understood",
            "dim",
        ),
    )
    for table in catalog.tables:
        yield from _table(table)
    groups = (
        ("foreign table", [str(t.qualified) for t in catalog.foreign_tables]),
        ("view", [f"{v.schema}.{v.name}" for v in catalog.views]),
        ("function", [f"{f.schema}.{f.name}({_arguments(f)})" for f in catalog.functions]),
        ("type", [f"{t.schema}.{t.name} {t.kind}" for t in catalog.types]),
        ("sequence", [f"{s.schema}.{s.name}" for s in catalog.sequences]),
        ("extension", [e.name for e in catalog.extensions]),
    )
    for kind, names in groups:
        for name in names:
            yield (Segment(f"  {kind} ", "dim"), Segment(inert(name)))
    for problem in catalog.problems:
        place = f"{problem.location}: " if problem.location else ""
        yield (Segment(f"  {problem.kind} ", "yellow"), Segment(inert(place + problem.message)))


def _arguments(function: object) -> str:
    from ctb_audit.model import Function

    assert isinstance(function, Function)
    return ", ".join(str(a.type) for a in function.arguments if a.mode not in ("out", "table"))


def _table(table: Table) -> Iterator[Line]:
    kind = "" if table.kind == "ordinary" else f" {table.kind}"
    secured = " row-level-security" if table.row_level_security else ""
    yield (Segment(f"  {inert(str(table.qualified))}"), Segment(f"{kind}{secured}", "dim"))
    yield from (_part("column", column_text(c)) for c in table.columns)
    yield from (_part("constraint", constraint_text(c)) for c in table.constraints)
    yield from (_part("index", index_text(i)) for i in table.indexes)
    for trigger in table.triggers or ():
        events = " or ".join(trigger.events)
        yield _part("trigger", f"{trigger.name} {trigger.timing} {events} -> {trigger.function}")
    yield from (_part("policy", f"{p.name} {p.command}") for p in table.policies or ())


def _part(kind: str, text: str) -> Line:
    return (Segment(f"    {kind} ", "dim"), Segment(inert(text)))
