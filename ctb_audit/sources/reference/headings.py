"""What a heading says: a system, a schema, a table, a level, a chapter, or a kind of object."""

import re
from typing import NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.model import System
from ctb_audit.sources.reference.wording import (
    COLLECTION,
    IDENTIFIER,
    LONGEST,
    clean_title,
    split_remark,
    system_of,
)

_WORD = r"(?P<word>tables?|(?:sub)?collections?)"
_NAME = rf"(?P<name>{IDENTIFIER}|{COLLECTION})"
_DASH = r"[-\N{EN DASH}\N{EM DASH}]"
_TABLE = pattern(
    rf"^(?:{_WORD}(?:\s*+(?::|{_DASH}))?\s++)?{_NAME}"
    r"(?:\s++(?P<after>table|collection))?"
    rf"(?:(?:\s*+:|\s++{_DASH})\s++(?P<purpose>\S.*))?$",
    re.IGNORECASE,
)
_SCHEMA = pattern(
    r"\b(?:schema|dataset|namespace)\s*(?::\s*[`\"]?|\s[`\"])(?P<name>[A-Za-z_][\w$-]*)[`\"]?",
    re.IGNORECASE,
)
_SCHEMA_AFTER = pattern(r"^[`\"]?(?P<name>[a-z_][a-z0-9_$]*)[`\"]?\s+(?:[Ss]chema|[Dd]ataset)$")
_LETTER = pattern(r"^[STAMPED]\s*[-:.\N{EN DASH}\N{EM DASH}]\s*[A-Za-z]")
_CHAPTER = pattern(
    r"^(?:structure|traceability|authenti\w+|authoriz\w+|access|security|migrations?|purpose"
    r"|enforcement|dependenc\w+|columns|fields|index(?:es)?|constraints|schema|definition|ddl"
    r"|overview|notes?|examples?|usage|rollback|validation|relations(?:hips)?|history|changelog"
    r"|introduction|summary|glossary|legend|compliance|governance|maintenance|appendix)\b",
    re.IGNORECASE,
)
_OTHER_OBJECTS = pattern(
    r"\b(?:views?|triggers?|functions?|procedures?|index(?:es)?|enums?|types?|sequences?"
    r"|polic(?:y|ies)|extensions?|endpoints?|quer(?:y|ies)|table of contents)\b",
    re.IGNORECASE,
)
_TABLES = pattern(r"\b(?:tables?|(?:sub)?collections?|schema definitions?)\b", re.IGNORECASE)
_LEVEL = pattern(
    r"^(?:(?:enforcement\s++)?level\s*+[:\-]?\s*+)?[`\"]?(?P<level>strict|standard|relaxed|none)[`\"]?"
    r"(?:\s++(?:enforcement|level|tables?|collections?))*+$",
    re.IGNORECASE,
)
_NO_NAMES = ("of", "by", "index", "list", "in", "and", "with", "definition", "definitions")
_STATES = ("planned", "active", "deprecated", "proposed", "draft", "retired", "legacy", "built-in")


class TableTitle(NamedTuple):
    """What a heading that may name a table says. `explicit`: it says "Table" or "Collection"."""

    name: str
    explicit: bool
    collection: bool
    status: str
    purpose: str
    code: bool


def table_title(title: str) -> TableTitle | None:
    """The table that a heading may name; None where its wording cannot be one's name."""
    cleaned = clean_title(title)
    text, remark = split_remark(cleaned)
    if len(text) > LONGEST:
        return None
    found = _TABLE.match(text.replace("`", ""))
    if found is None or _LETTER.match(text):
        return None
    if found["word"] and found["name"].lower() in _NO_NAMES:
        return None
    word = (found["word"] or found["after"] or "").lower()
    return TableTitle(
        name=found["name"],
        explicit=bool(word),
        collection="collection" in word,
        status=remark if remark.lower() in _STATES else "",
        purpose=(found["purpose"] or "").strip(),
        code=cleaned.startswith("`"),
    )


def is_chapter(title: str) -> bool:
    """Whether a heading is a chapter of a table's documentation rather than a table."""
    text = clean_title(title).replace("`", "")
    return _LETTER.match(text) is not None or _CHAPTER.match(text) is not None


def schema_title(title: str) -> str | None:
    """The schema or dataset that a heading opens, as written."""
    cleaned = clean_title(title)
    found = _SCHEMA.search(cleaned) or _SCHEMA_AFTER.match(split_remark(cleaned)[0])
    return found["name"] if found else None


def heading_system(title: str) -> System | None:
    """The system that a heading opens."""
    cleaned = clean_title(title)
    system = system_of(cleaned)
    if system is None and re.match(r"^(?:sub)?collections?\b", cleaned, re.IGNORECASE):
        return "firestore"
    return system


def lists_tables(title: str) -> bool:
    """Whether the headings below one are expected to name tables."""
    return _TABLES.search(title) is not None or schema_title(title) is not None


def lists_other_objects(title: str) -> bool:
    """Whether the headings below one name views, triggers, functions or the like."""
    return _OTHER_OBJECTS.search(title) is not None and not lists_tables(title)


def level_title(title: str) -> str | None:
    """The enforcement level that a heading is about."""
    found = _LEVEL.match(split_remark(clean_title(title))[0])
    return found["level"].upper() if found else None
