"""The lock file fits pyproject.toml, and the licences of what it brings are known."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from bench.licences import ALLOWED, EXTRAS, problem_of, required

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements-dev.lock").read_text()
ENTRY = re.compile(
    r"^([A-Za-z0-9._-]+)==(\S+?)(?: ; ([^\\\n]+?))? \\\n"
    r"((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.M,
)
STEP = "run `make lock`"


def locked() -> dict[str, list[tuple[Version, Marker | None]]]:
    found: dict[str, list[tuple[Version, Marker | None]]] = {}
    for name, version, marker, _ in ENTRY.findall(LOCK):
        place = found.setdefault(canonicalize_name(name), [])
        place.append((Version(version), Marker(marker) if marker else None))
    return found


def wanted(extra: str = "dev") -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    found = [Requirement(text) for text in project["dependencies"]]
    extras = [extra]
    for name in extras:
        for text in project["optional-dependencies"][name]:
            requirement = Requirement(text)
            if canonicalize_name(requirement.name) == "ctb-audit":
                extras += [e for e in sorted(requirement.extras) if e not in extras]
            else:
                found.append(requirement)
    return found


@pytest.mark.parametrize("requirement", wanted(), ids=lambda r: r.name)
def test_what_is_asked_for_is_locked_within_its_bounds(requirement: Requirement) -> None:
    versions = locked().get(canonicalize_name(requirement.name), [])
    assert versions, STEP
    assert all(version in requirement.specifier for version, _ in versions), STEP


def test_every_entry_has_hashes_and_no_host() -> None:
    rest = ENTRY.sub("", LOCK)
    assert [line for line in rest.splitlines() if not line.startswith("#")] == []
    assert "://" not in LOCK and "--index-url" not in LOCK and "file:" not in LOCK
    assert len(ENTRY.findall(LOCK)) > 60


def test_a_lock_serves_every_python() -> None:
    """One version for each Python and platform, told apart by markers where there are several."""
    ambiguous = [
        name
        for name, versions in locked().items()
        if len(versions) > 1 and any(marker is None for _, marker in versions)
    ]
    assert ambiguous == []


def test_licences_are_known_and_allowed() -> None:
    found = list(required(["ctb-audit"], EXTRAS))
    assert [licence for licence in found if licence.problem] == []
    assert len(found) > 40
    assert {name for name in ALLOWED if (ROOT / ALLOWED[name]).is_file()} == set(ALLOWED)


@pytest.mark.parametrize(
    ("licence", "problem"),
    [
        ("MIT", ""),
        ("Apache Software License; BSD License", ""),
        ("GPL-3.0-or-later", "copyleft"),
        ("GNU Affero General Public License v3", "copyleft"),
        ("LGPL-3.0-only", "LGPL without a decision"),
        ("Business Source License (BUSL-1.1)", "copyleft"),
        ("", "unknown"),
        ("Proprietary", "unknown"),
    ],
)
def test_a_licence_is_judged_by_what_it_says(licence: str, problem: str) -> None:
    assert problem_of("any-package", licence) == problem
