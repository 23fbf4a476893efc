"""Edits of a document by lines, applied at once; everything else stays byte for byte."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ctb_audit.document_model import Document
from ctb_audit.model import Catalog
from ctb_audit.project import Project
from ctb_audit.reference.entries import Entry
from ctb_audit.sources.reference import Reference

_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n|\Z)")


@dataclass(frozen=True)
class Edit:
    """Lines `first` to `last` (from 1, both included) become `lines`; where `last` is below
    `first`, these are put before `first`.
    """

    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """A document as it is, read, and the truth that it is held against."""

    text: str
    lines: list[str]
    reference: Reference
    catalog: Catalog
    document: Document
    entries: tuple[Entry, ...]
    project: Project

    def line(self, number: int) -> str:
        return self.lines[number - 1]


def apply(text: str, edits: Iterable[Edit]) -> str:
    """The text after the edits, in its own line ends; of two on one line the first wins."""
    parts = [m.group() for m in _LINE.finditer(text) if m.group()]
    end = "\r\n" if "\r\n" in text else "\n"
    taken: set[int] = set()
    inserted: dict[int, list[str]] = {}
    for edit in edits:
        if edit.last < edit.first:
            inserted.setdefault(edit.first, []).extend(line + end for line in edit.lines)
            continue
        span = set(range(edit.first, edit.last + 1))
        if span & taken:
            continue
        taken |= span
        new = "".join(line + end for line in edit.lines)
        for number in span:
            parts[number - 1] = ""
        parts[edit.first - 1] = new
    for number, lines in inserted.items():
        if number > len(parts):
            parts.append("".join(lines))
        else:
            parts[number - 1] = "".join(lines) + parts[number - 1]
    return "".join(parts)
