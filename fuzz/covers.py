"""The code that each target is about: its coverage guides a run, and is what `fuzz.reached` counts.

This module imports nothing of the product, so that a run can choose what to instrument first.
"""

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "ctb_audit"
_SOURCES = "sources"
_DDL = f"{_SOURCES}/ddl"

COVERS: dict[str, tuple[str, ...]] = {
    "split": (f"{_DDL}/split.py", f"{_DDL}/lexis.py", f"{_DDL}/statement.py"),
    "replay": (f"{_DDL}/parse_postgres", f"{_DDL}/replay", f"{_DDL}/read.py"),
    "tables": (f"{_DDL}/replay",),
    "spellings": tuple(
        f"{_DDL}/parse_postgres/{name}.py" for name in ("spelling", "dumped", "elements")
    ),
    "foreign": (f"{_DDL}/parse_sqlglot",),
    "audit": ("checks", "semantics"),
    "reference": (f"{_SOURCES}/reference", f"{_SOURCES}/fenced.py"),
    "rules": (f"{_SOURCES}/firestore_rules", "semantics/firestore"),
    "typescript": (f"{_SOURCES}/typescript",),
    "configuration": ("config.py", "shape.py"),
    "standard": ("rulebook",),
    "json": ("codec.py", f"{_SOURCES}/snapshot.py", f"{_SOURCES}/chartdb.py"),
}
"""Target -> files and folders of the package."""


def paths(name: str) -> Iterator[Path]:
    """The files that the target is about."""
    for part in COVERS[name]:
        path = ROOT / PACKAGE / part
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))


def modules(name: str) -> list[str]:
    return [_module(path) for path in paths(name)]


def other_modules(name: str) -> list[str]:
    """All modules of the package that the target is not about."""
    return sorted({_module(p) for p in (ROOT / PACKAGE).rglob("*.py")} - set(modules(name)))


def load(name: str) -> None:
    """Import what the target is about, also what the product leaves to the first use."""
    for module in modules(name):
        import_module(module)


def _module(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
