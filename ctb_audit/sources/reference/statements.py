"""Rules that a reference states for all tables (STANDARD section 3)."""

import re
from collections.abc import Iterator

from ctb_audit.lean import pattern
from ctb_audit.model import Location
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.document import StatedRule
from ctb_audit.sources.reference.notes import Notes
from ctb_audit.sources.reference.sections import Item, Paragraph, Section, Sections
from ctb_audit.sources.reference.wording import LONGEST, plain

_FOR_ALL = pattern(
    r"\b(?:all|every|each)\b[^.]*\b(?:tables?|collections?)\b[^.]*"
    r"\b(?:enforces?|validates?|checks?|follows?|satisf(?:y|ies)|meets?|keeps?)\b",
    re.IGNORECASE,
)
_ROLES = (
    ("timestamp_order", pattern(r"timestamp order|updated_?at\s*(?:>=|\u2265)", re.IGNORECASE)),
    ("orbt_layer", pattern(r"^\W*orbt", re.IGNORECASE)),
    ("blueprint_version", pattern(r"^\W*blueprint[\s_]version", re.IGNORECASE)),
    ("process_id", pattern(r"^\W*process[\s_]id", re.IGNORECASE)),
    ("heir_id", pattern(r"^\W*heir[\s_]id", re.IGNORECASE)),
)


def stated_rules(
    sections: Sections, contexts: tuple[Context, ...], notes: Notes
) -> Iterator[StatedRule]:
    """The items of each list under "All ... tables enforce:"."""
    for section, context in zip(sections.all, contexts, strict=True):
        if context.owner is None:
            yield from _of_section(section, notes)


def _of_section(section: Section, notes: Notes) -> Iterator[StatedRule]:
    open_list = False
    for block in section.blocks:
        if isinstance(block, Paragraph):
            open_list = any(_states(line.text) for line in block.lines)
        elif isinstance(block, Item) and open_list:
            yield _rule(block, notes)


def _states(text: str) -> bool:
    return len(text) <= LONGEST and _FOR_ALL.search(plain(text)) is not None


def _rule(item: Item, notes: Notes) -> StatedRule:
    text = plain(item.text)
    role = next((role for role, pattern in _ROLES if pattern.search(text)), "")
    if role:
        notes.understood()
    else:
        notes.missed("the rule for all tables is not understood", item.line, text)
    return StatedRule(text, role, Location(notes.path, item.line, item.lines[0].column))
