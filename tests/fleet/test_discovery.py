"""What counts as a target below a folder."""

import os
from pathlib import Path

import pytest

from ctb_audit.errors import EmptySourceError
from ctb_audit.fleet.discovery import discovered


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("CREATE TABLE t (id int);" if name.endswith(".sql") else "[tool.ctb]\n")


def test_configured_folders_repositories_and_plain_folders(tmp_path: Path) -> None:
    put(tmp_path, "a/ctb.toml", "a/deep/ctb.toml", "a/x.sql")  # the outermost counts
    put(tmp_path, "team/repo/.git/HEAD", "team/repo/db/x.sql")
    put(tmp_path, "mono/.git/HEAD", "mono/x.sql", "mono/svc/pyproject.toml", "mono/svc/x.sql")
    put(tmp_path, "plain/db/migrations/001_a.sql")
    put(tmp_path, "tool/.git/HEAD", "tool/main.py")
    put(tmp_path, "node_modules/b/x.sql", ".hidden/x.sql")
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "schema.md").write_text("**STAMPED Compliant**: Yes")
    assert discovered(tmp_path, "x") == ("a", "docs", "mono/svc", "plain", "team/repo")


def test_paths_can_be_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "a/x.sql", "b/c/ctb.toml", "b/d/ctb.toml")
    assert discovered(tmp_path, "x", ["a", "b/d*"]) == ("b/c",)


def test_nothing_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "README.md").write_text("hello")
    with pytest.raises(
        EmptySourceError, match=r"services: holds no repository and no schema; name"
    ):
        discovered(tmp_path, "services")


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path, "a/x.sql")
    os.symlink(tmp_path, tmp_path / "a" / "up")
    os.symlink(tmp_path / "a", tmp_path / "again")
    assert discovered(tmp_path, "x") == ("a",)


def test_a_broken_pyproject_hides_nothing(tmp_path: Path) -> None:
    put(tmp_path, "a/x.sql")
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.ctb\n")
    assert discovered(tmp_path, "x") == ("a",)
