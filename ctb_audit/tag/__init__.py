"""CTB metadata headers of files: bytes in, bytes out; no file is opened here."""

from ctb_audit.tag.divisions import SURE, Division, classify
from ctb_audit.tag.header import Header, Untaggable, headers_of, retagged, untagged
from ctb_audit.tag.syntax import Syntax, is_taggable, syntax_of

__all__ = [
    "SURE",
    "Division",
    "Header",
    "Syntax",
    "Untaggable",
    "classify",
    "headers_of",
    "is_taggable",
    "retagged",
    "syntax_of",
    "untagged",
]
