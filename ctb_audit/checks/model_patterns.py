"""What a zod text accepts, held against the patterns, lengths and types of its column."""

from collections.abc import Iterator

from ctb_audit.checks.expectation import domain_of
from ctb_audit.model import Column, Constraint, Type
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.evaluate import value_of
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.pattern_difference import Language, difference
from ctb_audit.semantics.patterns import Edge, Regex, Sequence, Untranslatable, like
from ctb_audit.semantics.regex import advanced
from ctb_audit.semantics.tree import (
    Call,
    Cast,
    Collate,
    Const,
    Logic,
    Node,
    NullTest,
    Operator,
    Ref,
)
from ctb_audit.zod_model import ModelField

_LIKE = {"~~": False, "~~*": True}
_MATCHES = {"~": False, "~*": True}
_LENGTHS = frozenset({"length", "char_length"})
_FORMATS = {"email": "ada@example.org", "uuid": "9b2f4a52-0d3c-4f0e-9a58-3f1c2b7d6e10"}
"""A text that every validator of the format accepts."""
_NEEDED = {"uuid": 36}
_NO_TEXT = frozenset({"uuid", "timestamp", "date", "time", "interval", "network", "bytes", "bits"})
_UNTOLD = frozenset("myv")
"""Flags under which JavaScript reads a pattern otherwise than PostgreSQL."""


class Undecided(Exception):
    """The two cannot be compared, for the reason it tells."""


def text_faults(
    field: ModelField, column: Column, type_: Type, subject: Subject, project: Project
) -> Iterator[str]:
    """What contradicts the column. Undecided where the patterns cannot be compared."""
    if field.type != "string" or type_.dimensions:
        return
    if field.format in ("email", "url") and type_.family in _NO_TEXT:
        yield f"accepts {field.format} texts, the column is {column.type}"
        return
    yield from _too_long(field, type_)
    conditions = list(_conditions(column, subject, project))
    yield from _of_format(field, column, conditions)
    yield from _of_lengths(field, column, conditions)
    yield from _of_pattern(field, column, type_, conditions)


def _too_long(field: ModelField, type_: Type) -> Iterator[str]:
    held = _capacity(type_)
    needed = _NEEDED.get(field.format, 0) if field.longest is None else field.longest
    if held is not None and needed > held:
        yield f"accepts {needed} characters, the column holds {held}"


def _capacity(type_: Type) -> int | None:
    return type_.parameters[0] if type_.family == "text" and type_.parameters else None


# ---- what the table checks ----------------------------------------------------------------------


def _conditions(column: Column, subject: Subject, project: Project) -> Iterator[Node]:
    """Everything that must hold of the column, one condition at a time, the column as a Ref."""
    domain = domain_of(column, subject, project)
    for constraint in (*subject.table.constraints, *(domain.constraints if domain else ())):
        tree = _tree(constraint)
        if tree is not None:
            for part in (
                tree.args if isinstance(tree, Logic) and tree.operator == "and" else (tree,)
            ):
                yield _where_present(part)


def _tree(constraint: Constraint) -> Node | None:
    if constraint.kind != "check" or not constraint.enforced or constraint.expression is None:
        return None
    try:
        return parse_expression(constraint.expression)
    except Unreadable:
        return None


def _where_present(node: Node) -> Node:
    """`a IS NULL OR x` as x: of absence other rules speak."""
    if isinstance(node, Logic) and node.operator == "or":
        rest = [a for a in node.args if not (isinstance(a, NullTest) and not a.negated)]
        return rest[0] if len(rest) == 1 else node
    return node


def _is_column(node: Node, column: Column) -> bool:
    while isinstance(node, Cast | Collate):
        node = node.arg
    return isinstance(node, Ref) and node.path[-1] in (column.name, "value")


def _pattern_of(node: Node, column: Column) -> Regex | None:
    """The pattern that the condition holds the column to. Untranslatable."""
    if not isinstance(node, Operator) or node.left is None or not _is_column(node.left, column):
        return None
    right = node.right
    while isinstance(right, Cast | Collate):
        right = right.arg
    if not isinstance(right, Const) or not isinstance(right.value, str):
        return None
    if node.name in _MATCHES:
        return advanced(right.value, _MATCHES[node.name])
    if node.name in _LIKE:
        whole = like(right.value, _LIKE[node.name])
        return Regex(Sequence((Edge("start"), whole.pattern, Edge("end"))), whole.ascii_only)
    return None


# ---- comparisons --------------------------------------------------------------------------------


def _of_format(field: ModelField, column: Column, conditions: list[Node]) -> Iterator[str]:
    sample = _FORMATS.get(field.format)
    rows = {column.name: sample, "value": sample}
    if sample is not None and any(value_of(c, rows) is False for c in conditions):
        yield f"accepts {sample}, which the table rejects"


def _of_lengths(field: ModelField, column: Column, conditions: list[Node]) -> Iterator[str]:
    """The shortest and the longest text, where the model says how long, under conditions on
    lengths.
    """
    bounds = {b for b in (field.shortest, field.longest) if b is not None}
    if field.longest is not None and field.shortest is None:
        bounds.add(0)
    for length in sorted(bounds):
        rows = {column.name: "a" * length, "value": "a" * length}
        if any(_is_of_length(c, column) and value_of(c, rows) is False for c in conditions):
            yield f"accepts {length} characters, which the table rejects"


def _is_of_length(node: Node, column: Column) -> bool:
    if isinstance(node, Logic):
        return all(_is_of_length(a, column) for a in node.args)
    if not isinstance(node, Operator) or node.left is None:
        return False
    sides = (node.left, node.right)
    return any(
        isinstance(s, Call) and s.name in _LENGTHS and _is_column(s.args[0], column) for s in sides
    ) and any(isinstance(s, Const) for s in sides)


def _of_pattern(
    field: ModelField, column: Column, type_: Type, conditions: list[Node]
) -> Iterator[str]:
    """Patterns on both sides: equal in all that both lengths admit, or the text that differs."""
    if not field.pattern:
        return
    try:
        held = [p for c in conditions if (p := _pattern_of(c, column)) is not None]
        if not held:
            return
        found = _difference(field, held, type_)
        if found and not found[1] and _rejected_otherwise(found[0], column, conditions):
            found = _difference(field, held, type_, accepted_only=True)
    except Untranslatable as error:
        raise Undecided(f"its pattern cannot be compared with the table's: {error}") from None
    if found is None:
        return
    text, accepted = found
    if accepted:
        yield f"accepts {text!r}, which the table's pattern rejects"
    else:
        yield f"refuses {text!r}, which the table's pattern accepts"


def _difference(
    field: ModelField, held: list[Regex], type_: Type, *, accepted_only: bool = False
) -> tuple[str, bool] | None:
    """The shortest text that one side alone accepts. `accepted_only`: that the field does."""
    if _UNTOLD & set(field.flags):
        raise Untranslatable(f"the flags {field.flags}")
    own = advanced(field.pattern, "i" in field.flags)
    lengths = [n for n in (field.longest, _capacity(type_)) if n is not None]
    bounds = field.shortest or 0, min(lengths, default=None)
    others = (own, *held) if accepted_only else tuple(held)
    return difference(Language((own,), *bounds), Language(others, *bounds))


def _rejected_otherwise(text: str, column: Column, conditions: list[Node]) -> bool:
    rows = {column.name: text, "value": text}
    return any(value_of(c, rows) is False for c in conditions)
