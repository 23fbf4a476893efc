"""What each file's header has to become; ids are given out by whoever runs the plan."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Literal

from ctb_audit.ids import Wanted, candidates, parse
from ctb_audit.lean import dataclass, pattern
from ctb_audit.standard import Standard
from ctb_audit.tag.annotation import Annotated
from ctb_audit.tag.divisions import SURE, Division, classify, heir_parts, settled
from ctb_audit.tag.facts import GiveIds
from ctb_audit.tag.header import Header, Untaggable, headers_of, retagged, untagged
from ctb_audit.tag.syntax import Syntax, syntax_of

Done = Literal["tag", "refresh", "repair", "remove", "annotate"]
_NUMBER = pattern(r"\d+\.\d+(?:\.\d+)?")
_NAMED = 8  # tables that a line lists
_NOTHING: Mapping[str, Annotated] = {}


@dataclass(frozen=True, slots=True)
class File:
    """`refusal`: why the file must not be changed, whatever it holds; "" where it may be."""

    path: str
    content: bytes
    syntax: Syntax
    headers: tuple[Header, ...]
    refusal: str = ""

    @property
    def reason_to_skip(self) -> str:
        """Why the file takes neither header nor annotation, "" where it does."""
        if self.refusal:
            return self.refusal
        if not self.syntax.has_comments:
            return "" if self.headers else "the format has no comments"
        try:
            retagged(self.content, self.syntax, Header())
        except Untaggable as error:
            return str(error)
        return ""


@dataclass(frozen=True, slots=True)
class Change:
    """`what` is done to the file; `division` is None where no header is written. `written`,
    `refreshed`: tables whose annotations are new or changed.
    """

    path: str
    what: Done
    before: bytes
    after: bytes
    division: Division | None
    written: tuple[str, ...] = ()
    refreshed: tuple[str, ...] = ()

    @property
    def detail(self) -> str:
        """Division and tables in words; "" where a header is only taken out."""
        found = self.division
        said = [] if found is None else [f"{found.name}/{found.category}, {found.confidence} %"]
        for verb, tables in (("annotated", self.written), ("refreshed", self.refreshed)):
            if tables:
                more = f" and {len(tables) - _NAMED} more" if len(tables) > _NAMED else ""
                said.append(f"{', '.join(tables[:_NAMED])}{more} {verb}")
        return "; ".join(said)

    @property
    def uncertain(self) -> bool:
        return self.division is not None and self.division.confidence < SURE


@dataclass(frozen=True, slots=True)
class Terms:
    """What headers are made by. `version` "" is told by the standard; `at` dates new ids.

    `headers`: whether there are to be any.
    """

    standard: Standard
    version: str
    at: datetime
    headers: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """`kept`: files that are as they should be. `skipped`: path -> why it takes no header.
    `divisions`: what each tagged file, changed or not, was taken for.
    """

    changes: tuple[Change, ...]
    kept: tuple[str, ...]
    skipped: Mapping[str, str]
    divisions: Mapping[str, Division]


def file_of(path: str, content: bytes, refusal: str = "") -> File | None:
    """The file with the headers it has; None where its kind is not known."""
    syntax = syntax_of(path)
    if syntax is None:
        return None
    return File(path, content, syntax, headers_of(content, syntax), refusal)


def owners(files: Sequence[File], standard: Standard) -> Mapping[str, str]:
    """HEIR id -> the first file whose header holds it; ids that break the format are left out."""
    held: dict[str, str] = {}
    for file in files:
        for header in file.headers[:1]:
            if _is_heir(header.heir_id, standard):
                held.setdefault(header.heir_id, file.path)
    return held


def planned(
    files: Sequence[File],
    terms: Terms,
    held: Mapping[str, str],
    give: GiveIds,
    annotated: Mapping[str, Annotated] = _NOTHING,
) -> Plan:
    """The plan for `files`. `held`: `owners` of the whole project; `give` gives out HEIR ids;
    `annotated`: files with the annotations of their tables.
    """
    skipped = {file.path: reason for file in files if (reason := file.reason_to_skip)}
    headers = {
        file.path: _wanted(file, terms, held)
        for file in files
        if terms.headers and file.path not in skipped and file.syntax.has_comments
    }
    headers = _with_ids(headers, terms, give)
    changes, kept = [], []
    for file in files:
        if file.path in skipped:
            continue
        try:
            change = _change(file, headers.get(file.path), annotated.get(file.path))
        except Untaggable as error:
            skipped[file.path] = str(error)
            continue
        if change is None:
            kept.append(file.path)
        else:
            changes.append(change)
    divisions = {path: division for path, (_, division) in headers.items()}
    return Plan(tuple(changes), tuple(kept), skipped, divisions)


def version_of(standard: Standard) -> str:
    """The version of the standard: the number in its id, else in that of its nearest base."""
    numbers = (_NUMBER.search(name) for name in (standard.id, *standard.extends))
    return next((found.group() for found in numbers if found), "1.0")


def _wanted(file: File, terms: Terms, held: Mapping[str, str]) -> tuple[Header, Division]:
    """The header with "" for an id that is still to be given out."""
    present = file.headers[0] if file.headers else Header()
    division = settled(classify(file.path), present.division)
    wanted = terms.version or version_of(terms.standard)
    finer = present.version if _NUMBER.fullmatch(present.version) else ""
    shown = finer if not terms.version and finer.startswith(f"{wanted}.") else wanted
    kept = present.heir_id if held.get(present.heir_id) == file.path else ""
    return Header(shown, division.name, division.category, kept), division


def _with_ids(
    headers: Mapping[str, tuple[Header, Division]], terms: Terms, give: GiveIds
) -> dict[str, tuple[Header, Division]]:
    lacking = [path for path, (header, _) in headers.items() if not header.heir_id]
    tries = _tries([headers[path][1] for path in lacking], terms)
    given = dict(zip(lacking, give("heir", tries), strict=True)) if tries else {}
    return {
        path: (
            Header(h.version, h.division, h.category, given.get(path, h.heir_id)),
            division,
        )
        for path, (h, division) in headers.items()
    }


def _tries(divisions: Sequence[Division], terms: Terms) -> Sequence[Iterator[str]]:
    """Candidates for each; those whose ids begin alike share one iterator, so that none is tried
    twice.
    """
    shared = {
        parts: candidates("heir", Wanted(*parts), terms.standard, terms.at)
        for parts in dict.fromkeys(map(heir_parts, divisions))
    }
    return [shared[heir_parts(division)] for division in divisions]


def _change(
    file: File, wanted: tuple[Header, Division] | None, note: Annotated | None
) -> Change | None:
    if not file.syntax.has_comments:
        return _removal(file)
    before = note.content if note else file.content
    after, division = before, None
    what: Done = "annotate"
    if wanted is not None:
        header, division = wanted
        after = retagged(before, file.syntax, header)
        if untagged(after, file.syntax) != untagged(before, file.syntax):
            raise Untaggable("its header could not be told from its text again")
        what = _what(file, header) if after != before else "annotate"
    if after == file.content:
        return None
    written, refreshed = (note.written, note.refreshed) if note else ((), ())
    return Change(file.path, what, file.content, after, division, written, refreshed)


def _what(file: File, header: Header) -> Done:
    if not file.headers:
        return "tag"
    broken = len(file.headers) > 1 or file.headers[0].heir_id != header.heir_id
    legacy = re.search(rb"Generated:|Compliance:|# # CTB", file.content[:4096])
    return "repair" if broken or legacy else "refresh"


def _removal(file: File) -> Change:
    after = untagged(file.content, file.syntax)
    if file.path.lower().endswith(".json"):
        try:
            json.loads(after)
        except (ValueError, RecursionError):
            raise Untaggable("holds a header, and is no JSON without it either") from None
    return Change(file.path, "remove", file.content, after, None)


def _is_heir(text: str, standard: Standard) -> bool:
    found = parse(text, standard)
    return found is not None and "heir" in found.kinds
