"""ALTER TABLE and the ALTER statements that share its grammar."""

import re
from collections.abc import Callable
from typing import Literal

from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterComposite,
    AlterConstraint,
    AlterTable,
    AttachPartition,
    DetachPartition,
    DropColumn,
    DropConstraint,
    Inherit,
    NoEffect,
    ObjectRef,
    Operation,
    SetOptions,
    SetOwner,
    SetTableFlag,
    SetTriggerState,
    TableAction,
)
from ctb_audit.sources.ddl.parse_postgres.columns import IDENTITIES, read_column
from ctb_audit.sources.ddl.parse_postgres.constraints import read_constraint, timing
from ctb_audit.sources.ddl.parse_postgres.kinds import KINDS
from ctb_audit.sources.ddl.parse_postgres.names import (
    listed,
    option_name,
    option_value,
    relation_name,
)
from ctb_audit.sources.ddl.parse_postgres.partitions import partition_bound
from ctb_audit.sources.ddl.parse_postgres.privileges import role_name
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.types import read_type

_SET_DEFAULT = re.compile(
    r"[\w.\"]+\s+ALTER\s+(?:COLUMN\s+)?[\w\"]+\s+SET\s+DEFAULT\s", re.IGNORECASE
)


class _Commands:
    """The commands of one statement; the tree does not say where they stand, `span` does."""

    def __init__(self, node: Node, source: Source) -> None:
        self.node = node
        self.source = source
        self.kind = KINDS[node["objtype"]]
        self._spans: list[tuple[int, int]] = []

    def span(self, position: int) -> tuple[int, int]:
        """Start and end of a command's text."""
        if not self._spans:
            self._spans = self._find()
        return self._spans[position]

    def _find(self) -> list[tuple[int, int]]:
        source, start = self.source, self.node["relation"]["location"]
        spans: list[tuple[int, int]] = []
        while True:
            end = source.item_end(start)
            if end < source.end and source.text[end] == ")":  # of ONLY (name)
                start = end + 1
                continue
            spans.append((start, end))
            if end >= source.end:
                return spans
            start = end + 1


def alter_table(node: Node, source: Source) -> tuple[Operation, ...]:
    commands = _Commands(node, source)
    name = relation_name(node["relation"])
    if len(node["cmds"]) == 1 and node["cmds"][0]["AlterTableCmd"]["subtype"] != "AT_ChangeOwner":
        return (_operation(commands, _read(node["cmds"][0]["AlterTableCmd"], commands, 0)),)
    operations: list[Operation] = []
    actions: list[TableAction] = []

    def flush() -> None:
        if actions:
            operations.append(_operation(commands, tuple(actions)))
            actions.clear()

    for position, wrapped in enumerate(node["cmds"]):
        command = wrapped["AlterTableCmd"]
        if command["subtype"] == "AT_ChangeOwner":
            flush()
            target = ObjectRef(commands.kind, name)
            operations.append(SetOwner(target, role_name(command["newowner"])))
        else:
            actions.extend(_read(command, commands, position))
    flush()
    return tuple(operations)


def _operation(commands: _Commands, actions: tuple[TableAction, ...]) -> Operation:
    relation = commands.node["relation"]
    name = relation_name(relation)
    if commands.kind == "type":
        kept = [a for a in actions if isinstance(a, AddColumn | DropColumn | AlterColumn)]
        return AlterComposite(name, tuple(kept))
    missing = commands.node.get("missing_ok", False)
    return AlterTable(name, actions, missing, not relation.get("inh", False), commands.kind)


