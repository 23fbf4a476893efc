"""Small pure functions that judge one table, or the project, by one kind of rule.

Importing the package registers them all; the list is explicit so that it can be read.
"""

from ctb_audit.checks import (
    tracking,
    tracking_defaults,
)
from ctb_audit.checks.registry import PROJECT_REGISTRY, REGISTRY, ProjectFinding

MODULES = (
    tracking,
    tracking_defaults,
)

__all__ = ["MODULES", "PROJECT_REGISTRY", "REGISTRY", "ProjectFinding"]
