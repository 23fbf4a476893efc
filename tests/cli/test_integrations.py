"""The hooks, the action and the workflows: held by other tools, their steps run as scripts."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from ctb_audit import __version__
from ctb_audit.adoption import hooks_text, workflow_text

Ctb = Callable[..., subprocess.CompletedProcess[str]]
REPOSITORY = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((REPOSITORY / "examples" / "workflows").glob("*.yml"))
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Action and workflows where GitHub looks for them."""
    root = tmp_path_factory.mktemp("repository")
    folder = root / ".github" / "workflows"
    folder.mkdir(parents=True)
    for path in WORKFLOWS:
        shutil.copy(path, folder)
    (folder / "init.yml").write_text(workflow_text())
    shutil.copy(REPOSITORY / "action.yml", root)
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    return root


def tool(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        cwd=root, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_actionlint_accepts_the_workflows(repository: Path) -> None:
    done = tool(repository, "actionlint")
    assert (done.returncode, done.stdout) == (0, "")


def test_zizmor_accepts_workflows_and_action(repository: Path) -> None:
    done = tool(repository, "zizmor", "--offline", "--no-progress", ".")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ("vendor.github-workflows", ".github/workflows/*.yml"),
        ("vendor.github-actions", "action.yml"),
    ],
)
def test_the_published_schemas_accept_them(repository: Path, schema: str, pattern: str) -> None:
    files = [str(path) for path in repository.glob(pattern)]
    done = tool(repository, "check-jsonschema", "--builtin-schema", schema, *files)
    assert done.returncode == 0, done.stdout


def loaded(path: Path) -> Any:
    return YAML(typ="safe").load(path.read_text())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_workflows_are_pinned_and_keep_foreign_text_out_of_the_shell(path: Path) -> None:
    workflow = loaded(path)
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")
            if "uses" in step:
                assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", step["uses"])
    assert all(
        v == __version__ for v in re.findall(r"ctb-audit(?:\[\w+\])?==([\d.]+)", path.read_text())
    )


def test_the_hooks_run_once_and_without_file_names() -> None:
    hooks = loaded(REPOSITORY / ".pre-commit-hooks.yaml")
    assert [h["id"] for h in hooks] == ["ctb-audit", "ctb-reference-check", "ctb-tag"]
    for hook in hooks:
        assert (hook["pass_filenames"], hook["require_serial"]) == (False, True)
        assert hook["entry"].startswith("ctb ")
    ours = YAML(typ="safe").load(hooks_text(None))["repos"][0]["hooks"][0]
    assert ours["entry"] == hooks[0]["entry"]


# ---- steps as scripts ----------------------------------------------------------------------------