def _read(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    subtype: str = command["subtype"]
    fixed = _FIXED.get(subtype)
    if fixed is not None:
        return (fixed,)
    reader = _READERS.get(subtype)
    if reader is not None:
        return reader(command, commands, position)
    return (NoEffect(_NO_EFFECT.get(subtype, subtype)),)


def _add_column(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    read = read_column(command["def"]["ColumnDef"], commands.source)
    return (AddColumn(read.column, read.constraints, command.get("missing_ok", False)),)


def _drop_column(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (DropColumn(command["name"], command.get("missing_ok", False), _cascades(command)),)


def _cascades(command: Node) -> bool:
    return bool(command["behavior"] == "DROP_CASCADE")


def _default(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
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


def _set_not_null(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterColumn(command["name"], "set not null"),)


def _drop_not_null(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterColumn(command["name"], "drop not null"),)


def _type(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    definition = command["def"]["ColumnDef"]
    name = command["name"]
    action = AlterColumn(name, "type", read_type(definition["typeName"], commands.source))
    if "collClause" not in definition:
        return (action,)
    return (action, AlterColumn(name, "collation", listed(definition["collClause"]["collname"])))


def _add_identity(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    when = IDENTITIES[command["def"]["Constraint"]["generated_when"]]
    return (AlterColumn(command["name"], "add identity", when),)


def _set_identity(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    elements = [item["DefElem"] for item in command["def"]["List"]["items"]]
    when = None
    for element in elements:
        if element["defname"] == "generated":
            when = IDENTITIES[chr(element["arg"]["Integer"]["ival"])]
    return (AlterColumn(command["name"], "set identity", when),)


def _drop_identity(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    missing = command.get("missing_ok", False)
    return (AlterColumn(command["name"], "drop identity", if_exists=missing),)


def _set_expression(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    text, _ = commands.source.parenthesized(commands.span(position)[0])
    return (AlterColumn(command["name"], "set expression", text),)


def _drop_expression(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    missing = command.get("missing_ok", False)
    return (AlterColumn(command["name"], "drop expression", if_exists=missing),)


def _other(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterColumn(command.get("name", ""), "other"),)


def _add_constraint(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    read = read_constraint(command["def"]["Constraint"], commands.source)
    return () if read is None else (AddConstraint(read),)


def _drop_constraint(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    missing = command.get("missing_ok", False)
    return (DropConstraint(command["name"], missing, _cascades(command)),)


def _validate(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterConstraint(command["name"], validate=True),)


def _alter_constraint(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    definition = command["def"]["Constraint"]
    enforced = definition.get("ctb_enforced")
    no_inherit = definition.get("ctb_no_inherit")
    deferrable, deferred = timing(definition, frozenset())
    if enforced is None and no_inherit is None:
        return (AlterConstraint(definition["conname"], False, deferrable, deferred),)
    return (
        AlterConstraint(
            definition["conname"],
            deferrable=deferrable or None,
            initially_deferred=deferred or None,
            enforced=enforced,
            no_inherit=no_inherit,
        ),
    )


def _options(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    reset = command["subtype"] == "AT_ResetRelOptions"
    elements = [item["DefElem"] for item in command["def"]["List"]["items"]]
    return (
        SetOptions(
            tuple((option_name(e), None if reset else option_value(e.get("arg"))) for e in elements)
        ),
    )


def _inherit(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    remove = command["subtype"] == "AT_DropInherit"
    return (Inherit(relation_name(command["def"]["RangeVar"]), remove),)


def _attach(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    partition = command["def"]["PartitionCmd"]
    if "bound" not in partition:
        return (NoEffect("attach an index to the index of a partitioned table"),)
    bound = partition_bound(partition["bound"], commands.source)
    return (AttachPartition(relation_name(partition["name"]), bound),)


def _detach(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (DetachPartition(relation_name(command["def"]["PartitionCmd"]["name"])),)


def _trigger(command: Node, commands: _Commands, position: int) -> tuple[TableAction, ...]:
    return (SetTriggerState(_TRIGGER_STATES[command["subtype"]], command["name"]),)


_Reader = Callable[[Node, _Commands, int], tuple[TableAction, ...]]
_READERS: dict[str, _Reader] = {
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
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_ValidateConstraint": _validate,
    "AT_AlterConstraint": _alter_constraint,
    "AT_SetRelOptions": _options,
    "AT_ResetRelOptions": _options,
    "AT_AddInherit": _inherit,
    "AT_DropInherit": _inherit,
    "AT_AttachPartition": _attach,
    "AT_DetachPartition": _detach,
    "AT_EnableTrig": _trigger,
    "AT_DisableTrig": _trigger,
    "AT_EnableAlwaysTrig": _trigger,
    "AT_EnableReplicaTrig": _trigger,
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
_TRIGGER_STATES: dict[str, Literal["origin", "disabled", "replica", "always"]] = {
    "AT_EnableTrig": "origin",
    "AT_DisableTrig": "disabled",
    "AT_EnableAlwaysTrig": "always",
    "AT_EnableReplicaTrig": "replica",
}
_FIXED: dict[str, TableAction] = {
    "AT_EnableTrigAll": SetTriggerState("origin", which="all"),
    "AT_DisableTrigAll": SetTriggerState("disabled", which="all"),
    "AT_EnableTrigUser": SetTriggerState("origin", which="user"),
    "AT_DisableTrigUser": SetTriggerState("disabled", which="user"),
    "AT_EnableRowSecurity": SetTableFlag("row level security", True),
    "AT_DisableRowSecurity": SetTableFlag("row level security", False),
    "AT_ForceRowSecurity": SetTableFlag("force row level security", True),
    "AT_NoForceRowSecurity": SetTableFlag("force row level security", False),
    "AT_SetLogged": SetTableFlag("unlogged", False),
    "AT_SetUnLogged": SetTableFlag("unlogged", True),
}
_NO_EFFECT = {
    "AT_ReplicaIdentity": "replica identity",
    "AT_ClusterOn": "cluster on",
    "AT_DropCluster": "set without cluster",
    "AT_SetTableSpace": "set tablespace",
    "AT_SetAccessMethod": "set access method",
    "AT_DropOids": "set without oids",
    "AT_DetachPartitionFinalize": "detach partition finalize",
    "AT_AddOf": "of a composite type",
    "AT_DropOf": "not of a composite type",
    "AT_GenericOptions": "options of a foreign table",
    "AT_EnableRule": "enable rule",
    "AT_EnableAlwaysRule": "enable always rule",
    "AT_EnableReplicaRule": "enable replica rule",
    "AT_DisableRule": "disable rule",
}
