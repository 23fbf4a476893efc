"""Which function folds which operation."""

from collections.abc import Callable
from typing import Any

from ctb_audit.lean import importer
from ctb_audit.model import Name
from ctb_audit.sources.ddl import operations as ops
from ctb_audit.sources.ddl.replay.state import State

late: Callable[[str], Callable[[State, Any], None]] = importer("ctb_audit.sources.ddl.replay")
HANDLERS: dict[type, Callable[[State, Any], None]] = {
    ops.CreateSchema: late("session.create_schema"),
    ops.CreateExtension: late("extensions.create_extension"),
    ops.CreateTable: late("tables.create_table"),
    ops.CreateTableAs: late("tables.create_table_as"),
    ops.AlterTable: late("alter.alter_table"),
    ops.CreateIndex: late("indexes.create_index"),
    ops.CreateView: late("views.create_view"),
    ops.CreateFunction: late("routines.create_function"),
    ops.AlterFunction: late("routines.alter_function"),
    ops.CreateTrigger: late("routines.create_trigger"),
    ops.CreatePolicy: late("routines.create_policy"),
    ops.AlterPolicy: late("routines.alter_policy"),
    ops.CreateType: late("types.create_type"),
    ops.AlterEnum: late("types.alter_enum"),
    ops.AlterDomain: late("types.alter_domain"),
    ops.AlterComposite: late("types.alter_composite"),
    ops.CreateSequence: late("sequences.create_sequence"),
    ops.AlterSequence: late("sequences.alter_sequence"),
    ops.Drop: late("drops.drop"),
    ops.Rename: late("renames.rename"),
    ops.SetSchema: late("set_schema.set_schema"),
    ops.SetOwner: late("set_schema.set_owner"),
    ops.Comment: late("comments.comment"),
    ops.GrantPrivileges: late("grants.grant"),
    ops.DefaultPrivileges: late("grants.set_default_privileges"),
}


def table_of(op: ops.Operation) -> Name | None:
    """The table that a statement's annotations hold for."""
    match op:
        case ops.CreateTable() | ops.CreateTableAs() | ops.AlterTable():
            return op.name
        case ops.CreateIndex() | ops.CreateTrigger() | ops.CreatePolicy() | ops.AlterPolicy():
            return op.table
        case ops.Comment(target) if target.kind in ("table", "column"):
            return target.name
        case _:
            return None
