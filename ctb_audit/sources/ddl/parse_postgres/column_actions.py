"""What ALTER TABLE does to columns."""

import re
from collections.abc import Callable

from ctb_audit.lean import pattern
from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AlterColumn,
    DropColumn,
    TableAction,
)
from ctb_audit.sources.ddl.parse_postgres.columns import IDENTITIES, read_column
from ctb_audit.sources.ddl.parse_postgres.commands import Commands, cascades
from ctb_audit.sources.ddl.parse_postgres.names import (
    listed,
)
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import read_type

_SET_DEFAULT = pattern(r"[\w.\"]+\s+ALTER\s+(?:COLUMN\s+)?[\w\"]+\s+SET\s+DEFAULT\s", re.IGNORECASE)


def _add_column(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    read = read_column(command["def"]["ColumnDef"], commands.source)
    return (AddColumn(read.column, read.constraints, command.get("missing_ok", False)),)


def _drop_column(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (DropColumn(command["name"], command.get("missing_ok", False), cascades(command)),)


def _default(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    name = command["name"]
    if "def" not in command:
        return (AlterColumn(name, "drop default"),)
    source = commands.source
    if len(commands.node["cmds"]) == 1:
        end = source.end
        start = _plain_default(commands.node["relation"]["location"], source)
    else:
        start, end = commands.span(position)
        start = source.after_word("DEFAULT", start, end)
    return (AlterColumn(name, "set default", source.clean(start, end)),)


def _plain_default(start: int, source: Source) -> int:
    """The offset after DEFAULT in a statement of one command."""
    plain = _SET_DEFAULT.match(source.text, start)
    return plain.end() if plain is not None else source.after_word("DEFAULT", start)


def _set_not_null(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterColumn(command["name"], "set not null"),)


def _drop_not_null(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterColumn(command["name"], "drop not null"),)


def _type(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    definition = command["def"]["ColumnDef"]
    name = command["name"]
    action = AlterColumn(name, "type", read_type(definition["typeName"], commands.source))
    if "collClause" not in definition:
        return (action,)
    return (action, AlterColumn(name, "collation", listed(definition["collClause"]["collname"])))


def _add_identity(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    when = IDENTITIES[command["def"]["Constraint"]["generated_when"]]
    return (AlterColumn(command["name"], "add identity", when),)


def _set_identity(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    elements = [item["DefElem"] for item in command["def"]["List"]["items"]]
    when = None
    for element in elements:
        if element["defname"] == "generated":
            when = IDENTITIES[chr(element["arg"]["Integer"]["ival"])]
    return (AlterColumn(command["name"], "set identity", when),)


def _drop_identity(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    missing = command.get("missing_ok", False)
    return (AlterColumn(command["name"], "drop identity", if_exists=missing),)


def _set_expression(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    text, _ = commands.source.parenthesized(commands.span(position)[0])
    return (AlterColumn(command["name"], "set expression", text),)


def _drop_expression(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    missing = command.get("missing_ok", False)
    return (AlterColumn(command["name"], "drop expression", if_exists=missing),)


def _other(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterColumn(command.get("name", ""), "other"),)


Reader = Callable[[Node, Commands, int], tuple[TableAction, ...]]
"""Actions of a command, which stands at a position among the others."""

COLUMN_READERS: dict[str, Reader] = {
    "AT_AddColumn": _add_column,
    "AT_DropColumn": _drop_column,
    "AT_ColumnDefault": _default,
    "AT_SetNotNull": _set_not_null,
    "AT_DropNotNull": _drop_not_null,
    "AT_AlterColumnType": _type,
    "AT_AddIdentity": _add_identity,
    "AT_SetIdentity": _set_identity,
    "AT_DropIdentity": _drop_identity,
    "AT_SetExpression": _set_expression,
    "AT_DropExpression": _drop_expression,
    **dict.fromkeys(
        (
            "AT_SetStatistics",
            "AT_SetStorage",
            "AT_SetCompression",
            "AT_SetOptions",
            "AT_ResetOptions",
            "AT_AlterColumnGenericOptions",
        ),
        _other,
    ),
}