class Runner:
    """Runs steps of a job as GitHub's runner does: bash, files for outputs and summary."""

    def __init__(self, work: Path, temporary: Path) -> None:
        self.work = work
        self.temporary = temporary
        for folder in (work, temporary / "bin", temporary / "ctb-venv" / "bin"):
            folder.mkdir(parents=True, exist_ok=True)
        for place in (temporary / "bin", temporary / "ctb-venv" / "bin"):
            script = place / "ctb"
            script.write_text(f'#!/bin/sh\nexec {sys.executable} -m ctb_audit.cli "$@"\n')
            script.chmod(0o755)
        (temporary / "ctb-venv" / "bin" / "python").symlink_to(sys.executable)

    def run(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        files = {
            name: str(self.temporary / name.lower())
            for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.work,
            env={
                **os.environ,
                **files,
                "PATH": f"{self.temporary / 'bin'}:{os.environ['PATH']}",
                "RUNNER_TEMP": str(self.temporary),
                **environment,
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def output(self, name: str) -> str:
        lines = (self.temporary / "github_output").read_text().splitlines()
        return [line.partition("=")[2] for line in lines if line.startswith(f"{name}=")][-1]

    @property
    def summary(self) -> str:
        return (self.temporary / "github_step_summary").read_text()


@pytest.fixture
def runner(tmp_path: Path, example: Path) -> Runner:
    return Runner(example, tmp_path / "runner")


def step(path: Path, job: str, name: str) -> dict[str, Any]:
    steps = loaded(path)["jobs"][job]["steps"] if job else loaded(path)["runs"]["steps"]
    found: dict[str, Any] = next(s for s in steps if s.get("name") == name)
    return found


ACTION: dict[str, str] = {
    "CTB_SOURCES": "",
    "CTB_SINCE": "",
    "CTB_FAIL_UNDER": "",
    "CTB_ANNOTATIONS": "true",
    "CTB_SUMMARY": "true",
    "CTB_OUTPUT_DIR": "ctb-reports",
}


def test_the_steps_of_the_action_run(runner: Runner) -> None:
    script = step(REPOSITORY / "action.yml", "", "Audit")["run"]
    done = runner.run(script, **{**ACTION, "CTB_FAIL_UNDER": "99"})
    audit = json.loads((runner.work / "ctb-reports/ctb.json").read_text())
    assert done.returncode == 1
    assert done.stdout.count("::error ") > 10
    assert (runner.output("score"), runner.output("passed")) == (str(audit["score"]), "false")
    assert Path(runner.output("sarif")).is_file()
    assert "# Schema audit" in runner.summary
    assert runner.run(script, **{**ACTION, "CTB_FAIL_UNDER": "0"}).returncode == 0


def test_sources_of_the_action_are_lines_and_no_shell(runner: Runner) -> None:
    script = step(REPOSITORY / "action.yml", "", "Audit")["run"]
    evil = {**ACTION, "CTB_SOURCES": "ctb/data\n$(touch harmed); touch harmed\n"}
    done = runner.run(script, **evil)
    assert done.returncode == 3
    assert not (runner.work / "harmed").exists()


def test_the_pull_request_job_annotates_the_change(runner: Runner) -> None:
    def git(*arguments: str) -> None:
        person = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *person, *arguments], cwd=runner.work, check=True)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "base")
    (runner.work / "ctb/data/migrations/neon/2026-01-01_more.sql").write_text(
        "CREATE TABLE more (id int PRIMARY KEY);"
    )
    git("add", "-A")
    git("commit", "-qm", "change")
    script = step(REPOSITORY / "examples/workflows/pull-request.yml", "audit", "Audit the change")
    done = runner.run(script["run"], BASE="HEAD~1")
    assert done.returncode == 1
    annotated = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert annotated
    assert all("public.more" in line or "title=ctb audit" in line for line in annotated)
    assert "The change does not pass" in runner.summary


def test_the_weekly_report_runs_twice_and_says_that_the_score_fell(runner: Runner) -> None:
    path = REPOSITORY / "examples/workflows/weekly-report.yml"
    script = step(path, "report", "Audit")["run"]
    first = runner.run(script, CTB_LOG="")
    assert first.returncode == 0, first.stderr
    assert (runner.output("alarm"), first.stdout.split()[:2]) == ("", ["score", "none"])
    (runner.work / "ctb/data/migrations/neon/2026-01-01_more.sql").write_text(
        "CREATE TABLE more (id int, status text);"
    )
    second = runner.run(script, CTB_LOG="")
    assert second.returncode == 0, second.stderr
    assert re.fullmatch(r"the score fell from \d+ to \d+", runner.output("alarm"))
    before, after = re.findall(r"\d+", runner.output("alarm"))
    reports = runner.work / "reports"
    history = (reports / "history.txt").read_text().splitlines()
    assert [before in history[2], after in history[1]] == [True, True]
    assert {p.name for p in reports.iterdir()} == {
        "ctb.html", "ctb.md", "ctb.json", "ctb.svg", "history.txt",
    }  # fmt: skip
    drift = step(path, "report", "Drift")["run"]
    assert "drift is not judged" in runner.run(drift, DATABASE_URL="").stdout
