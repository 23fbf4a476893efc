"""A path of a request reaches folders of its repository, nothing else."""

from pathlib import Path

import pytest

from ctb_audit.errors import UsageError
from ctb_audit.service.openapi import request_schemas
from ctb_audit.service.paths import folder_below, require_below
from ctb_audit.shape import problems

HOSTILE = [
    "/etc",
    "//etc",
    "..",
    "../outside",
    "db/../../outside",
    "db/..",
    "./../outside",
    "db/../..",
    "..\\outside",
    "C:\\Windows",
    "C:/Windows",
    "\\\\server\\share",
    "db\0",
    "db\n",
    "db\r\nX-Injected: 1",
    "\x7f",
    "",
    "a" * 501,
    "db\n/../..",
]
NAMELESS = [
    "%2e%2e",
    "%2e%2e/outside",
    "..%2foutside",
    "%00",
    "none",
    "out",
    "db/out",
    "db/a.sql",
    "~",
    "a" * 400,
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    root = tmp_path / "served"
    (root / "db" / "deep").mkdir(parents=True)
    (root / "db" / "a.sql").write_text("SELECT 1;")
    (root / "out").symlink_to(tmp_path / "outside")
    (root / "db" / "out").symlink_to("../../outside")
    (root / "in").symlink_to("db")
    (root / "loop").symlink_to("loop")
    return root


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_path_breaks_the_schema(text: str) -> None:
    schema = request_schemas("^x$")["tag"]["properties"]["target_dir"]
    assert list(problems(text, schema))


@pytest.mark.parametrize("text", [*HOSTILE, *NAMELESS, "loop", "\ud800"])
def test_no_hostile_path_leads_out_even_without_the_schema(root: Path, text: str) -> None:
    found = folder_below(root, text)
    assert found is None or found.is_relative_to(root)


@pytest.mark.parametrize("text", NAMELESS)
def test_what_is_not_there_and_what_lies_outside_look_the_same(root: Path, text: str) -> None:
    assert folder_below(root, text) is None


@pytest.mark.parametrize("text", [".", "db", "db/", "./db/deep", "db//deep", "in"])
def test_folders_inside_are_found(root: Path, text: str) -> None:
    schema = request_schemas("^x$")["tag"]["properties"]["target_dir"]
    assert list(problems(text, schema)) == []
    assert folder_below(root, text) is not None


def test_a_registered_repository_lies_below_the_root(root: Path, tmp_path: Path) -> None:
    assert require_below(root, root / "db", "x") == root / "db"
    for path in (root / "out", root / "..", tmp_path):
        with pytest.raises(UsageError, match="lies outside"):
            require_below(root, path, "x")
