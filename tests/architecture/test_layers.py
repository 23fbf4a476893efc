"""DESIGN, The way of the data: a module imports only what stands before it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import ctb_audit

ROOT = Path(ctb_audit.__file__).parent
LAYERS = (
    (
        "__init__",
        "errors",
        "constructors",
        "lean_methods",
        "lean",
        "collector",
        "copies",
        "forked",
        "resources",
        "wording",
        "shape",
        "whole_file",
        "redaction",
        "toml_text",
    ),
    ("scratch",),
    ("names", "probe", "model", "document_model", "rules_model", "zod_model", "standard"),
    ("semantics",),
    ("codec", "codec_schema", "ids"),
    ("sources", "cache", "revision", "trees"),
    ("compare",),
    ("verdict", "result"),
    ("config", "config_paths"),
    ("project",),
    ("checks",),
    ("rulebook",),
    ("subjects", "named_files"),
    ("judge", "scoring", "waivers", "gate", "state", "baseline", "drift", "change"),
    ("audit",),
    ("log", "report", "remedy", "tag", "adoption", "reference"),
    ("cli", "service", "fleet"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT).parts[0].removesuffix(".py"), path


def imported(path: Path) -> Iterator[str]:
    """First part below `ctb_audit` of everything that the file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "ctb_audit":
                names = [f"ctb_audit.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = name.split(".")
            if parts[0] == "ctb_audit" and len(parts) > 1:
                yield "__init__" if parts[1].startswith("__") else parts[1]


def test_every_module_has_its_place() -> None:
    assert {part for part, _ in modules()} - set(RANK) == set()


def test_modules_import_only_what_stands_before_them() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for part, path in modules()
        for name in imported(path)
        if RANK.get(name, -1) > RANK[part]
    ]
    assert wrong == []


def test_scratch_imports_errors_alone() -> None:
    found = {n for part, path in modules() if part == "scratch" for n in imported(path)}
    assert found <= {"errors", "scratch"}
