"""Two builds of the same files give the same bytes, wherever and whenever they are made."""

import os
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "ctb_audit",
    "rules",
    "templates",
    "hatch_build.py",
    "pyproject.toml",
    "README.md",
    "LICENSE",
)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc", ".ctb")


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What builds are made of."""
    folder = tmp_path_factory.mktemp("sources")
    for name in PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=LEFT_OUT)
        else:
            shutil.copyfile(ROOT / name, folder / name)
    return folder


def built(
    sources: Path, folder: Path, target: str, umask: int, surroundings: dict[str, str]
) -> str:
    """Name and digest of what a build in a copy of the sources makes."""
    shutil.copytree(sources, folder, copy_function=shutil.copyfile)
    for path in folder.rglob("*"):
        path.chmod((0o777 if path.is_dir() else 0o666) & ~umask)
        os.utime(path, (1_600_000_000 + umask, 1_600_000_000 + umask))
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder / "made")],
        cwd=folder,
        env={**os.environ, **surroundings},
        check=True,
        capture_output=True,
        umask=umask,
    )
    made = next((folder / "made").iterdir())
    return f"{made.name} {sha256(made.read_bytes()).hexdigest()}"


HERE = {"TZ": "UTC", "PYTHONHASHSEED": "1", "LC_ALL": "C"}
THERE = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "2", "LC_ALL": "C.UTF-8"}
RELEASE = {"SOURCE_DATE_EPOCH": "1800000000"}


@pytest.mark.parametrize(("target", "release"), [("wheel", RELEASE), ("sdist", {})])
def test_builds_are_byte_identical(
    sources: Path, tmp_path: Path, target: str, release: dict[str, str]
) -> None:
    one = built(sources, tmp_path / "a", target, 0o022, {**HERE, **release})
    two = built(sources, tmp_path / "b" / "another", target, 0o077, {**THERE, **release})
    assert one == two
