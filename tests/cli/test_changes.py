"""`ctb audit --staged` and `--since`: both trees are judged, and the change decides."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ctb = Callable[..., subprocess.CompletedProcess[str]]
TABLE = "CREATE TABLE {0} (id int PRIMARY KEY, status text);\n"
CLEAN = """CREATE TABLE {0} (id int PRIMARY KEY, heir_id varchar(50) NOT NULL UNIQUE,
 process_id varchar(50) NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
 updated_at timestamptz NOT NULL DEFAULT now(), created_by varchar(100) NOT NULL,
 orbt_layer int NOT NULL DEFAULT 1, blueprint_version varchar(20) NOT NULL DEFAULT '1.0');
CREATE INDEX ON {0} (created_at);
CREATE FUNCTION touch_{0}() RETURNS trigger LANGUAGE plpgsql AS
 $$BEGIN NEW.updated_at = now(); RETURN NEW; END$$;
CREATE TRIGGER t BEFORE UPDATE ON {0} FOR EACH ROW EXECUTE FUNCTION touch_{0}();
"""


_PERSON = ("NAME", "EMAIL")


class Repository:
    """A repository of its own, without the user's settings."""

    def __init__(self, folder: Path, ctb: Ctb) -> None:
        self.folder = folder
        self._ctb = ctb
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str) -> str:
        people = [f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in _PERSON]
        alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        environment = {**alone, **dict.fromkeys(people, "a@b")}
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *arguments],
            cwd=self.folder,
            env={**os.environ, **environment},
            capture_output=True,
            check=True,
        )
        return done.stdout.decode()

    def stage(self, path: str, content: str | bytes) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")

    def commit(self) -> None:
        self.git("commit", "-qm", "a change")

    def audit(
        self, *arguments: str, cwd: str = ".", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return self._ctb(
            "audit", "--no-log", "--today", "2026-11-22", *arguments,
            cwd=self.folder / cwd, env=env,
        )  # fmt: skip

    def change(self, *arguments: str, cwd: str = ".") -> tuple[int, dict[str, Any]]:
        done = self.audit(*arguments, "--format", "json", cwd=cwd)
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, found


def new(found: dict[str, Any]) -> set[str]:
    """`table:requirement` of the new findings."""
    return {
        f"{f['table']}:{f['requirement']}"
        for f in found["findings"]
        if f["fingerprint"] in found["change"]["new"]
    }


@pytest.fixture
def repository(tmp_path: Path, ctb: Ctb) -> Repository:
    made = Repository(tmp_path / "repository", ctb)
    made.stage("db/001_old.sql", TABLE.format("old"))
    made.commit()
    return made


def test_old_findings_do_not_block_and_nothing_is_said(repository: Repository) -> None:
    repository.stage("db/002_fresh.sql", CLEAN.format("fresh"))
    done = repository.audit("--staged", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert repository.audit("--fail-under", "90").returncode == 1


def test_a_new_finding_blocks_and_only_it_is_shown(repository: Repository) -> None:
    repository.stage("db/002_fresh.sql", "CREATE TABLE fresh (id int PRIMARY KEY);")
    done = repository.audit("--staged", "--quiet")
    assert done.returncode == 1
    assert "public.fresh" in done.stdout
    assert "public.old" not in done.stdout
    assert "7 new findings of LOW or above" in done.stdout


def test_the_rest_of_the_schema_is_context(repository: Repository) -> None:
    repository.stage("db/002_status.sql", "ALTER TABLE old ADD COLUMN x_status text;")
    assert new(repository.change("--staged")[1]) == {"public.old:x_status"}
    repository.stage("db/003_index.sql", "CREATE INDEX ON old (x_status);")
    code, found = repository.change("--staged")
    assert (code, new(found)) == (0, set())


def test_the_index_is_judged_and_not_the_working_folder(repository: Repository) -> None:
    repository.stage("db/002_index.sql", "CREATE INDEX ON old (status);")
    (repository.folder / "db/002_index.sql").write_text("nonsense")
    (repository.folder / "db/003_more.sql").write_text(TABLE.format("untracked"))
    code, found = repository.change("--staged")
    assert (code, found["change"]["new"]) == (0, [])
    assert [f["requirement"] for f in found["change"]["fixed"]] == ["status"]
    assert [t["name"] for t in found["tables"]] == ["public.old"]


def test_configuration_waivers_and_documents_come_from_the_same_tree(
    repository: Repository,
) -> None:
    waiver = '[[waiver]]\nrule = "*"\nowner = "me"\nreason = "trial"\nuntil = "2027-01-01"\n'
    waiver = waiver.replace('"*"', '"missing-tracking-column"')
    repository.stage("ctb.toml", waiver)
    repository.stage("db/002_fresh.sql", "CREATE TABLE fresh (id int PRIMARY KEY);")
    (repository.folder / "ctb.toml").write_text("")
    assert repository.change("--staged")[0] == 0
    repository.stage("ctb.toml", waiver.replace("2027", "2026"))
    assert repository.change("--staged")[0] == 1


def test_a_waiver_taken_away_is_a_new_finding(repository: Repository) -> None:
    line = '-- ctb: ignore[unindexed-status] owner=me until=2027-01-01 reason="few"\n'
    repository.stage("db/001_old.sql", line + TABLE.format("old"))
    repository.commit()
    repository.stage("db/001_old.sql", TABLE.format("old"))
    code, found = repository.change("--staged")
    assert (code, new(found)) == (1, {"public.old:status"})


def test_what_a_baseline_knew_stays_old_when_it_lapses(repository: Repository) -> None:
    repository.stage("ctb.toml", 'baseline = "known.json"\n')
    repository._ctb("baseline", "write", "--baseline", "known.json", "db", cwd=repository.folder)
    repository.stage("ctb.toml", 'baseline = "known.json"\nsources = ["db"]\n')
    repository.commit()
    assert repository.audit().returncode == 0
    repository.stage("db/002_more.sql", "ALTER TABLE old ADD COLUMN note text;")
    code, found = repository.change("--staged")
    assert (code, found["change"]["new"]) == (0, [])
    assert any("changed since" in notice for notice in found["notices"])
    assert repository.audit().returncode == 1


def test_a_level_raised_is_a_decline(repository: Repository) -> None:
    level = "-- ctb: enforcement=RELAXED\n"
    repository.stage("db/001_old.sql", level + TABLE.format("old"))
    repository.commit()
    repository.stage("db/001_old.sql", level.replace("RELAXED", "STANDARD") + TABLE.format("old"))
    done = repository.audit("--staged")
    assert done.returncode == 1
    assert "declines from" in done.stdout


def test_renames_of_files_and_tables_change_nothing(repository: Repository) -> None:
    repository.git("mv", "db/001_old.sql", "db/001_older.sql")
    assert repository.change("--staged")[1]["change"]["new"] == []
    repository.stage("db/001_older.sql", TABLE.format("renamed"))
    code, found = repository.change("--staged")
    assert (code, found["change"]) == (0, {**found["change"], "new": [], "fixed": []})


def test_deleted_files_and_tables(repository: Repository) -> None:
    repository.stage("db/002_index.sql", "CREATE INDEX ON old (status);")
    repository.stage("db/003_good.sql", CLEAN.format("good"))
    repository.commit()
    repository.git("rm", "-q", "db/002_index.sql")
    assert new(repository.change("--staged")[1]) == {"public.old:status"}
    repository.git("reset", "-q", "--hard")
    repository.git("rm", "-q", "db/003_good.sql")
    code, found = repository.change("--staged")
    assert (code, found["gate"]["reasons"]) == (0, [])


def test_the_first_commit_is_all_new(tmp_path: Path, ctb: Ctb) -> None:
    repository = Repository(tmp_path / "first", ctb)
    repository.stage("a.sql", CLEAN.format("good"))
    code, found = repository.change("--staged")
    assert (code, found["change"]["score"]) == (0, None)
    repository.stage("b.sql", TABLE.format("bad"))
    assert repository.audit("--staged").returncode == 1


def test_a_commit_that_touches_no_schema(repository: Repository) -> None:
    repository.stage("main.py", "print()")
    done = repository.audit("--staged", "--quiet", "--since", "HEAD")
    assert (done.returncode, "exclude each other" in done.stderr) == (2, True)
    repository.commit()
    done = repository.audit("--staged")
    assert (done.returncode, done.stdout) == (0, "nothing that is audited changes\n")


def test_carriage_returns_and_byte_order_marks(repository: Repository) -> None:
    text = TABLE.format("old").replace("\n", "\r\n")
    repository.stage("db/001_old.sql", b"\xef\xbb\xbf" + text.encode())
    code, found = repository.change("--staged")
    assert (code, found["change"]["new"], found["change"]["fixed"]) == (0, [], [])


def test_since_judges_the_working_folder_by_a_revision(repository: Repository) -> None:
    repository.stage("db/002_fresh.sql", TABLE.format("fresh"))
    repository.commit()
    repository.git("checkout", "-q", "--detach")
    code, found = repository.change("--since", "HEAD~1")
    assert code == 1
    assert {name.partition(":")[0] for name in new(found)} == {"public.fresh"}
    assert repository.change("--since", "HEAD")[0] == 0


def test_from_a_folder_below_the_top(repository: Repository) -> None:
    repository.stage("db/002_fresh.sql", TABLE.format("fresh"))
    code, found = repository.change("--staged", cwd="db")
    assert code == 1
    assert {f["location"]["path"] for f in found["findings"]} == {"001_old.sql", "002_fresh.sql"}


def test_inside_a_hook_with_an_index_of_its_own(repository: Repository) -> None:
    """`git commit -a` and `git commit PATH` name a temporary index."""
    shutil.copy(repository.folder / ".git/index", repository.folder / ".git/other")
    repository.stage("db/002_fresh.sql", TABLE.format("fresh"))
    done = repository.audit("--staged", env={"GIT_INDEX_FILE": ".git/other"})
    assert (done.returncode, done.stdout) == (0, "nothing that is audited changes\n")


def test_a_submodule_is_left_out_of_both_trees(repository: Repository, ctb: Ctb) -> None:
    other = Repository(repository.folder.parent / "other", ctb)
    other.stage("a.sql", TABLE.format("theirs"))
    other.commit()
    repository.git("submodule", "--quiet", "add", str(other.folder), "sub")
    code, found = repository.change("--staged")
    assert (code, found["change"]["new"]) == (0, [])
    assert "sub: not read: a submodule" in found["notices"]
    repository.commit()
    code, found = repository.change("--since", "HEAD")
    assert (code, [t["name"] for t in found["tables"]]) == (0, ["public.old"])


def test_a_shallow_clone_says_what_to_fetch(repository: Repository, ctb: Ctb) -> None:
    repository.stage("b.sql", TABLE.format("b"))
    repository.commit()
    clone = repository.folder.parent / "clone"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.folder}", str(clone))
    done = ctb("audit", "--no-log", "--since", "HEAD~1", cwd=clone)
    assert done.returncode == 2
    assert done.stderr == (
        "ctb: HEAD~1: is no commit of this shallow clone; fetch it: git fetch --deepen=100, or "
        "fetch-depth: 0 in actions/checkout\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--since", "nothing"), "nothing: is no commit of this repository"),
        (("--since", "--output=x"), "--output=x: is no commit"),
        (("--staged", ".."), "lies outside of the repository"),
        (("--staged", "env:DATABASE_URL"), "env:DATABASE_URL: is no part of a tree"),
        (("--staged", "postgresql://u:secret@h/d"), "postgresql://: is no part of a tree"),
    ],
)
def test_wrong_arguments(repository: Repository, arguments: tuple[str, ...], message: str) -> None:
    repository.stage("b.sql", TABLE.format("b"))
    done = repository.audit(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "secret" not in done.stderr


def test_outside_of_a_repository(tmp_path: Path, ctb: Ctb) -> None:
    done = ctb("audit", "--staged", cwd=tmp_path, env={"GIT_CEILING_DIRECTORIES": str(tmp_path)})
    assert done.returncode == 2
    assert "not a git repository" in done.stderr


def test_a_broken_tree_before_leaves_the_whole_to_decide(repository: Repository) -> None:
    repository.stage("ctb.toml", "broken")
    repository.commit()
    repository.stage("ctb.toml", "")
    code, found = repository.change("--staged")
    assert (code, found["change"]) == (1, None)
    assert any("the whole schema decides" in notice for notice in found["notices"])


def test_links_do_not_lead_out_of_the_tree(repository: Repository) -> None:
    secret = repository.folder.parent / "secret.sql"
    secret.write_text(TABLE.format("secret"))
    os.symlink(secret, repository.folder / "db/link.sql")
    os.symlink("001_old.sql", repository.folder / "db/inside.sql")
    repository.stage("b.sql", CLEAN.format("b"))
    code, found = repository.change("--staged")
    assert code == 0
    assert {t["name"] for t in found["tables"]} == {"public.old", "public.b"}
    assert "db/link.sql: not read: a link that leaves the repository" in found["notices"]


def test_conflicts_are_said(repository: Repository) -> None:
    repository.git("checkout", "-qb", "side")
    repository.stage("db/001_old.sql", TABLE.format("side"))
    repository.commit()
    repository.git("checkout", "-q", "main")
    repository.stage("db/001_old.sql", TABLE.format("main"))
    repository.commit()
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "-q", "side")
    done = repository.audit("--staged")
    assert (done.returncode, "db/001_old.sql: has conflicts" in done.stderr) == (2, True)


