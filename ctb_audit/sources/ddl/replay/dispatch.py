"""Which function folds which operation."""

from collections.abc import Callable
from typing import Any

from ctb_audit.model import Name
from ctb_audit.sources.ddl import operations as ops
from ctb_audit.sources.ddl.replay.alter import alter_table
from ctb_audit.sources.ddl.replay.comments import comment
from ctb_audit.sources.ddl.replay.drops import drop
from ctb_audit.sources.ddl.replay.grants import grant, set_default_privileges
from ctb_audit.sources.ddl.replay.indexes import create_index
from ctb_audit.sources.ddl.replay.renames import rename
from ctb_audit.sources.ddl.replay.routines import (
    alter_function,
    alter_policy,
    create_function,
    create_policy,
    create_trigger,
)
from ctb_audit.sources.ddl.replay.sequences import alter_sequence, create_sequence
from ctb_audit.sources.ddl.replay.session import create_extension, create_schema
from ctb_audit.sources.ddl.replay.set_schema import set_owner, set_schema
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.tables import create_table, create_table_as
from ctb_audit.sources.ddl.replay.types import (
    alter_composite,
    alter_domain,
    alter_enum,
    create_type,
)
from ctb_audit.sources.ddl.replay.views import create_view

HANDLERS: dict[type, Callable[[State, Any], None]] = {
    ops.CreateSchema: create_schema,
    ops.CreateExtension: create_extension,
    ops.CreateTable: create_table,
    ops.CreateTableAs: create_table_as,
    ops.AlterTable: alter_table,
    ops.CreateIndex: create_index,
    ops.CreateView: create_view,
    ops.CreateFunction: create_function,
    ops.AlterFunction: alter_function,
    ops.CreateTrigger: create_trigger,
    ops.CreatePolicy: create_policy,
    ops.AlterPolicy: alter_policy,
    ops.CreateType: create_type,
    ops.AlterEnum: alter_enum,
    ops.AlterDomain: alter_domain,
    ops.AlterComposite: alter_composite,
    ops.CreateSequence: create_sequence,
    ops.AlterSequence: alter_sequence,
    ops.Drop: drop,
    ops.Rename: rename,
    ops.SetSchema: set_schema,
    ops.SetOwner: set_owner,
    ops.Comment: comment,
    ops.GrantPrivileges: grant,
    ops.DefaultPrivileges: set_default_privileges,
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
