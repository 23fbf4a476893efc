"""Behaviour of PL/pgSQL trigger functions, read from their trees and never run.

`effects`: all that a trigger can do; `triggers`: what it does to one row; `sequence`: what the
triggers of a table do together. They are imported where a table has a trigger.
"""

from typing import TYPE_CHECKING

from ctb_audit.lean import importer

__all__ = ["effect_of", "is_modelled", "keeps_current", "rejects_row", "row_keeps_current"]

if TYPE_CHECKING:
    from ctb_audit.semantics.plpgsql.conditions import is_modelled
    from ctb_audit.semantics.plpgsql.effects import effect_of
    from ctb_audit.semantics.plpgsql.sequence import row_keeps_current
    from ctb_audit.semantics.plpgsql.triggers import keeps_current, rejects_row
else:
    _late = importer(__name__)
    is_modelled = _late("conditions.is_modelled")
    effect_of = _late("effects.effect_of")
    row_keeps_current = _late("sequence.row_keeps_current")
    keeps_current, rejects_row = _late("triggers.keeps_current"), _late("triggers.rejects_row")
