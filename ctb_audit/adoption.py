"""What a repository holds, and the files that adopt the standard there.

Everything here looks and makes text; `ctb init` writes it.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ctb_audit import __version__
from ctb_audit.baseline import DEFAULT_NAME
from ctb_audit.lean import pattern
from ctb_audit.model import Catalog, System
from ctb_audit.resources import resource_text

WORKFLOW = ".github/workflows/ctb-audit.yml"
HOOKS = ".pre-commit-config.yaml"
_ASIDE = pattern(
    r"(^|[-_.])(tests?|testdata|testing|fixtures?|samples?|examples?|mocks?|specs?|seeds?|vendor"
    r"|third_party|stubs?|benchmarks?|docs?)([-_.]|$)",
    re.I,
)
"""Words in a folder's name that say its SQL is nobody's schema."""
_HOOK = """\
- repo: local
  hooks:
    - id: ctb-audit
      name: ctb audit
      entry: ctb audit --staged --quiet --no-log
      language: python
      additional_dependencies: ["ctb-audit=={version}"]
      pass_filenames: false
      require_serial: true
"""


@dataclass(frozen=True, slots=True)
class Place:
    """A source: a folder or a document, and the tables found in it."""

    path: str
    tables: int
    system: System | None = None
    kind: str = "DDL"


@dataclass(frozen=True, slots=True)
class Seen:
    """What `ctb init` found out. `aside`: folders that look like tests or examples."""

    places: tuple[Place, ...]
    aside: tuple[Place, ...] = ()
    standard: str = ""
    variables: tuple[str, ...] = ()


def look(catalogs: Iterable[Catalog], root: Path) -> Seen:
    """What the catalogs of a whole repository say about it."""
    catalogs = tuple(c for c in catalogs if c.tables)
    places = [_place(c) for c in catalogs]
    kept = [p for p in places if not _is_aside(p.path)] or places
    aside = [p for p in places if p not in kept]
    hinted = next((c.standard for c in catalogs if c.standard), "")
    return Seen(_outermost(kept), _outermost(aside), hinted, _variables(root))


def _place(catalog: Catalog) -> Place:
    kind = "schema reference" if catalog.surface == "reference" else "DDL"
    return Place(catalog.source, len(catalog.tables), catalog.tables[0].system, kind)


def _is_aside(path: str) -> bool:
    return any(_ASIDE.search(part) for part in PurePosixPath(path).parts[:-1] or (path,)) or (
        "." not in PurePosixPath(path).name and bool(_ASIDE.search(PurePosixPath(path).name))
    )


def _outermost(places: Sequence[Place]) -> tuple[Place, ...]:
    """One place a path, in their order; groups of one folder are counted together."""
    found: dict[str, Place] = {}
    for place in places:
        known = found.get(place.path)
        tables = place.tables + (known.tables if known else 0)
        found[place.path] = Place(place.path, tables, place.system, place.kind)
    return tuple(found.values())


def _variables(root: Path) -> tuple[str, ...]:
    """Names of database URLs in the example environment; values are never read."""
    names: list[str] = []
    for file in (".env.example", ".env.sample", ".env.template"):
        path = root / file
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            names += re.findall(r"^(?:export +)?(\w*DATABASE_URL)\s*=", text, re.M)
    return tuple(dict.fromkeys(names))


# ---- texts ---------------------------------------------------------------------------------------


def config_text(seen: Seen, *, baseline: bool, min_coverage: int | None) -> str:
    """A commented `ctb.toml`; `min_coverage` where less than the default is understood today."""
    parts = [
        "# What ctb audits here. Every key: docs/configuration.md of ctb-audit.",
        f"standard = {json.dumps(seen.standard or 'ctb-1.0')}",
        "",
        *_sources(seen),
        "",
        "# Lowest score that passes, 0 to 100.",
        "fail_under = 70",
    ]
    if seen.aside:
        listed = ", ".join(json.dumps(p.path) for p in seen.aside)
        parts += [
            "",
            "# Looks like tests or examples, not like your schema.",
            f"exclude = [{listed}]",
        ]
    if baseline:
        parts += [
            "",
            "# Findings of the day of adoption: shown, counted, and out of the score until their",
            "# table changes. `ctb baseline update` follows changes, `prune` drops what is fixed.",
            f'baseline = "{DEFAULT_NAME}"',
        ]
    if min_coverage is not None:
        parts += [
            "",
            "# Share of statements that must be understood, in percent; 95 is the default.",
            f"min_coverage = {min_coverage}",
        ]
    return "\n".join([*parts, *_suggestions(seen)]) + "\n"


def _sources(seen: Seen) -> list[str]:
    lines = ["# Folders and documents, in the order that decides.", "sources = ["]
    for place in seen.places:
        system = "" if place.system in (None, "postgresql") else f", {place.system}"
        plural = "" if place.tables == 1 else "s"
        about = f"{place.kind}{system}, {place.tables} table{plural}"
        lines.append(f"  {json.dumps(place.path)},  # {about}")
    return [*lines, "]"]


def _suggestions(seen: Seen) -> list[str]:
    lines = [
        "",
        "# Rules change by table: STRICT, STANDARD (the default), RELAXED, NONE.",
        "# [[table]]",
        '# name = "public.users"',
        '# level = "STRICT"',
        "",
        "# A finding that you accept for a time has an owner, a reason and an end.",
        "# [[waiver]]",
        '# rule = "unindexed-status"',
        '# table = "public.settings"',
        '# owner = "data-team"',
        '# reason = "twelve rows"',
        '# until = "2027-12-31"',
    ]
    for name in seen.variables:
        lines += ["", f"# The live database is audited with: ctb audit env:{name}"]
    return lines


def hooks_text(present: str | None) -> str:
    """`.pre-commit-config.yaml` with our hook; what stands there is kept as it is."""
    hook = _HOOK.format(version=__version__)
    if present is None or not present.strip():
        return f"repos:\n{_indented(hook)}"
    if "ctb audit" in present or "ctb-audit" in present:
        return present
    text = re.sub(r"^repos:[ \t]*\[\]", "repos:", present, flags=re.M)
    text = text if text.endswith("\n") else text + "\n"
    entry = re.search(r"^([ \t]*)- +repo:", text, re.M)
    block = _indented(hook, entry.group(1) if entry else "  ")
    listed = re.search(r"^repos:[ \t]*(#.*)?\n", text, re.M)
    if listed is None:
        return f"{text}repos:\n{block}"
    following = re.search(r"^[A-Za-z_]", text[listed.end() :], re.M)
    end = listed.end() + following.start() if following else len(text)
    return f"{text[:end]}{block}{text[end:]}"


def _indented(text: str, indent: str = "  ") -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


def workflow_text() -> str:
    """The workflow for pull requests, held to this version."""
    return resource_text("templates/workflow.yml").replace("@VERSION@", __version__)
