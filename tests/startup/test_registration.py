"""What is imported late is listed completely."""

import subprocess
import sys
import textwrap
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


@pytest.mark.parametrize(
    "package",
    ["ctb_audit.semantics", "ctb_audit.semantics.plpgsql", "ctb_audit.sources.ddl.replay.late"],
)
def test_what_a_package_imports_late_exists_under_no_name_of_a_module(package: str) -> None:
    """A module takes its name in the package as soon as it is imported, whatever stood there."""
    found = import_module(package)
    assert found.__file__ is not None
    modules = {path.stem for path in Path(found.__file__).parent.iterdir()}
    assert modules.isdisjoint(found.__all__)
    code = f"import {package} as found\n" + textwrap.dedent("""
        for name in found.__all__:
            try:
                getattr(found, name)(*range(20))
            except TypeError:
                print(name)
    """)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == list(found.__all__)
