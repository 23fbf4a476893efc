"""What SQL means: expressions, types, patterns, what tables and triggers do to rows.

What few tables ask of it, formats and everything that follows rows through CHECKs and triggers,
is imported where one asks: a third of all modules on the way of an audit.
"""

from typing import TYPE_CHECKING

from ctb_audit.lean import importer

__all__ = [
    "Guarded",
    "enforces_email",
    "enforces_format",
    "enforces_order",
    "enforces_range",
    "enforces_values",
    "evaluated",
    "fits",
    "folded",
    "format_fault",
    "relevant_checks",
    "templates_pattern",
    "value_of",
    "words_of",
]

if TYPE_CHECKING:
    from ctb_audit.semantics.enforcement import (
        enforces_email,
        enforces_format,
        enforces_order,
        enforces_range,
        enforces_values,
    )
    from ctb_audit.semantics.evaluate import evaluate as evaluated
    from ctb_audit.semantics.evaluate import value_of
    from ctb_audit.semantics.field_names import folded, words_of
    from ctb_audit.semantics.formats import fault as format_fault
    from ctb_audit.semantics.formats import fits
    from ctb_audit.semantics.guards import Guarded, relevant_checks
    from ctb_audit.semantics.templates import templates_pattern
else:
    _late = importer(__name__)
    enforces_email = _late("enforcement.enforces_email")
    enforces_format = _late("enforcement.enforces_format")
    enforces_order = _late("enforcement.enforces_order")
    enforces_range = _late("enforcement.enforces_range")
    enforces_values = _late("enforcement.enforces_values")
    evaluated, value_of = _late("evaluate.evaluate"), _late("evaluate.value_of")
    folded, words_of = _late("field_names.folded"), _late("field_names.words_of")
    format_fault, fits = _late("formats.fault"), _late("formats.fits")
    Guarded, relevant_checks = _late("guards.Guarded"), _late("guards.relevant_checks")
    templates_pattern = _late("templates.templates_pattern")
