"""Finds `rules/` and `templates/` in a checkout and in a wheel.

A wheel carries them as `ctb_audit/_data/`; in a checkout they stand beside the package.
"""

from functools import cache
from pathlib import Path

from ctb_audit.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parent
_DATA = _PACKAGE / "_data"


@cache
def data_root() -> Path:
    """The folder that holds `rules/` and `templates/`. Raises ConfigurationError without one."""
    for root in (_DATA, _PACKAGE.parent):
        if (root / "rules").is_dir():
            return root
    raise ConfigurationError(str(_PACKAGE), "the rules are missing", "install ctb-audit again")


def checkout() -> Path | None:
    """The repository root when the package runs from a checkout, None from a wheel."""
    root = data_root()
    return None if root == _DATA else root


def resource_path(name: str) -> Path:
    """The path of a resource, e.g. `rules/rule.schema.json` or `templates/report.md.j2`."""
    return data_root() / name


def resource_text(name: str) -> str:
    """The text of a resource. Raises ConfigurationError where it is missing."""
    path = resource_path(name)
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            name, f"cannot be read ({error.strerror})", "install ctb-audit again"
        ) from error


def compiled(name: str) -> Path | None:
    """A file made when the wheel was built, e.g. `rules.json`; None in a checkout."""
    path = _DATA / name
    return path if path.is_file() else None
