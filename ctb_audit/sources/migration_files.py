"""Migrations that are not SQL: the versions of Rails and Alembic on disk. Nothing is executed.

Rails' versions are the digits that begin the names in `db/migrate`; Alembic's stand in the files as
`revision` and `down_revision`, read from the syntax tree.
"""

import ast
from collections.abc import Iterator, Sequence
from pathlib import Path
from posixpath import basename, dirname

from ctb_audit.errors import SourceError
from ctb_audit.model import MigrationFile
from ctb_audit.sources.files import discover, read_text

LANGUAGES = (".rb", ".py")
TOOLS = frozenset({"rails", "alembic"})
"""Tools whose migrations may be no SQL files."""


def migration_files(folder: Path, root: Path, exclude: Sequence[str]) -> tuple[MigrationFile, ...]:
    """The migrations of Rails and Alembic below `folder`; paths count from `root`."""
    found = discover(folder, root, exclude, wanted=lambda name: name.endswith(LANGUAGES))
    return tuple(step for path in found.files for step in _steps(path, root.resolve()))


def _steps(path: str, root: Path) -> Iterator[MigrationFile]:
    chain, name = dirname(path), basename(path)
    if path.endswith(".rb"):
        if basename(chain) == "migrate" and name[:1].isdigit():
            yield MigrationFile(path, chain, name)
    elif "versions" in chain.split("/"):
        try:
            text = read_text(root / path, path)
        except SourceError:
            return
        revision = _revision(text)
        if revision is not None:
            yield MigrationFile(path, chain, name, *revision)


def _revision(text: str) -> tuple[str, tuple[str, ...]] | None:
    """`revision` and `down_revision` of an Alembic script; None for any other file."""
    if "down_revision" not in text:
        return None
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    assigned = {name: value for node in tree.body for name, value in _assignment(node)}
    own = assigned.get("revision")
    if not isinstance(own, str):
        return None
    before = assigned.get("down_revision")
    parents = before if isinstance(before, tuple | list) else (before,)
    return own, tuple(p for p in parents if isinstance(p, str))


def _assignment(node: ast.stmt) -> Iterator[tuple[str, object]]:
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if _is_plain(value):
            yield name, ast.literal_eval(value)
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_plain(value):
            yield name, ast.literal_eval(value)


def _is_plain(value: ast.expr) -> bool:
    match value:
        case ast.Constant():
            return True
        case ast.Tuple(elts=items) | ast.List(elts=items):
            return all(isinstance(item, ast.Constant) for item in items)
    return False
