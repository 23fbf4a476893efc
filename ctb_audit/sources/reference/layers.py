"""Lists of ORBT layers: which tables stand on which layer."""

import re
from collections.abc import Iterator

from ctb_audit.lean import pattern
from ctb_audit.model import Declaration, Location
from ctb_audit.sources.reference.contexts import Context
from ctb_audit.sources.reference.naming import Documented
from ctb_audit.sources.reference.sections import Item, Sections
from ctb_audit.sources.reference.summaries import Entry

_LABEL = pattern(r"^orbt layers?$", re.IGNORECASE)
_CODE = pattern(r"`([\w.]+)`")


def layer_entries(
    sections: Sections, contexts: tuple[Context, ...], documented: Documented, path: str
) -> Iterator[Entry]:
    """One entry for each table that a numbered item of such a list names."""
    for section, context in zip(sections.all, contexts, strict=True):
        for block in section.blocks:
            if not isinstance(block, Item) or block.number is None:
                continue
            if _LABEL.match(block.label) or _LABEL.match(section.title):
                place = Location(path, block.line, block.lines[0].column)
                for text in _CODE.findall(block.text):
                    system, name = documented.resolve(text, None, None, context.system)
                    declaration = Declaration("levels", orbt=block.number, location=place)
                    yield Entry(system, name, declaration, system == "firestore")
