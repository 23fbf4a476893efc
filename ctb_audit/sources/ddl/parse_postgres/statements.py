"""Which reader takes which kind of statement."""

from collections.abc import Callable

from ctb_audit.lean import importer
from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import Operation
from ctb_audit.sources.ddl.parse_postgres.problems import not_understood
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

Reader = Callable[[Node, Source], tuple[Operation, ...] | None]
"""Operations of a statement; None where it has nothing to do with schemas (irrelevant)."""

late: Callable[[str], Reader] = importer("ctb_audit.sources.ddl.parse_postgres")

_select_into = late("views.select_into")
_set_config = late("session.set_config")
_create_aggregate = late("routines.create_aggregate")
_create_base_type = late("user_types.create_base_type")


def _select(node: Node, source: Source) -> tuple[Operation, ...] | None:
    reader = _select_into if "intoClause" in node else _set_config
    return reader(node, source)


def _define(node: Node, source: Source) -> tuple[Operation, ...] | None:
    if node["kind"] == "OBJECT_AGGREGATE":
        return _create_aggregate(node, source)
    return _create_base_type(node, source) if node["kind"] == "OBJECT_TYPE" else ()


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
    "CreateStmt": late("tables.create_table"),
    "CreateForeignTableStmt": late("tables.create_foreign_table"),
    "CreateTableAsStmt": late("views.create_table_as"),
    "AlterTableStmt": late("alter_table.alter_table"),
    "IndexStmt": late("indexes.create_index"),
    "ViewStmt": late("views.create_view"),
    "SelectStmt": _select,
    "CreateSchemaStmt": late("schemas.create_schema"),
    "CreateExtensionStmt": late("schemas.create_extension"),
    "CreateFunctionStmt": late("routines.create_function"),
    "AlterFunctionStmt": late("routines.alter_function"),
    "DefineStmt": _define,
    "CreateTrigStmt": late("triggers.create_trigger"),
    "CreatePolicyStmt": late("triggers.create_policy"),
    "AlterPolicyStmt": late("triggers.alter_policy"),
    "RuleStmt": _rule,
    "CompositeTypeStmt": late("user_types.create_composite"),
    "CreateEnumStmt": late("user_types.create_enum"),
    "CreateRangeStmt": late("user_types.create_range"),
    "CreateDomainStmt": late("user_types.create_domain"),
    "AlterDomainStmt": late("user_types.alter_domain"),
    "AlterEnumStmt": late("user_types.alter_enum"),
    "CreateSeqStmt": late("sequences.create_sequence"),
    "AlterSeqStmt": late("sequences.alter_sequence"),
    "DropStmt": late("objects.drop"),
    "RenameStmt": late("objects.rename"),
    "AlterObjectSchemaStmt": late("objects.set_schema"),
    "AlterOwnerStmt": late("objects.set_owner"),
    "CommentStmt": late("objects.comment"),
    "GrantStmt": late("privileges.grant"),
    "AlterDefaultPrivilegesStmt": late("privileges.default_privileges"),
    "TransactionStmt": late("session.transaction"),
    "VariableSetStmt": late("session.set_variable"),
    "DiscardStmt": late("session.discard"),
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
