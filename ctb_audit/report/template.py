"""The jinja2 environment of the reports; a project's own templates come first."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from ctb_audit.errors import ConfigurationError
from ctb_audit.report.inert import inert, inert_code, inert_markdown
from ctb_audit.resources import resource_path


def render(name: str, values: Mapping[str, Any], own: Path | None = None) -> str:
    """The template filled in; ConfigurationError names file and line of a wrong one.

    HTML templates escape everything. A sandbox keeps a template from reaching anything but
    its values.
    """
    from jinja2 import FunctionLoader, StrictUndefined, TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    folders = [folder for folder in (own, resource_path("templates")) if folder]
    environment = ImmutableSandboxedEnvironment(
        loader=FunctionLoader(partial(_template, folders)),
        autoescape=lambda template: bool(template and ".html" in template),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        lstrip_blocks=True,
    )
    environment.filters.update({"md": inert_markdown, "code": inert_code, "inert": inert})
    try:
        return environment.get_template(name).render(values)
    except TemplateError as error:
        place = f"{name}:{getattr(error, 'lineno', None) or 1}"
        raise ConfigurationError(place, str(error), "mend the template") from None


def _template(folders: Sequence[Path], name: str) -> str | None:
    """The first template of that name which lies in its folder, links followed."""
    for folder in folders:
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve()) and path.is_file():
            return path.read_text(encoding="utf-8")
    return None
