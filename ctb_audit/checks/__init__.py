"""Small pure functions that judge one table, or the project, by one kind of rule.

`CHECKS` says which module holds which checks, so that a run imports only those that its rules
ask for; the list is explicit so that it can be read, and a test holds it to the modules.
"""

from collections.abc import Mapping

from ctb_audit.checks.registry import (
    ASKING,
    PROJECT_REGISTRY,
    REGISTRY,
    Check,
    ProjectFinding,
    index,
)

CHECKS: Mapping[str, tuple[str, ...]] = {
    "access": (
        "contradictory_access",
        "conflicting_retention",
        "invalid_process_code",
    ),
    "applied": (
        "missing_migration_tracking",
        "unapplied_migration",
        "unknown_migration",
        "failed_migration",
    ),
    "chapters": (
        "undocumented_table",
        "missing_chapter",
        "missing_rollback",
        "placeholder_comment",
    ),
    "claims": ("refuted_claim",),
    "conflicts": ("conflicting_references",),
    "contradictions": ("contradictory_format",),
    "cross_system": ("cross_system_type",),
    "diagrams": ("diagram_mismatch",),
    "documented_values": (
        "unenforced_documented_values",
        "unenforced_documented_format",
        "nullable_documented_column",
    ),
    "enforcement": (
        "unenforced_format",
        "unenforced_range",
        "unenforced_order",
        "unenforced_email_format",
    ),
    "identifier_space": ("exhausted_identifier_space",),
    "identifiers": (
        "non_unique_identifier",
        "invalid_table_id",
        "duplicate_table_id",
        "invalid_documented_id",
        "missing_id_registry",
    ),
    "inactive": (
        "disabled_trigger",
        "unvalidated_constraint",
    ),
    "indexes": (
        "missing_primary_key",
        "unindexed_foreign_key",
        "unindexed_tracking_column",
        "unindexed_timestamp",
        "unindexed_status",
    ),
    "levels": (
        "unknown_level",
        "conflicting_level",
    ),
    "listings": ("incomplete_listing",),
    "migrations_documented": (
        "missing_source_file",
        "missing_migration",
        "badly_named_migration",
        "ambiguous_migration_order",
    ),
    "models": (
        "missing_model",
        "missing_model_column",
        "model_mismatch",
    ),
    "object_drift": ("object_drift",),
    "part_drift": ("part_drift",),
    "privileges": (
        "missing_row_level_security",
        "public_grant",
        "unsafe_security_definer",
    ),
    "references": ("missing_foreign_key",),
    "registry_desync": ("registry_desync",),
    "rows": (
        "invalid_value",
        "duplicate_value",
        "value_out_of_range",
        "value_out_of_order",
        "value_out_of_list",
        "unregistered_identifier",
    ),
    "security_rules": (
        "unmatched_collection",
        "open_collection",
        "unauthenticated_access",
        "unowned_access",
        "mutable_owner",
        "create_reads_resource",
        "unvalidated_collection",
        "missing_update_rule",
        "unbounded_match",
    ),
    "sql": ("reported_problem",),
    "structures": (
        "structure_mismatch",
        "dependency_mismatch",
    ),
    "surplus": (
        "redundant_index",
        "redundant_unique",
        "repeated_unique",
        "invalid_index",
    ),
    "table_drift": (
        "rogue_table",
        "orphan_table",
        "ghost_table",
        "phantom_table",
        "table_presence",
    ),
    "tracking": (
        "missing_tracking_column",
        "wrong_tracking_type",
        "nullable_tracking_column",
    ),
    "tracking_defaults": (
        "missing_tracking_default",
        "invalid_tracking_default",
    ),
    "triggers": (
        "missing_update_trigger",
        "ineffective_trigger",
    ),
    "views": ("broken_view",),
}
index(CHECKS)

__all__ = ["ASKING", "CHECKS", "PROJECT_REGISTRY", "REGISTRY", "Check", "ProjectFinding"]
