"""Repositories of git are fetched at a ref, and nothing of them runs."""

import os
from pathlib import Path

import pytest

from ctb_audit.errors import SourceError
from ctb_audit.fleet.checkout import check_out, remote_commit

from .conftest import SQL, Git


def files(folder: Path) -> list[str]:
    found = (p for p in folder.rglob("*") if p.is_file() and ".git" not in p.parts)
    return sorted(p.relative_to(folder).as_posix() for p in found)


@pytest.mark.parametrize(
    ("ref", "expected"),
    [("", ["db/one.sql", "db/two.sql"]), ("old", ["db/one.sql"]), ("v1", ["db/one.sql"])],
)
def test_a_branch_a_tag_and_the_head(
    repository: Path, tmp_path: Path, git: Git, ref: str, expected: list[str]
) -> None:
    found = check_out(str(repository), ref, tmp_path / "clone")
    assert files(found.folder) == expected
    assert found.commit == git(repository, "rev-parse", ref or "HEAD")
    assert remote_commit(str(repository), ref) == found.commit


def test_a_commit_and_an_annotated_tag(repository: Path, tmp_path: Path, git: Git) -> None:
    commit = git(repository, "rev-parse", "HEAD~1")
    git(repository, "tag", "-am", "noted", "v2", "HEAD~1")
    assert check_out(str(repository), commit, tmp_path / "a").commit == commit
    assert check_out(str(repository), "v2", tmp_path / "b").commit == commit
    assert remote_commit(str(repository), "v2") == commit
    assert remote_commit(str(repository), commit) == ""


@pytest.mark.parametrize(("where", "ref"), [("nowhere", ""), ("orders.git.work", "v99")])
def test_what_is_not_there_is_said_in_one_line(
    repository: Path, tmp_path: Path, where: str, ref: str
) -> None:
    with pytest.raises(SourceError, match=r"cannot be fetched: .*; check the URL") as caught:
        check_out(str(tmp_path / where), ref, tmp_path / "clone")
    assert "\n" not in str(caught.value)


def test_hooks_filters_and_templates_of_anybody_do_not_run(
    repository: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-checkout", "reference-transaction", "post-merge", "post-index-change"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {ran}\n")
        (hooks / name).chmod(0o755)
    (tmp_path / ".gitconfig").write_text(
        f'[core]\n\thooksPath = {hooks}\n[filter "f"]\n\tsmudge = touch {ran}; cat\n'
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    (repository / ".gitattributes").write_text("*.sql filter=f\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "filter", "--no-verify")
    ran.unlink(missing_ok=True)
    found = check_out(str(repository), "", tmp_path / "clone")
    assert (found.folder / "db" / "one.sql").read_text() == SQL.format("orders")
    assert not ran.exists()


def test_links_that_leave_and_submodules_are_left_out_and_said(
    repository: Path, tmp_path: Path, git: Git
) -> None:
    os.symlink("/etc/passwd", repository / "db" / "passwd.sql")
    commit = git(repository, "rev-parse", "HEAD")
    git(repository, "update-index", "--add", "--cacheinfo", f"160000,{commit},other")
    git(repository, "add", "db")
    git(repository, "commit", "-qm", "hostile")
    found = check_out(str(repository), "", tmp_path / "clone")
    assert files(found.folder) == ["db/one.sql", "db/two.sql"]
    assert len(found.left_out) == 2 and any("submodule" in why for why in found.left_out)


def test_other_protocols_are_refused_by_git_itself(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="transport 'ext' not allowed"):
        check_out(f"ext::sh -c touch% {tmp_path}/ran", "", tmp_path / "clone")
    assert not (tmp_path / "ran").exists()
