"""CREATE SEQUENCE and ALTER SEQUENCE."""

from collections.abc import Iterable

from ctb_audit.model import Name, Sequence
from ctb_audit.sources.ddl.operations import AlterSequence, CreateSequence, Operation
from ctb_audit.sources.ddl.parse_postgres.names import dotted, option_value, relation_name, strings
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import type_of

_FIELDS = {
    "as": "type",
    "start": "start",
    "increment": "increment",
    "minvalue": "minimum",
    "maxvalue": "maximum",
    "cache": "cache",
    "cycle": "cycle",
}
Change = tuple[str, str | int | bool | None]


def changes(elements: Iterable[Node]) -> tuple[Change, ...]:
    """Fields of model.Sequence and their new values; RESTART is not part of a schema."""
    found: list[Change] = []
    for wrapped in elements:
        element = wrapped["DefElem"]
        name = _FIELDS.get(element["defname"])
        if name is not None:
            found.append((name, _value(name, element.get("arg"))))
    return tuple(found)


def _value(name: str, argument: Node | None) -> str | int | bool | None:
    if argument is None:
        return None
    if name == "type":
        return type_of(argument["TypeName"]).name
    if name == "cycle":
        return bool(argument["Boolean"].get("boolval", False))
    return int(option_value(argument))


def owner(elements: Iterable[Node]) -> tuple[tuple[Name, str] | None, bool]:
    """The table and column of OWNED BY, and whether it says NONE."""
    for wrapped in elements:
        element = wrapped["DefElem"]
        if element["defname"] == "owned_by":
            parts = strings(element["arg"]["List"]["items"])
            if len(parts) == 1:
                return None, True
            return (dotted(parts[:-1]), parts[-1]), False
    return None, False


def create_sequence(node: Node, source: Source) -> tuple[Operation, ...]:
    relation = node["sequence"]
    name = relation_name(relation)
    elements = node.get("options", ())
    values = dict(changes(elements))
    increment = _number(values, "increment", 1)
    minimum, maximum = _bound(values, "minimum"), _bound(values, "maximum")
    first = minimum if increment > 0 else maximum
    sequence = Sequence(
        name.schema or "",
        name.name,
        str(values.get("type", "bigint")),
        _number(values, "start", first if first is not None else (1 if increment > 0 else -1)),
        increment,
        minimum,
        maximum,
        _number(values, "cache", 1),
        bool(values.get("cycle", False)),
        unlogged=relation["relpersistence"] == "u",
        location=source.here,
    )
    exists = node.get("if_not_exists", False)
    temporary = relation["relpersistence"] == "t"
    return (CreateSequence(sequence, name, owner(elements)[0], exists, temporary),)


def _number(values: dict[str, str | int | bool | None], name: str, default: int) -> int:
    value = values.get(name)
    return default if value is None else int(value)


def _bound(values: dict[str, str | int | bool | None], name: str) -> int | None:
    value = values.get(name)
    return None if value is None else int(value)


def alter_sequence(node: Node, source: Source) -> tuple[Operation, ...]:
    elements = node.get("options", ())
    owned_by, disown = owner(elements)
    name = relation_name(node["sequence"])
    missing = node.get("missing_ok", False)
    return (AlterSequence(name, changes(elements), owned_by, disown, missing),)
