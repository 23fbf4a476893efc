"""Carries out a remediation: plan, prove, write, report, log."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ctb_audit.audit import AuditSettings
from ctb_audit.cli.output import show, write_file
from ctb_audit.config import Config
from ctb_audit.errors import IncompleteError, ScratchError, UsageError
from ctb_audit.model import Catalog

if TYPE_CHECKING:
    from ctb_audit.remedy.change import Plan
    from ctb_audit.remedy.elsewhere import Elsewhere
    from ctb_audit.remedy.layouts import File
    from ctb_audit.remedy.plan import Wanted
    from ctb_audit.remedy.prove import Proof
    from ctb_audit.remedy.script import Script

DEFAULT_FOLDER = Path("remediation")
SYSTEMS = ("postgresql", "bigquery", "firestore")
"""Those whose findings are repaired."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The command's own options; their defaults are the command line's."""

    at: datetime
    folder: Path = DEFAULT_FOLDER
    layout: str = "psql"
    only: str | None = None
    levels: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    values: dict[str, str] = field(default_factory=dict)
    rows: int = 1000
    empty: bool = False
    dry_run: bool = False
    force: bool = False
    copy: str | None = None
    log: bool = False
    systems: tuple[str, ...] = SYSTEMS


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was planned and proven, and what came of it. `problem`: why there is no proof;
    `files` are those of the plan and of `others`, `written` those on disk. `score` is that of all
    of it.
    """

    plan: "Plan"
    proof: "Proof | None"
    problem: str
    files: "Sequence[File]"
    written: Sequence[Path]
    others: "tuple[Elsewhere, ...]" = ()
    score: int | None = None

    @property
    def whole(self) -> bool:
        """Nothing was to be done, or all of it is proven."""
        held = not self.plan.changes or (self.proof is not None and self.proof.holds)
        return held and all(other.holds for other in self.others)


class Remediation:
    """One run: plan, prove, write; report and log. `audited`: URLs of the live sources; `folders`:
    where the paths that sources show begin.
    """

    def __init__(
        self,
        catalogs: Sequence[Catalog],
        config: Config,
        settings: AuditSettings,
        asked: Asked,
        *,
        audited: tuple[str, ...] = (),
        folders: tuple[Path, ...] = (),
    ) -> None:
        self._folders = folders or (config.root,)
        self._audited = audited
        self._catalogs = tuple(catalogs)
        self._config = config
        self._settings = settings
        self._asked = asked

    def run(self) -> int:
        done = self.carry_out()
        self._report(done)
        self._log(done)
        return 0 if done.whole else IncompleteError.exit_code

    def carry_out(self) -> Outcome:
        """Plans, proves, and writes the files unless the proof fails or nothing may be written."""
        from ctb_audit.remedy.elsewhere import told_apart
        from ctb_audit.remedy.layouts import files_of

        others = self._others()
        more = tuple(file for other in others for file in other.files)
        plan = told_apart(self._plan(), others)
        own = files_of(self._asked.layout, self._scripts(plan), self._asked.at)
        self._require_room((*own, *more))
        proof, problem = self._proof(plan) if plan.changes else (None, "")
        plan = _provable(plan, proof)
        own = files_of(self._asked.layout, self._scripts(plan), self._asked.at)
        files = (*(own if proof is not None else map(_marked, own)), *more)
        failed = proof is not None and bool(proof.failures)
        written: Sequence[Path] = ()
        if not failed and not self._asked.dry_run:
            written = self._write(files)
        score = self._score(plan, others)
        return Outcome(plan, proof, problem, files, written, others, score)

    def _others(self) -> "tuple[Elsewhere, ...]":
        from ctb_audit.cli.remediate_elsewhere import remedies_elsewhere

        judged = (self._config, self._settings)
        return remedies_elsewhere(self._catalogs, judged, self._asked, self._folders)

    def _score(self, plan: "Plan", others: "Sequence[Elsewhere]") -> int | None:
        """That of the audit once all files are applied."""
        if not any(other.files for other in others):
            return plan.score_after
        from ctb_audit.audit import audit_catalogs
        from ctb_audit.remedy.apply import applied

        catalogs = applied(others[-1].catalogs, plan.changes)
        return audit_catalogs(catalogs, self._config, self._settings).score

    def _scripts(self, plan: "Plan") -> "tuple[Script, ...]":
        from ctb_audit.remedy.script import scripts_of

        scripts = scripts_of(plan, empty=self._asked.empty)
        if self._asked.only == "review":  # they build on the safe ones, which are proven with them
            return tuple(s for s in scripts if s.safety == "review")
        return scripts

    def _plan(self) -> "Plan":
        from ctb_audit.remedy.plan import plan_remedies

        wanted = replace(wanted_of(self._asked), unasked=True)
        plan = plan_remedies(self._catalogs, self._config, self._settings, wanted)
        if self._asked.only == "safe":
            return replace(plan, changes=plan.of("safe"), score_after=plan.score_safe)
        return plan

    def _proof(self, plan: "Plan") -> tuple["Proof | None", str]:
        """The proof, or why there is none."""
        from ctb_audit.remedy.prove import Case, newest_server, prove, prove_on_copy

        case = Case(
            self._catalogs,
            self._config,
            self._settings,
            plan,
            rows=self._asked.rows,
            empty=self._asked.empty,
        )
        copy = self._copy()
        proof: Proof | None = None
        problem = ""
        try:
            with newest_server() as server:
                proof = prove(server, case)
        except ScratchError as error:
            problem = str(error)
        if copy and (proof is None or not proof.failures):
            proof = _both(proof, prove_on_copy(copy, case, self._audited))
        return proof, problem

    def _copy(self) -> str:
        """The URL of the copy, "" for none; refused where it is one of the audited databases."""
        from ctb_audit.remedy.prove import require_copy
        from ctb_audit.sources.postgres.connect import display_url

        url = self._asked.copy or ""
        if url and display_url(url) in {c.source for c in self._catalogs}:
            raise UsageError("--verify-against", "is an audited database", "name a copy of it")
        if url:
            require_copy(url, self._audited)
        return url

    def _require_room(self, files: Sequence["File"]) -> None:
        """Raises UsageError where a file to write is there already."""
        if self._asked.force or self._asked.dry_run:
            return
        there = [file.path for file in files if (self._asked.folder / file.path).exists()]
        if there:
            name = str(self._asked.folder / there[0])
            raise UsageError(name, "is there already", "use --force to write over it")

    def _write(self, files: Sequence["File"]) -> Sequence[Path]:
        """All files, or none where one of them is there already."""
        self._require_room(files)
        paths = [self._asked.folder / file.path for file in files]
        for path, file in zip(paths, files, strict=True):
            write_file(path, file.text)
        return paths

    def _report(self, done: Outcome) -> None:
        from ctb_audit.report.elsewhere import elsewhere_lines
        from ctb_audit.report.remediation import remediation_lines

        if self._asked.dry_run:
            for file in done.files:
                click.echo(f"-- {file.path}\n{file.text}")
        paths = [str(path) for path in done.written]
        told = [line for other in done.others for line in elsewhere_lines(other)]
        show([*told, *remediation_lines(done.plan, done.proof, done.problem, paths)])

    def _log(self, done: Outcome) -> None:
        from ctb_audit.cli.remediation_log import log_remediation

        if self._config.log == "none" or self._asked.dry_run:
            return
        outcome = (replace(done.plan, score_after=done.score), done.proof)
        audited = (self._catalogs, self._config, self._settings)
        log_remediation(*audited, outcome, done.written, others=done.others)


def _marked(file: "File") -> "File":
    """The file with a first line that says that nothing tried it."""
    comment = "#" if file.path.endswith((".py", ".conf", ".add")) else "--"
    return replace(file, text=f"{comment} UNPROVEN: no scratch server tried this\n{file.text}")


def wanted_of(asked: Asked) -> "Wanted":
    """The findings of the tables and levels that were asked for."""
    from ctb_audit.remedy.plan import Wanted

    def concerns(table: str, level: str | None) -> bool:
        named = not asked.tables or any(names(p, table) for p in asked.tables)
        return named and (not asked.levels or level in asked.levels)

    return Wanted(
        findings=lambda f: f.system in asked.systems and concerns(f.table, f.level),
        values=asked.values,
        tables=lambda s: s.system in asked.systems and concerns(str(s.name), s.level),
        log=asked.log,
    )


def names(pattern: str, table: str) -> bool:
    """Whether a pattern of `--table` names a table, with its schema or without."""
    return fnmatchcase(table, pattern) or fnmatchcase(table.rpartition(".")[2], pattern)


def _provable(plan: "Plan", proof: "Proof | None") -> "Plan":
    """Without the changes of tables that the scratch server could not load."""
    if proof is None or not proof.unproven:
        return plan
    kept = (c for c in plan.changes if c.table not in proof.unproven)
    return replace(plan, changes=tuple(kept))


def _both(scratch: "Proof | None", copy: "Proof") -> "Proof":
    return copy if scratch is None else replace(scratch, copy=copy.copy)
