"""`ctb remediate`: write migrations that repair what an audit found, once they are proven."""

from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ctb_audit.audit import AuditSettings
from ctb_audit.cli import options
from ctb_audit.cli.remediation import DEFAULT_FOLDER, SYSTEMS, Asked, Remediation, wanted_of
from ctb_audit.cli.server import loading
from ctb_audit.errors import UsageError
from ctb_audit.model import Catalog
from ctb_audit.standard import LEVELS

if TYPE_CHECKING:
    from ctb_audit.sources.scripts import LiveReader

LAYOUTS = ("psql", "dbmate", "flyway", "sqitch", "golang-migrate", "supabase", "alembic")


@click.command(
    "remediate",
    epilog="Example: ctb remediate migrations --only safe --output-dir proposals; before a table"
    " ships: ctb remediate schema.sql --in-place --dry-run",
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
    "--system",
    "systems",
    multiple=True,
    type=click.Choice(SYSTEMS),
    help="Only tables of this system; repeatable.",
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
@click.option(
    "--via-postgres",
    is_flag=True,
    help="Run PostgreSQL DDL on a scratch server and repair what that makes of it.",
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
    from ctb_audit.cli.sources import own_folder, read_sources, source_folders

    in_place = values.pop("in_place")
    unshipped, ref = values.pop("unshipped"), values.pop("shipped_ref")
    if (unshipped or ref) and not in_place:
        raise UsageError("--unshipped, --shipped-ref", "need --in-place", "add it")
    via_postgres = values.pop("via_postgres")
    if via_postgres and in_place:
        raise UsageError("--via-postgres", "does not go with --in-place", "leave one out")
    asked = _asked(values)
    settings = AuditSettings(today=options.day(values.pop("today")))
    config = options.configured(values, own_folder(sources))
    if in_place:
        from ctb_audit.cli.remediate_in_place import InPlace, edit_sources

        run = (config, settings, values)
        return edit_sources(sources, run, asked, InPlace(unshipped, ref), wanted_of(asked))
    audited: list[str] = []
    with loading(via_postgres) as server:
        through = server.load if server else None
        loaded = read_sources(sources, config, values, live=_noting(audited), through=through)
    folders = source_folders(sources, config)
    remediation = Remediation(
        loaded.catalogs, config, settings, asked, audited=tuple(audited), folders=folders
    )
    return remediation.run()


def _noting(urls: list[str]) -> "LiveReader":
    """Reads live databases and notes where they are, which no report may say."""

    def read(url: str, **options: Any) -> Catalog:
        from ctb_audit.sources.postgres import read_live

        urls.append(url)
        return read_live(url, **options)

    return read


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
        systems=values.pop("systems") or SYSTEMS,
    )


def _pair(text: str) -> tuple[str, str]:
    role, equals, value = text.partition("=")
    if not equals or not role or not value:
        raise UsageError(f"--value {text}", "is no ROLE=VALUE", "write e.g. orbt_layer=2")
    return role, value
