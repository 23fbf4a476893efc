"""One target: what `ctb audit` says of its folder, and one outcome for whatever it holds."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.fleet.kept import Kept, unpack
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Audited, Failed, Outcome, Settings, Task, Unchanged
from ctb_audit.fleet.work import work

from .conftest import DAY, RUN, SQL, Git, Run, folder_target, task

REPOSITORY = Path(__file__).resolve().parents[2]


def audited(outcome: Outcome) -> Kept:
    assert isinstance(outcome, Audited), outcome
    return unpack(outcome.content, "t")


@pytest.mark.parametrize("name", ["imo-creator", "compliant"])
def test_a_folder_gets_what_ctb_audit_says_of_it(tmp_path: Path, ctb: Run, name: str) -> None:
    folder = REPOSITORY / "examples" / name
    kept = audited(work(task(folder_target(folder)), tmp_path))
    arguments = ("--no-log", "--exit-zero", "--format", "json", "--today", str(DAY))
    said = json.loads(ctb("audit", *arguments, cwd=folder).stdout)
    assert (kept.score, list(kept.reasons)) == (said["score"], said["gate"]["reasons"])
    assert kept.value["issues"] == said["findings"]
    for key in ("unknowns", "not_judged", "coverage", "notices", "sources", "incomplete"):
        assert kept.value["actions"][key] == said[key]


def test_a_repository_is_audited_at_its_ref_in_its_folder(
    repository: Path, tmp_path: Path, git: Git
) -> None:
    target = Target("orders", "git", str(repository), "orders", ref="old", folder="db")
    kept = audited(work(task(target), tmp_path / "a"))
    assert [t.name for t in kept.tables] == ["public.orders"]
    assert kept.revision == git(repository, "rev-parse", "old")
    head = audited(work(task(replace(target, ref="")), tmp_path / "b"))
    assert [t.name for t in head.tables] == ["public.orders", "public.items"]
    assert not list((tmp_path / "a").iterdir())
    assert str(tmp_path) not in json.dumps(kept.value)


@pytest.mark.parametrize(
    ("target", "reason", "message"),
    [
        (Target("a", "folder", "/nowhere/at/all", "a"), "source", "a: is no folder"),
        (Target("a", "git", "/nowhere/at/all", "a"), "source", "cannot be fetched"),
        (Target("a", "database", "CTB_TEST_UNSET", "a"), "source", "CTB_TEST_UNSET is not set"),
    ],
)
def test_what_is_not_there_fails_and_says_so(
    tmp_path: Path, target: Target, reason: str, message: str
) -> None:
    outcome = work(task(target), tmp_path)
    assert isinstance(outcome, Failed)
    assert outcome.reason == reason and message in outcome.message


def test_a_missing_folder_of_a_repository(repository: Path, tmp_path: Path) -> None:
    outcome = work(task(Target("o", "git", str(repository), "o", folder="sql")), tmp_path)
    assert outcome == Failed("source", "o: has no folder sql; correct folder, or ref")


@pytest.mark.parametrize(
    "value", ["postgresql://u:hunter2@127.0.0.1:1/d", "hunter2://x", "hunter2"]
)
def test_the_value_of_a_variable_reaches_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("CTB_TEST_URL", value)
    outcome = work(task(Target("d", "database", "CTB_TEST_URL", "env:CTB_TEST_URL")), tmp_path)
    assert isinstance(outcome, Failed)
    assert "hunter2" not in outcome.message and "CTB_TEST_URL" in outcome.message


@pytest.mark.parametrize(
    ("name", "content", "reason", "message"),
    [
        ("ctb.toml", b"fail_undre = 3", "configuration", "fail_undre: unknown key"),
        ("x.sql", b"PGDMP\x00\x01", "source", "a pg_dump archive"),
        ("x.txt", b"nothing", "source", "holds nothing to audit"),
    ],
)
def test_what_cannot_be_audited_fails_and_names_no_path_of_the_machine(
    tmp_path: Path, name: str, content: bytes, reason: str, message: str
) -> None:
    folder = tmp_path / "target"
    folder.mkdir()
    (folder / name).write_bytes(content)
    outcome = work(task(folder_target(folder)), tmp_path / "work")
    assert isinstance(outcome, Failed)
    assert outcome.reason == reason and message in outcome.message
    assert str(tmp_path) not in outcome.message


def test_a_defect_of_ours_is_an_outcome_too(
    estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("ctb_audit.fleet.work.pack", broken)
    outcome = work(task(folder_target(estate / "billing")), tmp_path)
    assert outcome == Failed("internal", "internal error: ZeroDivisionError: by zero")


# ---- what was audited already --------------------------------------------------------------------


def inputs(outcome: Outcome) -> str:
    assert isinstance(outcome, Audited)
    return outcome.inputs


def test_the_same_inputs_are_not_audited_again(estate: Path, tmp_path: Path) -> None:
    target = folder_target(estate / "users")
    known = inputs(work(task(target), tmp_path))
    assert work(task(target, known=known), tmp_path) == Unchanged(known)


@pytest.mark.parametrize(
    "change", ["schema", "new file", "configuration", "day", "standard", "gate"]
)
def test_other_inputs_are_audited_again(estate: Path, tmp_path: Path, change: str) -> None:
    folder = estate / "users"
    target = folder_target(folder)
    known = inputs(work(task(target), tmp_path))
    settings = Settings(DAY, RUN)
    match change:
        case "schema":
            with (folder / "schema.sql").open("a") as file:
                file.write(SQL.format("more"))
        case "new file":
            (folder / "notes.txt").write_text("a document may name it")
        case "configuration":
            (folder / "ctb.toml").write_text("fail_under = 3\n")
        case "day":
            settings = replace(settings, day=date(2027, 1, 1))
        case "standard":
            settings = replace(settings, standard="ctb-1.3")
        case "gate":
            settings = replace(settings, fail_under=99)
    again = work(Task(target, settings, 60, known), tmp_path)
    assert inputs(again) != known


def test_a_repository_that_did_not_move_is_not_fetched(
    repository: Path, tmp_path: Path, git: Git, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("o", "git", str(repository), "o", ref="main")
    known = inputs(work(task(target), tmp_path))
    assert work(task(target, known=known), tmp_path) == Unchanged(known)
    git(repository, "commit", "--allow-empty", "-qm", "three")
    assert inputs(work(task(target, known=known), tmp_path)) != known


def test_a_live_database_counts_for_its_run_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("d", "database", "CTB_TEST_UNSET", "d")
    from ctb_audit.fleet.inputs import digest_of

    same = digest_of(task(target), RUN)
    assert work(task(target, known=same), tmp_path) == Unchanged(same)
    other = Task(target, Settings(DAY, "another"), 60, same)
    assert isinstance(work(other, tmp_path), Failed)


def test_settings_of_the_fleet_lie_over_those_of_the_target(estate: Path, tmp_path: Path) -> None:
    settings = Settings(DAY, RUN, select=("unindexed-status",), fail_under=100)
    kept = audited(work(Task(folder_target(estate / "users"), settings, 60), tmp_path))
    assert set(kept.rules) == {"unindexed-status"}
    assert not kept.gate_passed and kept.gate.fail_under == 100
