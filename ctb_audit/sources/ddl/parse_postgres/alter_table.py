"""ALTER TABLE and the ALTER statements that share its grammar."""

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
from ctb_audit.sources.ddl.parse_postgres.column_actions import COLUMN_READERS, Reader
from ctb_audit.sources.ddl.parse_postgres.commands import Commands, cascades
from ctb_audit.sources.ddl.parse_postgres.constraints import read_constraint, timing
from ctb_audit.sources.ddl.parse_postgres.names import (
    option_name,
    option_value,
    relation_name,
)
from ctb_audit.sources.ddl.parse_postgres.partitions import partition_bound
from ctb_audit.sources.ddl.parse_postgres.privileges import role_name
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source


def alter_table(node: Node, source: Source) -> tuple[Operation, ...]:
    commands = Commands(node, source)
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


def _operation(commands: Commands, actions: tuple[TableAction, ...]) -> Operation:
    relation = commands.node["relation"]
    name = relation_name(relation)
    if commands.kind == "type":
        kept = [a for a in actions if isinstance(a, AddColumn | DropColumn | AlterColumn)]
        return AlterComposite(name, tuple(kept))
    missing = commands.node.get("missing_ok", False)
    return AlterTable(name, actions, missing, not relation.get("inh", False), commands.kind)


def _read(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    subtype: str = command["subtype"]
    fixed = _FIXED.get(subtype)
    if fixed is not None:
        return (fixed,)
    reader = _READERS.get(subtype)
    if reader is not None:
        return reader(command, commands, position)
    return (NoEffect(_NO_EFFECT.get(subtype, subtype)),)


def _add_constraint(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    read = read_constraint(command["def"]["Constraint"], commands.source)
    return () if read is None else (AddConstraint(read),)


def _drop_constraint(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    missing = command.get("missing_ok", False)
    return (DropConstraint(command["name"], missing, cascades(command)),)


def _validate(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (AlterConstraint(command["name"], validate=True),)


def _alter_constraint(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
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


def _options(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    reset = command["subtype"] == "AT_ResetRelOptions"
    elements = [item["DefElem"] for item in command["def"]["List"]["items"]]
    return (
        SetOptions(
            tuple((option_name(e), None if reset else option_value(e.get("arg"))) for e in elements)
        ),
    )


def _inherit(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    remove = command["subtype"] == "AT_DropInherit"
    return (Inherit(relation_name(command["def"]["RangeVar"]), remove),)


def _attach(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    partition = command["def"]["PartitionCmd"]
    written = "bound" in partition  # the index of a partition is attached without one
    bound = partition_bound(partition["bound"], commands.source) if written else ""
    return (AttachPartition(relation_name(partition["name"]), bound),)


def _detach(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (DetachPartition(relation_name(command["def"]["PartitionCmd"]["name"])),)


def _trigger(command: Node, commands: Commands, position: int) -> tuple[TableAction, ...]:
    return (SetTriggerState(_TRIGGER_STATES[command["subtype"]], command["name"]),)


_READERS: dict[str, Reader] = {
    **COLUMN_READERS,
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
