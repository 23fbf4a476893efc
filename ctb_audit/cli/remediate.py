"""`ctb remediate`: write migrations that repair what an audit found, once they are proven."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.audit import AuditSettings
from ctb_audit.cli import options
from ctb_audit.cli.output import show, write_file
from ctb_audit.config import Config
from ctb_audit.errors import IncompleteError, ScratchError, UsageError
from ctb_audit.model import Catalog
from ctb_audit.standard import LEVELS

if TYPE_CHECKING:
    from ctb_audit.remedy.change import Plan
    from ctb_audit.remedy.layouts import File
    from ctb_audit.remedy.plan import Wanted
    from ctb_audit.remedy.prove import Proof

LAYOUTS = ("psql", "dbmate", "flyway", "sqitch", "golang-migrate", "supabase", "alembic")
DEFAULT_FOLDER = Path("remediation")


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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was planned and proven, and what came of it. `problem`: why there is no proof;
    `files` are those of the plan, `written` those on disk.
    """

    plan: "Plan"
    proof: "Proof | None"
    problem: str
    files: "Sequence[File]"
    written: Sequence[Path]

    @property
    def whole(self) -> bool:
        """Nothing was to be done, or all of it is proven."""
        return not self.plan.changes or (self.proof is not None and self.proof.holds)


@click.command(
    "remediate", epilog="Example: ctb remediate migrations --only safe --output-dir proposals"
)
@click.argument("sources", nargs=-1, metavar="[SOURCE]...")
@options.source_options
@options.rule_options
@options.log_options
@options.today_option
@click.option(
    "--output-dir",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help=f"Folder of the files; default: {DEFAULT_FOLDER}.",
)
@click.option(
    "--layout",
    type=click.Choice(LAYOUTS),
    default="psql",
    help="Whose files to write; default: plain ones for psql -f.",
)
@click.option(
    "--only",
    type=click.Choice(["safe", "review"]),
    help="Only what needs no decision, or only what does.",
)
@click.option(
    "--level",
    "levels",
    multiple=True,
    type=click.Choice(LEVELS, case_sensitive=False),
    help="Only tables of this enforcement level; repeatable.",
)
@click.option(
    "--table", "tables", multiple=True, metavar="NAME", help="Only these tables, * allowed."
)
@click.option(
    "--value",
    "values",
    multiple=True,
    metavar="ROLE=VALUE",
    help="What rows hold in a tracking column where no source says, e.g. orbt_layer=2.",
)
@click.option(
    "--empty", is_flag=True, help="No table holds rows: one plain file in place of phases."
)
@click.option(
    "--rows",
    type=click.IntRange(1, 100_000),
    default=1000,
    metavar="N",
    help="Rows in each table of the proof; default 1000.",
)
@click.option(
    "--verify-against",
    metavar="URL",
    help="Also prove on this copy of the database; never name one that is in use.",
)
@click.option(
    "--in-place",
    is_flag=True,
    help="Edit the CREATE TABLE of tables that no migration has shipped, in their own files.",
)
@click.option(
    "--unshipped",
    multiple=True,
    metavar="NAME",
    help="With --in-place: no database has these tables yet, * allowed; repeatable.",
)
@click.option(
    "--shipped-ref",
    metavar="REV",
    help="With --in-place: what has shipped; default: the main branch.",
)
@click.option(
    "--create-log", is_flag=True, help="Also create the compliance log where no source has it."
)
@click.option("--dry-run", is_flag=True, help="Print the SQL and the scores, write no file.")
@click.option("--force", is_flag=True, help="Write over files that exist.")
def remediate_command(sources: tuple[str, ...], **values: Any) -> int:
    """Write migrations that repair what an audit of SOURCEs finds.

    They are tried first, on a scratch server with rows in every table: up, audited, verified, up
    again, down, compared with what was there. Nothing is ever applied to an audited database.
    Safe changes and those that need a decision go to separate files.

    With --in-place nothing is migrated: the files that define tables which no database has yet are
    edited, every other byte of them stays.
    """
    from ctb_audit.cli.sources import own_folder, read_sources

    in_place = values.pop("in_place")
    unshipped, ref = values.pop("unshipped"), values.pop("shipped_ref")
    if (unshipped or ref) and not in_place:
        raise UsageError("--unshipped, --shipped-ref", "need --in-place", "add it")
    asked = _asked(values)
    settings = AuditSettings(today=options.day(values.pop("today")))
    config = options.configured(values, own_folder(sources))
    if in_place:
        from ctb_audit.cli.remediate_in_place import InPlace, edit_sources

        run = (config, settings, values)
        return edit_sources(sources, run, asked, InPlace(unshipped, ref), wanted_of(asked))
    catalogs = read_sources(sources, config, values).catalogs
    return Remediation(catalogs, config, settings, asked).run()


