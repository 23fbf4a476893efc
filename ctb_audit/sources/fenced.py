"""What the code blocks of a schema reference hold besides SQL: security rules and TypeScript.

A block belongs to the table of its section. Rules blocks are fragments as the console shows them:
`match /collection/{id} { ... }` without the service around it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ctb_audit.model import Coverage, Problem, Table
from ctb_audit.rules_model import Rules
from ctb_audit.zod_model import Model

if TYPE_CHECKING:
    from ctb_audit.sources.reference.document import DocumentedTable, Fence, Reference

_RULES_LANGUAGES = frozenset(
    {"", "javascript", "js", "rules", "firestore", "firestore-rules", "cel", "text", "txt"}
)
_TYPESCRIPT = frozenset({"typescript", "ts", "tsx", "javascript", "js"})
_MATCH = re.compile(r"^[^\S\n]*+match\s+/", re.MULTILINE)
_ALLOW = re.compile(r"\ballow\s+\w")


@dataclass(frozen=True)
class Fenced:
    """What the blocks of one document hold."""

    tables: tuple[Table, ...] = ()
    rules: tuple[Rules, ...] = ()
    models: tuple[Model, ...] = ()
    problems: tuple[Problem, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)


def read_fenced(reference: "Reference") -> Fenced:
    """The security rules, documents and models in a reference's code blocks."""
    found = Fenced()
    for fence in reference.fences:
        part = _read(fence, reference)
        if part is not None:
            found = _joined(found, part)
    return found


def _joined(left: Fenced, right: Fenced) -> Fenced:
    return Fenced(
        left.tables + right.tables,
        left.rules + right.rules,
        left.models + right.models,
        left.problems + right.problems,
        left.coverage + right.coverage,
    )


def _read(fence: "Fence", reference: "Reference") -> Fenced | None:
    if fence.language in _RULES_LANGUAGES and _looks_like_rules(fence.text):
        return _rules(fence, reference.path)
    if fence.language in _TYPESCRIPT:
        owner = next(_owners(fence, reference), None)
        return _typescript(fence, reference.path, owner)
    return None


def _looks_like_rules(text: str) -> bool:
    first = _MATCH.search(text)
    return first is not None and _ALLOW.search(text, first.end()) is not None


def _rules(fence: "Fence", path: str) -> Fenced | None:
    from ctb_audit.sources.firestore_rules import read_rules

    read = read_rules(fence.text, path, first_line=fence.line, margin=fence.margin)
    if read.other_service:
        return None
    return Fenced(rules=(read.rules,), problems=read.problems, coverage=read.coverage)


def _owners(fence: "Fence", reference: "Reference") -> Iterator["DocumentedTable"]:
    """The documented table whose section the block stands in."""
    section = reference.sections.all[fence.section]
    around = {section.index, *(s.index for s in reference.sections.ancestors(section))}
    return (t for t in reference.tables if t.section in around)


def _typescript(fence: "Fence", path: str, owner: "DocumentedTable | None") -> Fenced | None:
    from ctb_audit.sources.typescript import read_typescript
    from ctb_audit.sources.typescript.documents import collection

    read = read_typescript(fence.text, path, first_line=fence.line, margin=fence.margin)
    if owner is None:
        return None
    model = read.model_of(owner.name.name) if read.model_names else None
    if model is not None:
        models = (replace(model, system=owner.system, table=owner.name),)
        return Fenced((), (), models, read.problems, read.coverage)
    document = read.main_document(owner.name.name) if owner.system == "firestore" else None
    if document is None:
        return None
    table = collection(owner.name, document.shape, document.location)
    return Fenced((table,), (), (), read.problems, read.coverage)
