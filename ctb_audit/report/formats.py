"""The formats of an audit by name; each is imported only when it is asked for."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from ctb_audit.report.inert import inert_json
from ctb_audit.result import Audit

if TYPE_CHECKING:
    from ctb_audit.report.context import ReportContext

FORMATS = ("terminal", "json", "markdown", "sarif", "junit", "github", "gitlab", "badge")


PAGES = ("html", "summary")
"""Formats that show the past, the plan and the sources' lines too."""


def formatters(
    audit: Audit,
    *,
    verbose: bool = False,
    templates: Path | None = None,
    context: "Callable[[], ReportContext] | None" = None,
) -> Mapping[str, Callable[[], str]]:
    """One function without arguments for each of `FORMATS`, and with a context of `PAGES`."""

    def terminal() -> str:
        from ctb_audit.report.terminal import audit_lines, plain

        return plain(audit_lines(audit, verbose=verbose))

    def json() -> str:
        from ctb_audit.report.audit_json import audit_json

        return audit_json(audit)

    def markdown() -> str:
        from ctb_audit.report.markdown import audit_markdown

        return audit_markdown(audit, templates)

    pages = {} if context is None else _pages(audit, context, templates)
    return {"terminal": terminal, "json": json, "markdown": markdown, **pages, **_machines(audit)}


def _pages(
    audit: Audit, context: "Callable[[], ReportContext]", templates: Path | None
) -> Mapping[str, Callable[[], str]]:
    def html() -> str:
        from ctb_audit.report.html import audit_html

        return audit_html(audit, context(), templates)

    def summary() -> str:
        from ctb_audit.report.summary import audit_summary

        return audit_summary(audit, context(), templates)

    return {"html": html, "summary": summary}


def _machines(audit: Audit) -> Mapping[str, Callable[[], str]]:
    """What other programs read."""

    def sarif() -> str:
        from ctb_audit.report.sarif import audit_sarif

        return inert_json(audit_sarif(audit))

    def junit() -> str:
        from ctb_audit.report.junit import audit_junit

        return audit_junit(audit)

    def github() -> str:
        from ctb_audit.report.github import audit_github

        return audit_github(audit)

    def gitlab() -> str:
        from ctb_audit.report.gitlab import audit_gitlab

        return inert_json(audit_gitlab(audit))

    def badge() -> str:
        from ctb_audit.report.badge import audit_badge

        return audit_badge(audit)

    return {"sarif": sarif, "junit": junit, "github": github, "gitlab": gitlab, "badge": badge}