def test_only_the_change_reaches_the_reports(repository: Repository) -> None:
    repository.stage("db/002_index.sql", "ALTER TABLE old ADD COLUMN x_status text;")
    repository.audit("--staged", "-o", "r.sarif", "-o", "github:r.txt", "-o", "r.md")
    results = json.loads((repository.folder / "r.sarif").read_text())["runs"][0]["results"]
    states = [r["baselineState"] for r in results]
    assert (states.count("new"), "unchanged" in states) == (1, True)
    lines = (repository.folder / "r.txt").read_text().splitlines()
    assert len(lines) == 2
    report = (repository.folder / "r.md").read_text()
    assert "The change does not pass." in report
    assert "x_status" in report
    assert "missing-tracking-column" not in report


def kept(repository: Repository) -> list[Path]:
    return sorted((repository.folder / ".ctb/cache/trees").glob("*.json"))


def test_a_tree_that_was_judged_is_not_judged_again(repository: Repository) -> None:
    repository.stage("db/002_fresh.sql", TABLE.format("fresh"))
    first = repository.change("--staged")
    assert len(kept(repository)) == 2
    assert repository.change("--staged") == first
    repository.commit()
    repository.stage("db/003_more.sql", TABLE.format("more"))
    assert {name.partition(":")[0] for name in new(repository.change("--staged")[1])} == {
        "public.more"
    }
    assert len(kept(repository)) == 3
    assert repository.git("status", "--porcelain", ".ctb") == ""


@pytest.mark.parametrize("content", ["", "[]", '{"tables": 1}', "\x00"])
def test_what_is_kept_and_cannot_be_read_is_judged_anew(
    repository: Repository, content: str
) -> None:
    repository.stage("db/002_fresh.sql", TABLE.format("fresh"))
    first = repository.change("--staged")
    for path in kept(repository):
        path.write_text(content)
    assert repository.change("--staged") == first


def test_other_settings_have_sides_of_their_own(repository: Repository) -> None:
    repository.stage("db/002_status.sql", "ALTER TABLE old ADD COLUMN x_status text;")
    repository.change("--staged")
    _, narrow = repository.change("--staged", "--select", "tracking")
    assert (narrow["change"]["new"], len(kept(repository))) == ([], 4)


def test_without_a_cache_nothing_is_kept(repository: Repository) -> None:
    repository.stage("db/002_fresh.sql", TABLE.format("fresh"))
    assert repository.change("--staged", "--no-cache")[0] == 1
    assert not (repository.folder / ".ctb").exists()
