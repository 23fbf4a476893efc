"""Formats of standards and documents, held against texts without backtracking.

A format is a regular expression that whole texts match, in the language of PostgreSQL, so that
what a standard says and what a CHECK in a database says are one thing. Time is polynomial in the
text and bounded by it: no format, whoever wrote it, makes an audit hang.
"""

from functools import lru_cache

from ctb_audit.semantics.patterns import Untranslatable, full_match
from ctb_audit.semantics.regex import advanced

LONGEST = 1_000
"""Characters; what is longer has no format."""


@lru_cache(maxsize=4096)
def fits(pattern: str, text: str) -> bool:
    """Whether the whole text has the format; False where PostgreSQL's locale would decide, and
    for a pattern that `fault` refuses.
    """
    if len(text) > LONGEST:
        return False
    try:
        return full_match(advanced(pattern), text) is True
    except Untranslatable:
        return False


def fault(pattern: str) -> str:
    """Why a pattern can be no format, "" where it can."""
    try:
        advanced(pattern)
    except Untranslatable as error:
        return str(error)
    return ""
