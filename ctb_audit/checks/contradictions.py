"""Formats that one document gives in two ways."""

import re
from collections.abc import Iterator

from ctb_audit.checks.documented import documents_of, notes_of
from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.document_model import Document, FormatNote, ValueRule
from ctb_audit.project import Project, Subject
from ctb_audit.semantics.patterns import Untranslatable
from ctb_audit.semantics.probes import accepted_by
from ctb_audit.semantics.templates import templates_pattern
from ctb_audit.standard import Standard
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict


@check
def contradictory_format(subject: Subject, project: Project) -> Iterator[Verdict]:
    """Two lists, ranges or formats for one column of a table."""
    found: dict[tuple[str, str], list[ValueRule]] = {}
    for note in notes_of(subject, project):
        for rule in note.table.rules:
            found.setdefault((rule.column, rule.kind), []).append(rule)
    if not found:
        yield NotApplicable("no document states a format for a column")
    for (column, _), rules in found.items():
        first = rules[0]
        other = next((r for r in rules[1:] if _content(r) != _content(first)), None)
        if other is None:
            yield Pass(column)
        else:
            told = f"{column}: line {first.location.line} and line {other.location.line} differ"
            yield Fail(told, column, location=other.location)


def _content(rule: ValueRule) -> tuple[object, ...]:
    return (frozenset(rule.values), rule.low, rule.high, frozenset(rule.formats))


@beside(contradictory_format)
def contradictory_formats(project: Project) -> Iterator[ProjectFinding]:
    """Documented formats against the document's own patterns and examples."""
    for _, document in documents_of(project):
        for verdict in (*_templates(document, project.standard), *_prefixes(document)):
            yield ProjectFinding(document.path, verdict, surface="reference")


def _templates(document: Document, standard: Standard) -> Iterator[Fail]:
    for note in document.formats:
        role = note.label.replace(" ", "_")
        if note.pattern or standard.field(role) is None:
            continue
        wanted = re.compile(templates_pattern(note.templates))
        against = [*_patterns(note, wanted, document), *_examples(note, wanted, document)]
        if against:
            told = f"{' or '.join(note.templates)} contradicts {_listed(against)}"
            yield Fail(told, role, location=note.location)


def _listed(against: list[str]) -> str:
    more = f" and {len(against) - 2} more" if len(against) > 2 else ""
    return ", ".join(against[:2]) + more


def _head(text: str) -> str:
    return text.removeprefix("^").partition("-")[0]


def _patterns(note: FormatNote, wanted: re.Pattern[str], document: Document) -> Iterator[str]:
    for other in document.formats:
        text = other.templates[0]
        if not other.pattern or _head(text) != _head(note.templates[0]):
            continue
        try:
            samples = accepted_by(text)
        except Untranslatable:
            continue
        if samples and not any(wanted.match(sample) for sample in samples):
            yield f"the pattern {text} (line {other.location.line})"


def _examples(note: FormatNote, wanted: re.Pattern[str], document: Document) -> Iterator[str]:
    for prefix in document.prefixes:
        same = _head(prefix.example) == _head(note.templates[0])
        if same and not wanted.match(prefix.example):
            yield f"the example {prefix.example} (line {prefix.location.line})"


def _prefixes(document: Document) -> Iterator[Fail]:
    """Rows of a table of prefixes whose example has another one: the part named SYSTEM."""
    general = next((n for n in document.formats if "SYSTEM" in n.templates[0].split("-")), None)
    place = general.templates[0].split("-").index("SYSTEM") if general else 3
    for row in document.prefixes:
        parts = row.example.split("-")
        if len(parts) > place and parts[place] != row.prefix:
            told = f"the prefix {row.prefix} has the example {row.example}"
            yield Fail(told, row.prefix, location=row.location)
