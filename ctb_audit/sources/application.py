"""What an application's own files declare: security rules, Firestore documents, zod models."""

import re
from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path

from ctb_audit.errors import EmptySourceError
from ctb_audit.model import Catalog
from ctb_audit.sources.files import Pending, Skipped, read_text
from ctb_audit.sources.firestore_rules import RulesRead, read_rules
from ctb_audit.sources.ties import Known, Ties

_RULES = re.compile(r"\bservice\s+cloud\.firestore\b|^[^\S\n]*+match\s+/", re.MULTILINE)
_STEP = "name the rules of Firestore, document types or zod schemas"


def application_catalogs(
    pending: Sequence[Pending], ties: Ties, catalogs: Sequence[Catalog]
) -> tuple[tuple[Catalog, ...], tuple[Skipped, ...]]:
    """One catalog for each root, and what was passed over. EmptySourceError where a file that is
    an argument declares nothing.
    """
    found: list[Catalog] = []
    skipped: list[Skipped] = []
    for root in dict.fromkeys(p.root for p in pending):
        here = [p for p in pending if p.root == root]
        named = frozenset(path for p in here if p.named for path in p.paths)
        paths = tuple(dict.fromkeys(path for p in here for path in p.paths))
        catalog, passed = _catalog(paths, named, root, ties, catalogs)
        skipped.extend(passed)
        if catalog is not None:
            found.append(catalog)
        elif named:
            raise EmptySourceError(sorted(named)[0], "holds nothing to audit", _STEP)
    return tuple(found), tuple(skipped)


def _catalog(
    paths: Sequence[str],
    named: frozenset[str],
    root: Path,
    ties: Ties,
    catalogs: Sequence[Catalog],
) -> tuple[Catalog | None, tuple[Skipped, ...]]:
    from ctb_audit.sources.typescript_files import FoundTypes, is_test, read_types

    read, skipped = _rules_of([p for p in paths if p.endswith(".rules")], root)
    rules = tuple(r.rules for r in read)
    scripts = [p for p in paths if p.endswith(".ts") and (p in named or not is_test(p))]
    texts = {path: read_text(root / path, path) for path in scripts}
    known = Known(catalogs, rules, ties)
    types = read_types(texts, known, named) if texts else FoundTypes()
    passed = (*skipped, *types.skipped)
    if not (rules or types.tables or types.models):
        return None, passed
    catalog = Catalog(
        surface="ddl",
        source=paths[0] if len(paths) == 1 else ".",
        tables=tuple(types.tables.values()),
        rules=rules,
        models=tuple(types.models),
        problems=(*(p for r in read for p in r.problems), *types.problems),
        coverage=reduce(add, (r.coverage for r in read), types.coverage),
    )
    return catalog, passed


def _rules_of(paths: Sequence[str], root: Path) -> tuple[list[RulesRead], list[Skipped]]:
    """The security rules of Firestore among `.rules` files, which other tools write too."""
    found: list[RulesRead] = []
    skipped: list[Skipped] = []
    for path in paths:
        text = read_text(root / path, path)
        read = read_rules(text, path) if _RULES.search(text) else None
        if read is None:
            skipped.append(Skipped(path, "holds no security rules of Firestore"))
        elif read.other_service:
            skipped.append(Skipped(path, "holds the security rules of another service"))
        else:
            found.append(read)
    return found, skipped


def read_application_text(text: str, name: str) -> tuple[Catalog, ...]:
    """One text, as standard input gives it."""
    from ctb_audit.sources.typescript_files import read_types

    if name.endswith(".rules"):
        read = read_rules(text, name)
        catalog = Catalog(
            source=name, rules=(read.rules,), problems=read.problems, coverage=read.coverage
        )
        return (catalog,)
    types = read_types({name: text}, Known((), (), Ties()), frozenset((name,)))
    if not (types.tables or types.models):
        return ()
    tables = tuple(types.tables.values())
    return (
        Catalog(
            source=name,
            tables=tables,
            models=tuple(types.models),
            problems=tuple(types.problems),
            coverage=types.coverage,
        ),
    )
