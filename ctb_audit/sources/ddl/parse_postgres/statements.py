"""Which reader takes which kind of statement."""

from collections.abc import Callable

from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import Operation
from ctb_audit.sources.ddl.parse_postgres.alter_table import alter_table
from ctb_audit.sources.ddl.parse_postgres.indexes import create_index
from ctb_audit.sources.ddl.parse_postgres.objects import (
    comment,
    drop,
    rename,
    set_owner,
    set_schema,
)
from ctb_audit.sources.ddl.parse_postgres.privileges import default_privileges, grant
from ctb_audit.sources.ddl.parse_postgres.problems import not_understood
from ctb_audit.sources.ddl.parse_postgres.routines import (
    alter_function,
    create_aggregate,
    create_function,
)
from ctb_audit.sources.ddl.parse_postgres.schemas import create_extension, create_schema
from ctb_audit.sources.ddl.parse_postgres.sequences import alter_sequence, create_sequence
from ctb_audit.sources.ddl.parse_postgres.session import (
    discard,
    set_config,
    set_variable,
    transaction,
)
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.tables import create_foreign_table, create_table
from ctb_audit.sources.ddl.parse_postgres.triggers import (
    alter_policy,
    create_policy,
    create_trigger,
)
from ctb_audit.sources.ddl.parse_postgres.user_types import (
    alter_domain,
    alter_enum,
    create_base_type,
    create_composite,
    create_domain,
    create_enum,
    create_range,
)
from ctb_audit.sources.ddl.parse_postgres.views import create_table_as, create_view, select_into

Reader = Callable[[Node, Source], tuple[Operation, ...] | None]
"""Operations of a statement; None where it has nothing to do with schemas (irrelevant)."""


def _select(node: Node, source: Source) -> tuple[Operation, ...] | None:
    return select_into(node, source) if "intoClause" in node else set_config(node, source)


def _define(node: Node, source: Source) -> tuple[Operation, ...]:
    if node["kind"] == "OBJECT_AGGREGATE":
        return create_aggregate(node, source)
    return create_base_type(node, source) if node["kind"] == "OBJECT_TYPE" else ()


def _rule(node: Node, source: Source) -> tuple[Operation, ...]:
    if node["event"] != "CMD_SELECT":
        return ()
    relation = node["relation"]
    table = Name(relation.get("schemaname"), relation["relname"])
    return (not_understood(source, "an ON SELECT rule turns the table into a view", (table,)),)


def _held_elsewhere(reason: str) -> Reader:
    return lambda node, source: (not_understood(source, reason),)


def _nothing(node: Node, source: Source) -> tuple[Operation, ...]:
    return ()


def _irrelevant(node: Node, source: Source) -> None:
    return None


READERS: dict[str, Reader] = {
    "CreateStmt": create_table,
    "CreateForeignTableStmt": create_foreign_table,
    "CreateTableAsStmt": create_table_as,
    "AlterTableStmt": alter_table,
    "IndexStmt": create_index,
    "ViewStmt": create_view,
    "SelectStmt": _select,
    "CreateSchemaStmt": create_schema,
    "CreateExtensionStmt": create_extension,
    "CreateFunctionStmt": create_function,
    "AlterFunctionStmt": alter_function,
    "DefineStmt": _define,
    "CreateTrigStmt": create_trigger,
    "CreatePolicyStmt": create_policy,
    "AlterPolicyStmt": alter_policy,
    "RuleStmt": _rule,
    "CompositeTypeStmt": create_composite,
    "CreateEnumStmt": create_enum,
    "CreateRangeStmt": create_range,
    "CreateDomainStmt": create_domain,
    "AlterDomainStmt": alter_domain,
    "AlterEnumStmt": alter_enum,
    "CreateSeqStmt": create_sequence,
    "AlterSeqStmt": alter_sequence,
    "DropStmt": drop,
    "RenameStmt": rename,
    "AlterObjectSchemaStmt": set_schema,
    "AlterOwnerStmt": set_owner,
    "CommentStmt": comment,
    "GrantStmt": grant,
    "AlterDefaultPrivilegesStmt": default_privileges,
    "TransactionStmt": transaction,
    "VariableSetStmt": set_variable,
    "DiscardStmt": discard,
    "ReassignOwnedStmt": _held_elsewhere("it changes the owner of every object of a role"),
    "DropOwnedStmt": _held_elsewhere("it drops every object of a role"),
    "ImportForeignSchemaStmt": _held_elsewhere("the foreign tables stand on another server"),
    **dict.fromkeys(
        (
            *("CreateCastStmt", "CreateTransformStmt", "CreateOpClassStmt", "CreateOpFamilyStmt"),
            *("AlterOpFamilyStmt", "AlterOperatorStmt", "AlterTypeStmt", "CreateAmStmt"),
            *("CreateEventTrigStmt", "AlterEventTrigStmt", "CreateConversionStmt"),
            *("CreatePublicationStmt", "AlterPublicationStmt", "CreateSubscriptionStmt"),
            *("AlterSubscriptionStmt", "DropSubscriptionStmt", "CreateStatsStmt"),
            *("AlterStatsStmt", "CreateFdwStmt", "AlterFdwStmt", "CreateForeignServerStmt"),
            *("AlterForeignServerStmt", "CreateUserMappingStmt", "AlterUserMappingStmt"),
            *("DropUserMappingStmt", "CreateRoleStmt", "AlterRoleStmt", "AlterRoleSetStmt"),
            *("DropRoleStmt", "GrantRoleStmt", "CreatedbStmt", "DropdbStmt"),
            *("AlterDatabaseStmt", "AlterDatabaseSetStmt", "AlterDatabaseRefreshCollStmt"),
            *("CreateTableSpaceStmt", "DropTableSpaceStmt", "AlterTableSpaceOptionsStmt"),
            *("CreatePLangStmt", "AlterTSDictionaryStmt", "AlterTSConfigurationStmt"),
            *("AlterCollationStmt", "SecLabelStmt", "AlterExtensionStmt"),
            *("AlterExtensionContentsStmt", "AlterObjectDependsStmt", "AlterTableMoveAllStmt"),
            *("AlterOperatorFamilyStmt",),
        ),
        _nothing,
    ),
    **dict.fromkeys(
        (
            *("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "TruncateStmt", "CopyStmt"),
            *("ExplainStmt", "VacuumStmt", "LockStmt", "CallStmt", "ExecuteStmt", "PrepareStmt"),
            *("DeallocateStmt", "DeclareCursorStmt", "FetchStmt", "ClosePortalStmt"),
            *("NotifyStmt", "ListenStmt", "UnlistenStmt", "CheckPointStmt", "ReindexStmt"),
            *("ClusterStmt", "RefreshMatViewStmt", "LoadStmt", "VariableShowStmt"),
            *("ConstraintsSetStmt", "AlterSystemStmt"),
        ),
        _irrelevant,
    ),
}
"""Every kind of statement of the grammar but DoStmt."""
