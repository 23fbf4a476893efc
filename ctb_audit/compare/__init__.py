"""Two catalogs, object by object: what was added, removed, changed, or cannot be decided.

Serves drift (STANDARD section 8), the proof of migrations, and the test that a replay of DDL
equals the server's own catalog. Time grows linearly with the catalogs.
"""

from ctb_audit.compare.change import Change, Locations, Question, Scope, Settle
from ctb_audit.compare.drawn import is_diagram
from ctb_audit.compare.objects import compare_objects
from ctb_audit.compare.sides import Side, explicit_sides, implied_sides
from ctb_audit.compare.tables import compare_tables
from ctb_audit.model import Catalog

__all__ = [
    "Change",
    "Locations",
    "Question",
    "Settle",
    "Side",
    "compare",
    "explicit_sides",
    "implied_sides",
]

_HOLD_COMMENTS = ("live", "ddl")


def compare(a: Catalog, b: Catalog, *, settle: Settle | None = None) -> tuple[Change, ...]:
    """Every difference between two catalogs, of which `a` is the earlier.

    What one source cannot say (None) is not compared, nor is a comment that one of the
    surfaces does not hold. `settle` is asked about expressions that the normal form leaves open.
    """
    comments = a.surface in _HOLD_COMMENTS and b.surface in _HOLD_COMMENTS
    scope = Scope(settle=settle, comments=comments)
    tables = (
        *compare_tables(scope, a.tables, b.tables),
        *compare_tables(scope, a.foreign_tables, b.foreign_tables),
    )
    if is_diagram(a) or is_diagram(b):
        return tables
    return (*tables, *compare_objects(scope, a, b))
