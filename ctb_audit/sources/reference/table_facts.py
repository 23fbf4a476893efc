"""What a table's section says of it: files, processes, endpoints, access, rules, keys."""

import re
from dataclasses import dataclass, field

from ctb_audit.document_model import (
    Access,
    AccessKind,
    ChapterNote,
    ColumnNote,
    DocumentTable,
    Endpoint,
    Fact,
    KeyNote,
    Process,
    Remark,
    Retention,
    SourceFile,
    ValueRule,
)
from ctb_audit.lean import pattern
from ctb_audit.model import Location
from ctb_audit.sources.reference.column_notes import column_notes
from ctb_audit.sources.reference.document import DocumentedTable
from ctb_audit.sources.reference.fields import section_fields
from ctb_audit.sources.reference.parts import Part, Said, holds_text, lines, parts
from ctb_audit.sources.reference.sections import Code, Sections
from ctb_audit.sources.reference.value_rules import required_rules, value_rule
from ctb_audit.sources.reference.wording import Field, field_of, key_of, plain

_PROCESS = pattern(r"`?(?P<code>PRC-[\w-]+)`?\s*(?::\s*(?P<text>.*))?$")
_ENDPOINT = pattern(r"`?(?P<method>GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\s+(?P<path>/[^\s`]*)`?")
_DAYS = pattern(
    r"(?<!\d)(?P<count>\d++)\s*+(?P<unit>day|week|month|year)s?(?:\s++for\s++(?P<what>[\w ]++))?",
    re.I,
)
_UNITS = {"day": 1, "week": 7, "month": 30, "year": 365}
_KEY = pattern(
    r"^`?(?P<columns>\w++(?:\s*+,\s*+\w++)*+)`?\s*+"
    r"(?:\N{RIGHTWARDS ARROW}|->|=>|\breferences\b|:)\s*+`?(?P<target>\w++(?:\.\w++)*?)`?"
    r"(?:\s*+\(\s*+`?(?P<in>[\w, ]++)`?\s*+\)|\.`?(?P<dot>\w++)`?)?(?:\s.*)?$",
    re.I,
)
_SOFT = pattern(r"\bsoft reference|\bnot (?:an )?enforced\b", re.I)
_PATH = pattern(r"(?:^|[\s<`'\"])(?P<path>[\w$./-]*[\w-]+\.(?:sql|py|ts|js|rb|go))\b")
_ROLLBACK = pattern(r"\b(?:roll(?:ing)?[\s-]?back|revert|undo|down migration)", re.I)
_NONE = pattern(r"^(?:none|no|-|n/a)\b", re.I)
_RULES = pattern(r"constraint|validation|rules|data quality")
_TRACEABLE = ("migration file", "source path", "chartdb schema", "model", "schema file")
_ACCESS: dict[str, AccessKind] = {
    "read access": "read",
    "read": "read",
    "write access": "write",
    "write": "write",
    "delete access": "delete",
    "delete": "delete",
    "row level security": "row-level security",
    "rls": "row-level security",
}
PLACEHOLDERS = frozenset(
    ("todo", "tbd", "tba", "fixme", "xxx", "n/a", "...", "to do", "coming soon")
)


