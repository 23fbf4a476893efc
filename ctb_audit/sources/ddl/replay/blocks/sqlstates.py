"""The condition under which PL/pgSQL catches what the server refuses."""

import re
from collections.abc import Set as AbstractSet

from ctb_audit.sources.ddl.replay.refusal import Refusal

_DUPLICATE = r"already exists|specified more than once|is used more than once"
_CONDITIONS: tuple[tuple[str, str, str], ...] = (
    # what a refusal says, the name of its condition, its SQLSTATE
    (rf"^relation .*({_DUPLICATE})", "duplicate_table", "42p07"),
    (rf"^column .*({_DUPLICATE})", "duplicate_column", "42701"),
    (rf"^schema .*({_DUPLICATE})", "duplicate_schema", "42p06"),
    (rf"^function .*({_DUPLICATE})", "duplicate_function", "42723"),
    (rf"({_DUPLICATE})", "duplicate_object", "42710"),
    (r"^multiple primary keys", "invalid_table_definition", "42p16"),
    (r"^no schema has been selected|^schema .*does not exist", "invalid_schema_name", "3f000"),
    (r"^column .*does not exist", "undefined_column", "42703"),
    (r"^(function|procedure|aggregate|routine) .*does not exist", "undefined_function", "42883"),
    (
        r"^(relation|table|view|materialized view|sequence|foreign table) .*does not exist",
        *("undefined_table", "42p01"),
    ),
    (r"does not exist", "undefined_object", "42704"),
    (r"depends? on|requires it", "dependent_objects_still_exist", "2bp01"),
    (r"is not (a|an) ", "wrong_object_type", "42809"),
)

_CLASSES = {
    "42": ("syntax_error_or_access_rule_violation", "42000"),
    "2b": ("dependent_privilege_descriptors_still_exist", "2b000"),
}
"""Conditions that catch every other of their class."""
_RAISED = ("raise_exception", "p0001", "plpgsql_error", "p0000")


def is_caught(refusal: Refusal, conditions: AbstractSet[str]) -> bool | None:
    """Whether WHEN `conditions` catches it; None where the refusal's own condition is not known."""
    if "others" in conditions:
        return True
    raised = getattr(refusal, "condition", "")
    if raised:
        same = _RAISED if raised in _RAISED else (raised,)
        return not conditions.isdisjoint(same)
    for said, name, code in _CONDITIONS:
        if re.search(said, refusal.message, re.DOTALL):
            return not conditions.isdisjoint((name, code, *_CLASSES.get(code[:2], ())))
    return None
