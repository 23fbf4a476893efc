"""Registration of checks: a rule file names one by its function's name.

A check of tables goes into REGISTRY, one of the whole project into PROJECT_REGISTRY. A rule
may have one of each under the same name: the first judges tables, the second what belongs to
no table.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from importlib import import_module
from typing import TypeVar

from ctb_audit.lean import dataclass
from ctb_audit.model import Surface, System
from ctb_audit.verdict import Fail, Question, Unknown, Verdict

Check = Callable[..., Iterable[Verdict | Question]]
_F = TypeVar("_F")
_MODULES: dict[str, str] = {}
"""Check to the module that holds it."""


class Registry(MutableMapping[str, _F]):
    """Checks by name; asking for one imports its module, going through them all of them."""

    def __init__(self) -> None:
        self._known: dict[str, _F] = {}

    def __getitem__(self, name: str) -> _F:
        found = self._known.get(name)
        if found is None:
            _load(name)
            found = self._known[name]
        return found

    def __contains__(self, name: object) -> bool:
        _load(name)
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        for name in list(_MODULES):
            _load(name)
        return iter(self._known)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __setitem__(self, name: str, function: _F) -> None:
        self._known[name] = function

    def __delitem__(self, name: str) -> None:
        del self._known[name]

    def add(self, name: str, function: _F) -> None:
        """Raises ValueError for a name that is taken."""
        if name in self._known:
            raise ValueError(f"two checks are named {name}")
        self._known[name] = function


def index(checks: Mapping[str, tuple[str, ...]]) -> None:
    """Say which module of this package holds which checks."""
    for module, names in checks.items():
        _MODULES.update(dict.fromkeys(names, module))


def _load(name: object) -> None:
    module = _MODULES.get(name) if isinstance(name, str) else None
    if module is not None:
        import_module(f"ctb_audit.checks.{module}")


REGISTRY: Registry[Check] = Registry()
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
PROJECT_REGISTRY: Registry[ProjectCheck] = Registry()
_P = TypeVar("_P", bound=ProjectCheck)


def check(function: _C) -> _C:
    """Registers `(subject, project, *, parameters) -> verdicts`, one for each requirement."""
    REGISTRY.add(function.__name__, function)
    return function


def asking_check(function: _C) -> _C:
    """Registers a check of tables that may yield a Question, as `check` does any other."""
    ASKING.add(function.__name__)
    return check(function)


def project_check(function: _P) -> _P:
    """Registers `(project, *, parameters) -> findings`."""
    PROJECT_REGISTRY.add(function.__name__, function)
    return function


def beside(tables: Check) -> Callable[[_P], _P]:
    """Registers a project check under the name of the check that judges tables."""

    def register(function: _P) -> _P:
        PROJECT_REGISTRY.add(tables.__name__, function)
        return function

    return register
