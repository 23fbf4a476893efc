"""What shells are told while a user types, and what a user is told who mistyped."""

from collections.abc import Iterator

import click

from ctb_audit.wording import did_you_mean


def rule_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Rules and topics of the standard that is named on the line or configured."""
    return sorted(name for name in _rules(context) if name.startswith(begun))


def standard_names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """The built-in standards."""
    from ctb_audit.rulebook.load import standard_ids

    return [name for name in standard_ids() if name.startswith(begun)]


def suggested(error: click.ClickException) -> click.ClickException:
    """The error with the nearest of the values that an option or argument takes."""
    if not isinstance(error, click.BadParameter) or error.param is None:
        return error
    choices = error.param.type.choices if isinstance(error.param.type, click.Choice) else ()
    given = error.message.partition("'")[2].partition("'")[0]
    hint = did_you_mean(given, map(str, choices)) if given and choices else ""
    if not hint:
        return error
    message = f"{error.message.rstrip('.')}{hint}"
    return click.BadParameter(message, error.ctx, error.param, error.param_hint)


def _rules(context: click.Context) -> Iterator[str]:
    """Nothing where the configuration cannot be read: completing is no place for errors."""
    from ctb_audit.config import load_config
    from ctb_audit.errors import CtbError
    from ctb_audit.rulebook.load import DEFAULT_STANDARD, load_standard

    try:
        config = load_config(context.params.get("config"))
        standard = load_standard(
            context.params.get("standard") or config.standard or DEFAULT_STANDARD,
            rule_folders=config.rules,
            standard_folders=config.standards,
        )
    except CtbError:
        return
    yield from standard.rules
    if context.command.name != "explain":
        yield from {rule.topic for rule in standard.rules.values()}
