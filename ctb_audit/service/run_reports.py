"""The reports of taggings and remediations in Markdown, and what was done in short."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ctb_audit.cli.remediation import Outcome as Remedied
from ctb_audit.cli.tag_run import Outcome as Tagged
from ctb_audit.report.inert import inert, inert_code, inert_markdown
from ctb_audit.report.remediation import remediation_lines
from ctb_audit.report.terminal import plain
from ctb_audit.service.job import Job

if TYPE_CHECKING:
    from ctb_audit.remedy.layouts import File


def tagging_report(job: Job, outcome: Tagged) -> str:
    """What was changed, and why the rest was not."""
    plan, failed = outcome.plan, {**outcome.seen.refused, **outcome.failed}
    lines = [
        *_head(job, "Tagging"),
        f"{len(plan.changes) - len(outcome.failed)} changed, {len(plan.kept)} as they should be, "
        f"{len(plan.skipped)} skipped, {len(failed)} not written.",
        "",
    ]
    changed = {c.path: c.what for c in plan.changes if c.path not in outcome.failed}
    lines += _section("Changed", changed)
    lines += _section("Not written", failed)
    lines += _section("Skipped", plan.skipped)
    return "\n".join(lines)


def remediation_report(job: Job, outcome: Remedied) -> str:
    """The plan, the proof, and the files whole."""
    paths = [path.as_posix() for path in outcome.written]
    told = plain(remediation_lines(outcome.plan, outcome.proof, outcome.problem, paths))
    lines = [*_head(job, "Remediation"), *_fenced("text", told)]
    for file in outcome.files:
        lines += [f"## {inert_markdown(file.path)}", "", *_fenced(_language(file), file.text)]
    return "\n".join(lines)


def actions_of(outcome: Remedied, *, dry_run: bool) -> list[str]:
    """One line for each file."""
    proven = "proven" if outcome.proof is not None and outcome.proof.holds else "unproven"
    if dry_run:
        return [f"would write {file.path} ({proven})" for file in outcome.files]
    return [f"wrote {path.as_posix()} ({proven})" for path in outcome.written]


def _head(job: Job, title: str) -> Iterator[str]:
    yield from (f"# {title} {job.log_id}", "")
    yield f"Asked for by {inert_markdown(job.by)} under {inert_markdown(job.heir_id)}."
    yield ""


def _section(title: str, paths: Mapping[str, str]) -> Iterator[str]:
    if paths:
        yield from (f"## {title}", "")
        yield from (f"- {inert_code(p)}: {inert_markdown(why)}" for p, why in paths.items())
        yield ""


def _fenced(language: str, text: str) -> Iterator[str]:
    """A code block that nothing in the text ends."""
    fence = "```"
    while fence in text:
        fence += "`"
    yield f"{fence}{language}"
    yield from (inert(line) for line in text.rstrip("\n").split("\n"))
    yield from (fence, "")


def _language(file: "File") -> str:
    return "python" if file.path.endswith(".py") else "sql"
