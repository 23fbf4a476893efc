"""What few statements need of other modules, imported where one does."""

from typing import TYPE_CHECKING

from ctb_audit.lean import importer

__all__ = [
    "add_check",
    "add_constraint",
    "alter_constraint",
    "columns_in",
    "drop_column",
    "drop_constraint",
    "figure",
    "tokens",
    "user_of",
]

if TYPE_CHECKING:
    from ctb_audit.sources.ddl.replay.alter_constraints import (
        add_check,
        add_constraint,
        alter_constraint,
        drop_constraint,
    )
    from ctb_audit.sources.ddl.replay.column_names import figure
    from ctb_audit.sources.ddl.replay.drop_columns import drop_column, user_of
    from ctb_audit.sources.ddl.replay.expressions import columns_in, tokens
else:
    _late = importer("ctb_audit.sources.ddl.replay")
    add_check = _late("alter_constraints.add_check")
    add_constraint = _late("alter_constraints.add_constraint")
    alter_constraint = _late("alter_constraints.alter_constraint")
    drop_constraint = _late("alter_constraints.drop_constraint")
    figure = _late("column_names.figure")
    drop_column, user_of = _late("drop_columns.drop_column"), _late("drop_columns.user_of")
    columns_in, tokens = _late("expressions.columns_in"), _late("expressions.tokens")
