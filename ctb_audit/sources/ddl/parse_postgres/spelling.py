"""Names as `pg_dump` spells them, told without the grammar.

A name that this module takes is a name wherever the grammar allows one; whatever it refuses is
left to the grammar.
"""

from functools import lru_cache

from ctb_audit.model import Name
from ctb_audit.semantics.quoting import KEYWORDS

IDENTIFIER = r'(?:[a-z_][a-z0-9_]{0,62}|"[^"\0]{1,63}")'
NAME = rf"(?:({IDENTIFIER})\.)?({IDENTIFIER})"
"""Two groups: the schema, None where it is left out, and the name."""


def identifier(written: str) -> str | None:
    """The identifier that a match of IDENTIFIER spells; None where that is a keyword."""
    if written[0] == '"':
        return written[1:-1]
    return None if written in KEYWORDS else written


@lru_cache(maxsize=1024)
def qualified(schema: str | None, name: str) -> Name | None:
    """The name that a match of NAME spells; None where a part is a keyword."""
    found = identifier(name)
    space = None if schema is None else identifier(schema)
    if found is None or (schema is not None and space is None):
        return None
    return Name(space, found)


@lru_cache(maxsize=1024)
def identifiers(listed: str) -> tuple[str, ...] | None:
    """The identifiers of a list of IDENTIFIERs with `, ` between them; None as `identifier`."""
    found = tuple(identifier(part) for part in listed.split(", "))
    return None if None in found else tuple(f for f in found if f is not None)