def _asked(values: dict[str, Any]) -> Asked:
    today = values["today"]
    moment = datetime.now(UTC)
    if today is not None:
        moment = datetime.combine(options.day(today), time(), UTC)
    return Asked(
        folder=values.pop("output_dir") or DEFAULT_FOLDER,
        layout=values.pop("layout"),
        only=values.pop("only"),
        levels=tuple(level.upper() for level in values.pop("levels")),
        tables=values.pop("tables"),
        values=dict(_pair(text) for text in values.pop("values")),
        rows=values.pop("rows"),
        empty=values.pop("empty"),
        dry_run=values.pop("dry_run"),
        force=values.pop("force"),
        copy=values.pop("verify_against"),
        at=moment,
        log=values.pop("create_log"),
    )


def _pair(text: str) -> tuple[str, str]:
    role, equals, value = text.partition("=")
    if not equals or not role or not value:
        raise UsageError(f"--value {text}", "is no ROLE=VALUE", "write e.g. orbt_layer=2")
    return role, value


class Remediation:
    """One run: plan, prove, write; report and log."""

    def __init__(
        self,
        catalogs: Sequence[Catalog],
        config: Config,
        settings: AuditSettings,
        asked: Asked,
    ) -> None:
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
        from ctb_audit.remedy.layouts import files_of
        from ctb_audit.remedy.script import scripts_of

        plan = self._plan()
        proof, problem = self._proof(plan) if plan.changes else (None, "")
        plan = _provable(plan, proof)
        scripts = scripts_of(plan, empty=self._asked.empty)
        if self._asked.only == "review":  # they build on the safe ones, which are proven with them
            scripts = tuple(s for s in scripts if s.safety == "review")
        files = files_of(self._asked.layout, scripts, self._asked.at)
        failed = proof is not None and bool(proof.failures)
        written: Sequence[Path] = ()
        if not failed and not self._asked.dry_run:
            written = self._write(files, marked=proof is None)
        return Outcome(plan, proof, problem, files, written)

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
        proof: Proof | None = None
        problem = ""
        try:
            with newest_server() as server:
                proof = prove(server, case)
        except ScratchError as error:
            problem = str(error)
        if self._asked.copy is not None:
            proof = _both(proof, prove_on_copy(self._copy(), case))
        return proof, problem

    def _copy(self) -> str:
        """The URL of the copy; refused where it is one of the audited sources."""
        from ctb_audit.sources.postgres.connect import display_url

        url = self._asked.copy or ""
        if display_url(url) in {c.source for c in self._catalogs}:
            raise UsageError("--verify-against", "is an audited database", "name a copy of it")
        return url

    def _write(self, files: Sequence["File"], *, marked: bool) -> Sequence[Path]:
        """All files, or none where one of them is there already."""
        paths = [self._asked.folder / file.path for file in files]
        there = [path for path in paths if path.exists()]
        if there and not self._asked.force:
            raise UsageError(str(there[0]), "is there already", "use --force to write over it")
        for path, file in zip(paths, files, strict=True):
            comment = "#" if path.suffix in (".py", ".conf") else "--"
            first = f"{comment} UNPROVEN: no scratch server tried this\n" if marked else ""
            write_file(path, first + file.text)
        return paths

    def _report(self, done: Outcome) -> None:
        from ctb_audit.report.remediation import remediation_lines

        if self._asked.dry_run:
            for file in done.files:
                click.echo(f"-- {file.path}\n{file.text}")
        paths = [str(path) for path in done.written]
        show(list(remediation_lines(done.plan, done.proof, done.problem, paths)))

    def _log(self, done: Outcome) -> None:
        from ctb_audit.cli.remediation_log import log_remediation

        if self._config.log == "none" or self._asked.dry_run:
            return
        outcome = (done.plan, done.proof)
        log_remediation(self._catalogs, self._config, self._settings, outcome, done.written)


def wanted_of(asked: Asked) -> "Wanted":
    """The findings of the tables and levels that were asked for."""
    from ctb_audit.remedy.plan import Wanted

    def concerns(table: str, level: str | None) -> bool:
        named = not asked.tables or any(names(p, table) for p in asked.tables)
        return named and (not asked.levels or level in asked.levels)

    return Wanted(
        findings=lambda finding: concerns(finding.table, finding.level),
        values=asked.values,
        tables=lambda subject: concerns(str(subject.name), subject.level),
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
