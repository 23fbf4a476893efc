"""Registration of checks: a rule file names one by its function's name.

A check of tables goes into REGISTRY, one of the whole project into PROJECT_REGISTRY. A rule
may have one of each under the same name: the first judges tables, the second what belongs to
no table.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from ctb_audit.lean import dataclass
from ctb_audit.model import Surface, System
from ctb_audit.verdict import Fail, Question, Unknown, Verdict

Check = Callable[..., Iterable[Verdict | Question]]
REGISTRY: dict[str, Check] = {}
ASKING: set[str] = set()
"""Names of checks that may yield questions about rows."""
_C = TypeVar("_C", bound=Check)


@dataclass(frozen=True, slots=True)
class ProjectFinding:
    """A defect that belongs to no table. `object` is the pseudo-object it stands on: a path, a
    view's or a missing table's name. It enters no score (STANDARD section 11).
    """

    object: str
    verdict: Fail | Unknown
    system: System = "postgresql"
    surface: Surface = "ddl"


ProjectCheck = Callable[..., Iterable[ProjectFinding]]
PROJECT_REGISTRY: dict[str, ProjectCheck] = {}
_P = TypeVar("_P", bound=ProjectCheck)


def check(function: _C) -> _C:
    """Registers `(subject, project, *, parameters) -> verdicts`, one for each requirement."""
    _register(REGISTRY, function)
    return function


def asking_check(function: _C) -> _C:
    """Registers a check of tables that may yield a Question, as `check` does any other."""
    ASKING.add(function.__name__)
    return check(function)


def project_check(function: _P) -> _P:
    """Registers `(project, *, parameters) -> findings`."""
    _register(PROJECT_REGISTRY, function)
    return function


def beside(tables: Check) -> Callable[[_P], _P]:
    """Registers a project check under the name of the check that judges tables."""

    def register(function: _P) -> _P:
        _register(PROJECT_REGISTRY, function, tables.__name__)
        return function

    return register


def _register(registry: dict[str, Any], function: Callable[..., Any], name: str = "") -> None:
    name = name or function.__name__
    if name in registry:
        raise ValueError(f"two checks are named {name}")
    registry[name] = function
