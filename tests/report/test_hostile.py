"""Names and comments of other people come out inert in every format."""

import json
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from ctb_audit.report.context import ReportContext
from ctb_audit.report.formats import FORMATS, PAGES, formatters
from ctb_audit.result import Audit

ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def rendered(audit: Audit, context: ReportContext, name: str) -> str:
    return formatters(audit, verbose=True, context=lambda: context)[name]()


@pytest.mark.parametrize("name", [*FORMATS, *PAGES])
def test_no_format_holds_a_mark_that_a_terminal_or_a_reader_obeys(
    hostile: Audit, hostile_context: ReportContext, name: str
) -> None:
    text = rendered(hostile, hostile_context, name)
    assert not ACTIVE.search(text)
    assert "owned" in text or name in ("badge", "summary")


class Page(HTMLParser):
    """Elements, attributes and scripts as a browser finds them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.scripts = 0
        self.handlers: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.links += [v or "" for name, v in attrs if name in ("href", "src", "action", "data")]


def test_the_page_runs_its_own_script_alone(hostile: Audit, hostile_context: ReportContext) -> None:
    page = Page()
    text = rendered(hostile, hostile_context, "html")
    page.feed(text)
    assert page.scripts == 1
    assert page.handlers == []
    assert not page.tags & {"img", "iframe", "object", "embed", "form\x1b"}
    assert all(link.startswith("#") or link == "data:," for link in page.links)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


@pytest.mark.parametrize("name", ["markdown", "summary"])
def test_markdown_renders_no_link_image_or_element_of_others(
    hostile: Audit, hostile_context: ReportContext, name: str
) -> None:
    text = rendered(hostile, hostile_context, name)
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    page = Page()
    page.feed(html)
    assert page.links == [] and page.scripts == 0
    assert set(page.handlers) <= {"style"}  # the alignment of a column
    assert not page.tags & {"img", "a", "script", "em"}
    assert page.tags <= {
        *("table", "thead", "tbody", "tr", "th", "td", "h1", "h2", "h3", "p", "ul", "li"),
        *("code", "strong", "details", "summary", "br"),
    }


def test_every_row_of_a_markdown_table_has_its_columns(
    hostile: Audit, hostile_context: ReportContext
) -> None:
    for line in rendered(hostile, hostile_context, "summary").splitlines():
        if line.startswith("| HIGH") or line.startswith("| LOW"):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5


def test_json_says_what_the_names_are(hostile: Audit, hostile_context: ReportContext) -> None:
    value = json.loads(rendered(hostile, hostile_context, "json"))
    assert {t["name"] for t in value["tables"]} == {t.name for t in hostile.tables}
