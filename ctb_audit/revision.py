"""The revision of a working tree, read from the repository's files without running git."""

import os
from pathlib import Path


def revision_of(folder: Path) -> str:
    """The commit that HEAD names in the repository around `folder`, "" where there is none."""
    for candidate in (folder, *folder.parents):
        git = candidate / ".git"
        if git.exists():
            return _head(_git_folder(git))
    return ""


def prefix_of(folder: Path) -> str:
    """The folder from its repository's top, `db/` or "" for the top and outside of one."""
    for candidate in (folder, *folder.parents):
        if (candidate / ".git").exists():
            below = folder.relative_to(candidate).as_posix()
            return "" if below == "." else f"{below}/"
    return ""


def _git_folder(git: Path) -> Path:
    """`.git` itself, or what a worktree's or submodule's `.git` file points to."""
    if git.is_dir():
        return git
    text = _read(git)
    return (git.parent / text.removeprefix("gitdir:").strip()).resolve()


def _head(git: Path) -> str:
    head = _read(git / "HEAD")
    if not head.startswith("ref:"):
        return head
    name = head.removeprefix("ref:").strip()
    common = _read(git / "commondir")
    root = Path(os.path.normpath(git / common)) if common else git
    return _read(git / name) or _read(root / name) or _packed(root, name)


def _packed(root: Path, name: str) -> str:
    for line in _read(root / "packed-refs").splitlines():
        commit, _, ref = line.partition(" ")
        if ref == name:
            return commit
    return ""


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
