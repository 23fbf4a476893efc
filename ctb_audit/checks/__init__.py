"""Small pure functions that judge one table, or the project, by one kind of rule.

Importing the package registers them all; the list is explicit so that it can be read.
"""

from ctb_audit.checks import (
    enforcement,
    identifiers,
    inactive,
    indexes,
    levels,
    privileges,
    references,
    sql,
    surplus,
    tracking,
    tracking_defaults,
    triggers,
    views,
)
from ctb_audit.checks.registry import PROJECT_REGISTRY, REGISTRY, ProjectFinding

MODULES = (
    enforcement,
    identifiers,
    inactive,
    indexes,
    levels,
    privileges,
    references,
    sql,
    surplus,
    tracking,
    tracking_defaults,
    triggers,
    views,
)

__all__ = ["MODULES", "PROJECT_REGISTRY", "REGISTRY", "ProjectFinding"]
