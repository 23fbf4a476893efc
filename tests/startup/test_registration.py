"""What is imported late is listed completely."""

from importlib import import_module
from pathlib import Path

import pytest

from ctb_audit import checks
from ctb_audit.checks import CHECKS, PROJECT_REGISTRY, REGISTRY

MODULES = {path.stem for path in Path(checks.__file__).parent.glob("*.py")}


def test_every_check_is_listed_with_its_module() -> None:
    for name in MODULES:
        import_module(f"ctb_audit.checks.{name}")
    found = {
        name: function.__module__.rpartition(".")[2]
        for registry in (REGISTRY, PROJECT_REGISTRY)
        for name, function in registry.items()
    }
    assert found == {name: module for module, names in CHECKS.items() for name in names}


@pytest.mark.parametrize("module", CHECKS)
def test_listed_checks_exist(module: str) -> None:
    assert all(name in REGISTRY or name in PROJECT_REGISTRY for name in CHECKS[module])


def test_an_unknown_check_is_in_no_registry() -> None:
    assert "no_such_check" not in REGISTRY
    with pytest.raises(KeyError):
        REGISTRY["no_such_check"]
