"""Which of the six divisions a file belongs to, by its path and kind, and how sure that is."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from ctb_audit.lean import dataclass

DIVISIONS = ("sys", "ai", "data", "docs", "ui", "meta")
SURE = 70  # percent; below, a person should look
DECLARED = 95  # from here on the path decides, whatever a header says

_LONG_NAMES: Mapping[str, str] = {
    "system infrastructure": "sys",
    "ai agents & mcp": "ai",
    "data & databases": "data",
    "documentation": "docs",
    "user interface": "ui",
    "configuration & tests": "meta",
}
_FOLDERS: Mapping[str, tuple[str, ...]] = {
    "data": (
        *("migrations", "migration", "schemas", "schema", "db", "database", "sql", "neon"),
        *("firebase", "firestore", "bigquery", "prisma", "supabase", "seeds"),
    ),
    "ui": ("frontend", "components", "pages", "views", "public", "styles", "web", "client"),
    "ai": ("agents", "prompts", "llm", "mcp"),
    "docs": ("doc", "documentation", "guides"),
    "meta": (".github", "config", "configs", "tests", "test", "ci", "hooks"),
    "sys": ("api", "server", "backend", "scripts", "lib", "infra", "services", "tools", "bin"),
}
_BY_FOLDER = {name: division for division, names in _FOLDERS.items() for name in names}
_FOLDER_CONFIDENCE = 80
_AGREEMENT, _CONTRADICTION = 10, -20

_SUFFIXES: Mapping[tuple[str, ...], tuple[str, int]] = {
    (".sql", ".ddl", ".psql", ".pgsql", ".prisma", ".rules"): ("data", 80),
    (".html", ".htm", ".css", ".scss", ".less", ".vue", ".svelte", ".tsx", ".jsx"): ("ui", 75),
    (".md", ".markdown"): ("docs", 75),
    (".tf",): ("sys", 75),
    (".toml", ".yaml", ".yml"): ("meta", 65),
}
_BY_SUFFIX = {suffix: said for suffixes, said in _SUFFIXES.items() for suffix in suffixes}
_PROGRAM = ("sys", 50)


@dataclass(frozen=True, slots=True)
class Division:
    """`confidence` in percent, 0 to 100; below SURE it is a guess. `category`: a folder's name."""

    name: str
    category: str
    confidence: int


def classify(path: str) -> Division:
    """The division of a file by its path from the root, with forward slashes."""
    parts = PurePosixPath(path).parts[:-1]
    at = next((n for n, part in enumerate(parts) if part == "ctb" and _is_division(parts, n)), None)
    if at is not None:
        return Division(parts[at + 1], _category(parts[at + 2 :][:1]), 100)
    category = _category(parts[-1:])
    if parts and parts[0] in DIVISIONS:
        return Division(parts[0], _category(parts[1:2]), DECLARED)
    name, confidence = _BY_SUFFIX.get(PurePosixPath(path).suffix.lower(), _PROGRAM)
    folder = next((_BY_FOLDER[p.lower()] for p in parts if p.lower() in _BY_FOLDER), "")
    if not folder:
        return Division(name, category, confidence)
    if (name, confidence) == _PROGRAM:
        return Division(folder, category, _FOLDER_CONFIDENCE)
    change = _AGREEMENT if folder == name else _CONTRADICTION
    return Division(folder, category, _FOLDER_CONFIDENCE + change)


def settled(found: Division, declared: str) -> Division:
    """What the path says where it is certain, else what the header says otherwise, by hand."""
    said = _LONG_NAMES.get(declared.lower(), declared.lower())
    if said not in DIVISIONS or said == found.name or found.confidence >= DECLARED:
        return found
    return Division(said, found.category, 100)


def heir_parts(division: Division) -> tuple[str, str]:
    """SYSTEM and MODE of the file's HEIR id; SYS-CTB belongs to the compliance log."""
    mode = re.sub("[^A-Z]", "", division.category.upper())[:12] or "FILES"
    system = division.name.upper()
    return system, "FILES" if system == "SYS" and mode.startswith("CTB") else mode


def _is_division(parts: tuple[str, ...], at: int) -> bool:
    return at + 1 < len(parts) and parts[at + 1] in DIVISIONS


def _category(parts: tuple[str, ...]) -> str:
    text = re.sub(r"[^a-z0-9_]+", "-", parts[0].lower()).strip("-") if parts else ""
    return text or "root"
