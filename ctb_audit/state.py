"""The state of an object: a hash of its normal form, for entries of a baseline.

Two spellings of one table have one state: locations, the order of columns, annotations and
what a live server counts are left out, types are the engine's names, expressions are compared
in their normal form. The functions behind the table's triggers belong to its state.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from ctb_audit.model import Name, Surface, Table, Type
from ctb_audit.project import Project, Subject
from ctb_audit.result import Finding
from ctb_audit.semantics.expressions import normalize
from ctb_audit.semantics.parse import Unreadable

_LEFT_OUT = frozenset(
    {"location", "declarations", "waivers", "row_estimate", "owner", "merged_from"}
)
_EXPRESSIONS = frozenset(
    {"default", "generated", "expression", "predicate", "when", "using", "check"}
)
_UNORDERED = frozenset(
    {"columns", "constraints", "indexes", "triggers", "policies", "grants", "options"}
)
Columns = Mapping[str, Type]


class States:
    """The states of the objects of a project, each computed once."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._subjects = {(s.system, str(s.name)): s for s in project.subjects}
        self._known: dict[tuple[str, str], str] = {}

    def of(self, finding: Finding) -> str:
        """16 hexadecimal digits: of the table, or of what is said of an object that is none."""
        key = finding.system, finding.table
        subject = self._subjects.get(key)
        if subject is None:
            return _hash([finding.table, finding.object, finding.message])
        if key not in self._known:
            self._known[key] = self._of_table(subject)
        return self._known[key]

    def _of_table(self, subject: Subject) -> str:
        return _hash([_table(subject.table), *self._functions(subject)])

    def _functions(self, subject: Subject) -> Iterable[list[Any]]:
        """The functions that the table's triggers call, without regard to their layout."""
        for name in sorted({t.function for t in subject.table.triggers or ()}, key=str):
            for function in self._defined(subject.surface, name):
                yield [str(name), function.language, " ".join((function.body or "").split())]

    def _defined(self, surface: Surface, name: Name) -> Iterable[Any]:
        return self._project.functions.get(surface, {}).get(name, ())


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()[:16]


def _table(table: Table) -> Any:
    return _form(table, {c.name: c.type for c in table.columns}, top=True)


def _form(value: Any, columns: Columns, *, top: bool = False) -> Any:
    """A JSON value in which equal things are equal; fields that hold their default are left out,
    so that a later version with more fields gives the same state.
    """
    if isinstance(value, Type):
        return str(value)
    if dataclasses.is_dataclass(value):
        return _object(value, columns, top)
    if isinstance(value, Mapping):
        return sorted([str(k), _form(v, columns)] for k, v in value.items())
    if isinstance(value, frozenset | set):
        return sorted((_form(v, columns) for v in value), key=repr)
    if isinstance(value, tuple | list):
        return [_form(v, columns) for v in value]
    return value if isinstance(value, str | int | bool | None) else str(value)


def _object(value: Any, columns: Columns, top: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"is": type(value).__name__}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        if field.name in _LEFT_OUT or item == field.default:
            continue
        if field.name in _EXPRESSIONS and isinstance(item, str):
            found[field.name] = _expression(item, columns, getattr(value, "type", None))
        elif top and field.name in _UNORDERED and item is not None:
            found[field.name] = sorted((_form(v, columns) for v in item), key=repr)
        else:
            found[field.name] = _form(item, columns)
    return found


def _expression(text: str, columns: Columns, target: Any) -> Any:
    try:
        return _form(normalize(text, columns, target if isinstance(target, Type) else None), {})
    except (Unreadable, RecursionError):
        return " ".join(text.split())
