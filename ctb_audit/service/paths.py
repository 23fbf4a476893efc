"""What a path of a request may reach: folders of its repository, nothing else."""

from pathlib import Path

from ctb_audit.errors import UsageError

TARGET_PATTERN = r"^(?![\s\S]*(?:^|/)\.\.(?:/|$))(?!/)[^\x00-\x1f\x7f\\:]{1,500}(?![\s\S])"
"""A relative POSIX path without `..`, backslashes, drives and control characters."""


def folder_below(root: Path, text: str) -> Path | None:
    """The folder that `text`, which fits TARGET_PATTERN, names below `root`; None for none.

    What lies outside, through a link too, is not told from what does not exist. Nothing is
    decoded: `%2e%2e` is a name like any other.
    """
    try:
        found = (root / text).resolve(strict=True)
        inside = found.is_relative_to(root.resolve()) and found.is_dir()
    except (OSError, ValueError, RuntimeError):
        return None
    return found if inside else None


def require_below(root: Path, path: Path, place: str) -> Path:
    """The resolved path; UsageError unless it is below `root` or is `root`."""
    found = path.resolve()
    if not found.is_relative_to(root):
        raise UsageError(place, f"lies outside of {root}", "name a place below it")
    return found