@dataclass
class Facts:
    """Collects what the parts of one table's documentation say."""

    path: str
    facts: list[Fact] = field(default_factory=list)
    sources: list[SourceFile] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    endpoints: list[Endpoint] = field(default_factory=list)
    access: list[Access] = field(default_factory=list)
    rules: list[ValueRule] = field(default_factory=list)
    indexes: list[Remark] = field(default_factory=list)
    keys: list[KeyNote] | None = None
    retention: list[Retention] = field(default_factory=list)
    unread: list[Remark] = field(default_factory=list)
    soft: bool = False
    rollback: bool = False

    def read(self, part: Part) -> None:
        for entry in section_fields(part.section):
            self._field(entry, part.chapter)
        for said in lines(part):
            self._said(said)
        if part.chapter == "M" and _ROLLBACK.search(part.section.title):
            self.rollback = any(holds_text(b) for b in part.section.blocks)
        for block in part.section.blocks:
            if isinstance(block, Code) and part.chapter == "M":
                self._code(block)

    def _place(self, line: int, column: int = 1) -> Location:
        return Location(self.path, line, column)

    def _field(self, entry: Field, chapter: str) -> None:
        place = self._place(entry.line, entry.column)
        whole = f"{entry.value} ({entry.remark})" if entry.remark else entry.value
        self.facts.append(Fact(entry.key, whole, place, chapter))
        if entry.key in _TRACEABLE and whole:
            kind = entry.key.removesuffix(" file")
            self.sources.append(SourceFile(kind, entry.value, place))
        if entry.key in _ACCESS and (chapter == "A" or "access" in entry.key or "row" in entry.key):
            self.access.append(Access(_ACCESS[entry.key], whole, place))
        if entry.key == "foreign keys" and self.keys is None and _NONE.match(entry.value):
            self.keys = []

    def _said(self, said: Said) -> None:
        place = self._place(said.line, said.column)
        text = plain(said.text)
        self.soft = self.soft or _SOFT.search(text) is not None
        self._retain(said, text, place)
        process = _PROCESS.match(text)
        if process:
            about = (process["text"] or "").strip()
            self.processes.append(Process(process["code"], about, place))
        elif "process" in said.under and (named := field_of(said.text)) and "proc" in named.key:
            self.processes.append(Process(named.value, "", place))
        endpoint = _ENDPOINT.match(text)
        if endpoint:
            self.endpoints.append(Endpoint(endpoint["method"], endpoint["path"], place))
        if said.chapter == "M" and (_ROLLBACK.match(said.under) or _ROLLBACK.match(text)):
            self.rollback = self.rollback or not text.endswith(":")
        if said.item:
            self._item(said, text, place)

    def _item(self, said: Said, text: str, place: Location) -> None:
        under = said.under
        if re.search(r"\b(?:source )?files?$", under) and ":" in text:
            kind, _, path = text.partition(":")
            self.sources.append(SourceFile(key_of(kind), path.strip(), place))
        elif under.startswith("foreign key"):
            self._key(text, place)
        elif under.startswith("index"):
            code = re.search(r"`(\w+)`", said.text)
            if code:
                self.indexes.append(Remark(code[1], place))
        elif under == "security":
            self.rules += required_rules(said.text, place)
        elif _RULES.search(under):
            self._rule(said, place, listed=True)
        elif re.match(r"columns|fields", under):
            self._rule(said, place, listed=False)

    def _rule(self, said: Said, place: Location, *, listed: bool) -> None:
        rule = value_rule(said.text, place)
        needed = required_rules(said.text, place) if listed and rule is None else ()
        if rule is not None or needed:
            self.rules += needed if rule is None else (rule,)
        elif listed and not _ENDPOINT.match(plain(said.text)):
            self.unread.append(Remark(plain(said.text), place))

    def _key(self, text: str, place: Location) -> None:
        self.keys = self.keys or []
        found = _KEY.match(text)
        if found:
            columns = tuple(c.strip() for c in found["columns"].split(","))
            named = found["in"] or found["dot"] or ""
            targets = tuple(c.strip() for c in named.split(",") if c.strip())
            self.keys.append(KeyNote(columns, found["target"], place, targets))
        elif not _NONE.match(text):
            self.unread.append(Remark(text, place))

    def _retain(self, said: Said, text: str, place: Location) -> None:
        deletes = re.match(r"delet", text, re.I) is not None
        if not (deletes or re.search(r"\bretention|\bretain", text, re.I)):
            return
        for found in _DAYS.finditer(text):
            days = int(found["count"][:6]) * _UNITS[found["unit"].lower()]
            what = "delete" if deletes else (found["what"] or "").strip()
            self.retention.append(Retention(days, what, place))

    def _code(self, code: Code) -> None:
        if _ROLLBACK.search(code.label) and code.text.strip():
            self.rollback = True
        elif code.language in ("bash", "sh", "shell", "console"):
            self._command(code)

    def _command(self, code: Code) -> None:
        for offset, line in enumerate(code.text.splitlines()):
            for found in _PATH.finditer(line):
                place = self._place(code.line + offset)
                self.sources.append(SourceFile("creation", found["path"], place))


def table_facts(
    sections: Sections, table: DocumentedTable, path: str, defined: bool
) -> tuple[DocumentTable, list[Remark]]:
    """The table as documented, and the sentences about it that nobody can read."""
    if table.section is None:
        return _mentioned(table), []
    here = sections.all[table.section]
    facts = Facts(path)
    columns: list[ColumnNote] = []
    chapters: dict[str, ChapterNote] = {}
    for part in parts(sections, here):
        facts.read(part)
        columns += column_notes(part, path)
        _chapter(chapters, part, path)
    document = DocumentTable(
        system=table.system,
        name=table.name,
        kind=table.kind,
        location=table.location,
        planned=table.planned,
        stamped=next((d.stamped for d in table.declarations if d.stamped is not None), None),
        defined=defined or bool(columns),
        soft=facts.soft,
        chapters=tuple(chapters.values()),
        facts=tuple(facts.facts),
        sources=tuple(facts.sources),
        processes=tuple(dict.fromkeys(facts.processes)),
        endpoints=tuple(facts.endpoints),
        access=tuple(facts.access),
        rules=tuple(facts.rules),
        columns=tuple(columns) if columns else None,
        indexes=tuple(facts.indexes),
        foreign_keys=None if facts.keys is None else tuple(facts.keys),
        retention=tuple(facts.retention),
        rollback=facts.rollback,
    )
    return document, facts.unread


def _mentioned(table: DocumentedTable) -> DocumentTable:
    return DocumentTable(
        table.system,
        table.name,
        table.kind,
        table.location,
        section=False,
        planned=table.planned,
        stamped=next((d.stamped for d in table.declarations if d.stamped is not None), None),
    )


def _chapter(chapters: dict[str, ChapterNote], part: Part, path: str) -> None:
    """A chapter is empty until one of its sections says something."""
    letter = part.chapter
    if not letter:
        return
    empty = not any(holds_text(b) for b in part.section.blocks) or _only_placeholder(part)
    place = Location(path, part.section.line, 1)
    known = chapters.get(letter)
    if known is None or (known.empty and not empty):
        chapters[letter] = ChapterNote(letter, known.location if known else place, empty)  # type: ignore[arg-type]  # parts() yields letters


def _only_placeholder(part: Part) -> bool:
    texts = [plain(said.text).strip(" .*_-:").lower() for said in lines(part)]
    shown = any(isinstance(b, Code) for b in part.section.blocks)
    return bool(texts) and not shown and all(text in PLACEHOLDERS for text in texts)
