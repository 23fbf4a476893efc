"""Patched texts read again: no new syntax errors, and only what was edited means something else."""

from collections import Counter
from collections.abc import Iterator

from ctb_audit.model import Column
from ctb_audit.rules_model import Match, Node, Rules
from ctb_audit.sources.firestore_rules import read_rules
from ctb_audit.sources.typescript import read_typescript


def document_faults(before: str, after: str, path: str) -> Iterator[str]:
    """Types of the file that lost a field or changed one otherwise than to require it."""
    old, new = (read_typescript(text, path) for text in (before, after))
    if len(new.problems) > len(old.problems):
        yield "could not be read any more"
    for name in old.type_names:
        document, made = old.document(name), new.document(name)
        if document is None:
            continue
        if made is None:
            yield f"{name} is gone"
            continue
        fields = {f.name: f for f in made.shape.fields}
        for column in document.shape.fields:
            if not _kept(column, fields.get(column.name)):
                yield f"{name}.{column.name} is another field"


def _kept(before: Column, after: Column | None) -> bool:
    if after is None or after.type != before.type:
        return False
    return before.nullable or not after.nullable


def rule_faults(before: str, after: str, path: str) -> Iterator[str]:
    """Statements that cannot be read, and matches or functions that are gone."""
    old, new = (read_rules(text, path) for text in (before, after))
    if len(new.problems) > len(old.problems):
        yield "could not be read any more"
    lost = Counter(_functions(old.rules)) - Counter(_functions(new.rules))
    yield from (f"the function {name} is another one" for name, _ in lost)
    if list(_paths(old.rules.matches)) != list(_paths(new.rules.matches)):
        yield "the matches are others"


def _functions(rules: Rules) -> Iterator[tuple[str, str]]:
    waiting = list(rules.matches)
    found = list(rules.functions)
    while waiting:
        match = waiting.pop()
        found += match.functions
        waiting += match.matches
    for function in found:
        bound = "; ".join(f"{b.name} = {_said(b.value)}" for b in function.bindings)
        yield function.name, f"({', '.join(function.parameters)}) {bound} {_said(function.result)}"


def _said(node: Node) -> str:
    return f"{node.kind} {node.text} ({', '.join(map(_said, node.operands))})"


def _paths(matches: tuple[Match, ...], above: str = "") -> Iterator[str]:
    for match in matches:
        path = above + "".join(f"/{segment}" for segment in match.segments)
        yield path
        yield from _paths(match.matches, path)
