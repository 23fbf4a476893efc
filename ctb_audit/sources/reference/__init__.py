"""The Markdown schema reference: tables, what is declared of them, and the DDL of its fences.

sections   Markdown -> sections of blocks, with lines (nothing here knows tables)
contexts   which section documents which table of which system and schema
tables, summaries, levels, statements, fences   one kind of fact each
read       the whole document
"""

from ctb_audit.sources.reference.document import (
    DocumentedTable,
    Fence,
    Reference,
    StatedRule,
)
from ctb_audit.sources.reference.read import read_reference, standard_hint, table_declarations

__all__ = [
    "DocumentedTable",
    "Fence",
    "Reference",
    "StatedRule",
    "read_reference",
    "standard_hint",
    "table_declarations",
]
