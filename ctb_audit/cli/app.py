"""The group of commands, each in its own module and imported only when it runs."""

import os
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from io import StringIO

import click

from ctb_audit.cli import UNDELIVERED, UNREAD
from ctb_audit.cli.interrupts import INTERRUPTED, MESSAGE, raising
from ctb_audit.errors import CtbError, IncompleteError

COMMANDS: dict[str, tuple[str, str]] = {
    "audit": ("ctb_audit.cli.audit:audit_command", "Judge schemas against the standard."),
    "inspect": ("ctb_audit.cli.inspect:inspect_command", "Print the catalog a source describes."),
    "drift": ("ctb_audit.cli.drift:drift_command", "Compare sources object by object."),
    "remediate": (
        "ctb_audit.cli.remediate:remediate_command",
        "Write migrations that repair, once proven.",
    ),
    "baseline": ("ctb_audit.cli.baseline:baseline_command", "Keep the file of known findings."),
    "init": ("ctb_audit.cli.init:init_command", "Adopt the standard in a repository."),
    "reference": (
        "ctb_audit.cli.reference:reference_command",
        "Write a schema reference, or keep one true.",
    ),
    "report": ("ctb_audit.cli.report:report_command", "Report an audit that ran before."),
    "history": ("ctb_audit.cli.history:history_command", "List what the compliance log holds."),
    "rules": ("ctb_audit.cli.rules:rules_command", "List the rules of a standard."),
    "tag": ("ctb_audit.cli.tag:tag_command", "Write the CTB headers of files."),
    "id": ("ctb_audit.cli.id:id_command", "Make, check and take apart identifiers."),
    "serve": ("ctb_audit.cli.serve:serve_command", "Serve audits over HTTP, with an API key."),
    "doctor": ("ctb_audit.cli.doctor:doctor_command", "Show what ctb has to work with here."),
    "fleet": ("ctb_audit.cli.fleet:fleet_command", "Audit many targets as one estate."),
    "explain": ("ctb_audit.cli.explain:explain_command", "Explain one rule with its examples."),
}


class Commands(click.Group):
    """A click group whose commands are imported by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        found = getattr(import_module(module), attribute)
        assert isinstance(found, click.Command)
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, n=1)
            if not near or near[0] in error.message:
                raise
            hint = f"{error.message} Did you mean {near[0]!r}?"
            raise click.UsageError(hint, ctx) from None


@click.command(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 the gate passes, 1 it does not, 2 usage or configuration, 3 incomplete.",
)
@click.version_option(package_name="ctb-audit", prog_name="ctb", message="%(prog)s %(version)s")
def cli() -> None:
    """Audit how far an organisation's schemas keep its own standard."""


def run(arguments: Sequence[str]) -> int:
    """Run one command; every error a user can meet ends in one line and its exit code."""
    try:
        with raising():
            found = cli.main(args=list(arguments), prog_name="ctb", standalone_mode=False)
    except (KeyboardInterrupt, click.Abort):
        _say(MESSAGE)
        return INTERRUPTED
    except click.ClickException as error:
        from ctb_audit.cli.completion import suggested

        shown = StringIO()
        suggested(error).show(shown)
        with suppress(OSError):
            click.echo(_harmless(shown.getvalue()), nl=False, err=True)
        return 2
    except SystemExit:  # click's way of telling a broken pipe
        return UNREAD
    except Exception as error:
        return _ended(error)
    return found if isinstance(found, int) else 0


def _ended(error: Exception) -> int:
    """The exit code of an error, after its one line."""
    match error:
        case click.exceptions.Exit(exit_code=code):
            return int(code)
        case CtbError(exit_code=code):
            _say(str(error))
            return code
        case OSError():
            place = error.filename or "output"
            _say(f"{place}: {error.strerror or error}")
            return UNDELIVERED
        case RecursionError() | MemoryError():
            name = type(error).__name__
            _say(f"the input is too deep or too large ({name})")
            return IncompleteError.exit_code
        case _:
            return _unforeseen(error)


def _unforeseen(error: Exception) -> int:
    """A defect of ours: one line, the traceback only where it is asked for."""
    if os.environ.get("CTB_DEBUG"):
        from traceback import format_exception

        click.echo(_harmless("".join(format_exception(error))), err=True)
        return IncompleteError.exit_code
    _say(
        f"internal error: {type(error).__name__}: {error}; "
        "run again with CTB_DEBUG=1 for the traceback and report it"
    )
    return IncompleteError.exit_code


def _say(text: str) -> None:
    """One line on stderr, which may be closed or full."""
    with suppress(OSError):
        click.echo(f"ctb: {_harmless(text)}", err=True)


def _harmless(text: str) -> str:
    """Without passwords and without what a terminal obeys, which names of files may hold."""
    from ctb_audit.redaction import redacted
    from ctb_audit.report.inert import inert

    lines = redacted(text).split("\n")
    return "\n".join("\t".join(map(inert, line.split("\t"))) for line in lines)
