"""Checks by their names: imported when one is asked for, and named once."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctb_audit import checks
from ctb_audit.checks import ASKING, CHECKS, PROJECT_REGISTRY, REGISTRY
from ctb_audit.checks.registry import Registry, index

SOURCE = """
from ctb_audit.checks.registry import asking_check, beside, check, project_check

@check
def made_up_check(subject, project): ...

@beside(made_up_check)
def made_up_elsewhere(project): ...

@asking_check
def made_up_question(subject, project): ...

@project_check
def made_up_project(project): ...
"""
NAMES = ("made_up_check", "made_up_question", "made_up_project")


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A module of checks that nothing has imported yet."""
    (tmp_path / "made_up.py").write_text(SOURCE)
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    monkeypatch.setattr("ctb_audit.checks.registry._MODULES", {})
    index(CHECKS)
    index({"made_up": NAMES})
    yield
    sys.modules.pop("ctb_audit.checks.made_up", None)
    ASKING.discard("made_up_question")
    for registry in (REGISTRY, PROJECT_REGISTRY):
        for name in NAMES:
            registry._known.pop(name, None)


@pytest.mark.usefixtures("made_up")
def test_asking_for_a_check_imports_its_module() -> None:
    assert "ctb_audit.checks.made_up" not in sys.modules
    found = REGISTRY["made_up_check"]
    module = sys.modules["ctb_audit.checks.made_up"]
    assert found is module.made_up_check
    assert REGISTRY["made_up_question"] is module.made_up_question
    assert PROJECT_REGISTRY["made_up_check"] is module.made_up_elsewhere
    assert PROJECT_REGISTRY["made_up_project"] is module.made_up_project
    assert "made_up_question" in ASKING and "made_up_check" not in ASKING


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("name", NAMES)
def test_looking_for_a_check_imports_its_module(name: str) -> None:
    of_tables, of_projects = name in REGISTRY, name in PROJECT_REGISTRY
    assert "ctb_audit.checks.made_up" in sys.modules
    assert (of_tables, of_projects) == {
        "made_up_check": (True, True),
        "made_up_question": (True, False),
        "made_up_project": (False, True),
    }[name]


@pytest.mark.usefixtures("made_up")
def test_going_through_the_checks_imports_all_of_them() -> None:
    before = len(PROJECT_REGISTRY)
    assert set(NAMES[:2]) <= set(REGISTRY)
    assert len(REGISTRY) == len(set(REGISTRY))
    assert before == len(set(PROJECT_REGISTRY)) > 10


def test_a_name_is_given_once() -> None:
    registry: Registry[int] = Registry()
    registry.add("one", 1)
    with pytest.raises(ValueError, match="two checks are named one"):
        registry.add("one", 2)
    registry["two"] = 2
    del registry["one"]
    assert dict(registry._known) == {"two": 2}
