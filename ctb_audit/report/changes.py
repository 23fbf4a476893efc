"""The changes between sources: a diff for people, values for programs."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ctb_audit.compare import Change
from ctb_audit.report.inert import inert
from ctb_audit.report.terminal import Line, Segment, plain
from ctb_audit.result import Audit, Comparison

_STYLES = {"-": "red", "+": "green", "?": "yellow", " ": ""}
LONGEST = 200


def change_lines(comparisons: Iterable[Comparison], *, verbose: bool = False) -> Iterator[Line]:
    """What turns the first source of each pair into the second, object by object.

    `verbose` adds what is no drift: other names, comments, owners, grants.
    """
    for comparison in comparisons:
        title = f"{inert(comparison.before)} -> {inert(comparison.after)}"
        yield (Segment(title, "bold"), Segment(f"  {comparison.pair}", "dim"))
        changes = (*comparison.changes, *(comparison.set_aside if verbose else ()))
        for holder, found in _by_holder(changes).items():
            yield (Segment(f"  {inert(holder)}"),)
            for change in found:
                yield from _change(change)
        if not changes:
            yield (Segment("  no change"),)
        hidden = 0 if verbose else len(comparison.set_aside)
        if hidden:
            text = f"  {hidden} more in names, comments, owners and grants, shown with --verbose"
            yield (Segment(text, "dim"),)
        yield (Segment(""),)


def _by_holder(changes: Iterable[Change]) -> dict[str, list[Change]]:
    """By the table or view that holds the object; what stands alone by its kind."""
    found: dict[str, list[Change]] = {}
    for change in changes:
        holder = f"{change.object_kind}s" if change.table is None else str(change.table)
        found.setdefault(holder, []).append(change)
    return found


def _change(change: Change) -> Iterator[Line]:
    name = f"{change.object_kind} {change.object}"
    if change.kind == "added":
        yield _line("+", f"{change.object_kind} {change.after or change.object}")
    elif change.kind == "removed":
        yield _line("-", f"{change.object_kind} {change.before or change.object}")
    else:
        marks = ("?", "?") if change.kind == "undecided" else ("-", "+")
        attribute = change.attribute.replace("_", " ")
        for mark, value in zip(marks, (change.before, change.after), strict=True):
            yield _line(mark, f"{name} {attribute}: {value or 'none'}")


def _line(mark: str, text: str) -> Line:
    shown = inert(" ".join(text.split(" ")))
    shown = shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}..."
    return (Segment(f"    {mark} {shown}", _STYLES[mark]),)


def changes_markdown(comparisons: Iterable[Comparison]) -> str:
    """The diff as Markdown; no line of it can end the code block."""
    text = ["## Changes", ""]
    for comparison in comparisons:
        text += ["```diff", *_diff(comparison), "```", ""]
    return "\n".join(text)


def _diff(comparison: Comparison) -> Iterator[str]:
    for line in plain(change_lines([comparison])).splitlines():
        body = line.removeprefix("    ")
        if body != line and body[:1] in "+-?":
            yield body
        elif line:
            yield f"  {line.strip()}"


def drift_markdown(audit: Audit, templates: Path | None = None) -> str:
    """The audit as Markdown, with the diff."""
    from ctb_audit.report.markdown import audit_markdown

    return f"{audit_markdown(audit, templates)}\n{changes_markdown(audit.comparisons or ())}"


def changes_value(comparisons: Iterable[Comparison]) -> list[dict[str, Any]]:
    """The changes as a JSON value (rules/audit.schema.json)."""
    return [
        _value(comparison, change, drift=drift)
        for comparison in comparisons
        for changes, drift in ((comparison.changes, True), (comparison.set_aside, False))
        for change in changes
    ]


def _value(comparison: Comparison, change: Change, *, drift: bool) -> dict[str, Any]:
    before, after = change.locations
    return {
        "pair": comparison.pair,
        "from": comparison.before,
        "to": comparison.after,
        "kind": change.kind,
        "system": change.system,
        "table": None if change.table is None else str(change.table),
        "object_kind": change.object_kind,
        "object": change.object,
        "attribute": change.attribute or None,
        "before": change.before or None,
        "after": change.after or None,
        "drift": drift and change.kind != "undecided",
        "location_before": None if before is None else str(before),
        "location_after": None if after is None else str(after),
    }
