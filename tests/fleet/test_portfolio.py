"""The estate in one value and in four formats, all of them inert."""

import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from markdown_it import MarkdownIt

from ctb_audit.errors import UsageError
from ctb_audit.fleet.deliver import row_of
from ctb_audit.fleet.estate import MISSING, portfolio_of
from ctb_audit.fleet.past import past_of
from ctb_audit.fleet.portfolio import Past, Portfolio
from ctb_audit.fleet.portfolio_json import portfolio_json
from ctb_audit.fleet.portfolio_page import portfolio_html, portfolio_markdown
from ctb_audit.fleet.portfolio_terminal import portfolio_lines
from ctb_audit.fleet.rule_change import RuleChange
from ctb_audit.fleet.state import Result
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Audited
from ctb_audit.fleet.work import work
from ctb_audit.log import open_log
from ctb_audit.report.terminal import plain
from ctb_audit.resources import resource_text

from .conftest import DAY, RUN, SQL, folder_target, task

SCHEMA = json.loads(resource_text("rules/portfolio.schema.json"))
HOSTILE = "<script>alert(1)</script>[x](javascript:alert(1))|`*@t\x1b]0;o\x07\u202e"
ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def audited(target: Target, folder: Path, at: datetime, log_id: str) -> Result:
    outcome = work(task(target), folder)
    assert isinstance(outcome, Audited), outcome
    return Result(target.name, RUN, "x", at, log_id, content=outcome.content)


def at(day: int) -> datetime:
    return datetime(2026, 11, day, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Target], list[Result]]:
    """Two teams, three systems; one target failed, one has no result yet, names are hostile."""
    root = tmp_path_factory.mktemp("portfolio")
    targets, results = [], []
    for number, (name, team) in enumerate(
        [("billing", "payments"), ("orders", "payments"), (f"users {HOSTILE}", HOSTILE)]
    ):
        folder = root / str(number)
        folder.mkdir()
        quoted = f'"t{number}{HOSTILE}"'.replace("\x1b", "").replace("\x07", "")
        (folder / "a.sql").write_text(SQL.format(quoted) + SQL.format(f"u{number}"))
        target = replace(folder_target(folder, name), team=team, system=f"s{number}", shown=name)
        targets.append(target)
        results.append(audited(target, root, at(20 + number), f"LOG-{number}"))
    for name in ("archive", "legacy"):
        targets.append(Target(name, "git", "https://h/x", "https://h/x", team="payments"))
    why = f"cannot be fetched: {HOSTILE}"
    results.append(Result("archive", RUN, "", at(22), "LOG-9", reason="source", message=why))
    return targets, sorted(results, key=lambda r: r.name)


CHANGES = (
    RuleChange("nullable-tracking-column", "CRITICAL"),
    RuleChange("missing-tracking-column", "off"),
)


@pytest.fixture(scope="module")
def portfolio(made: tuple[list[Target], list[Result]]) -> Portfolio:
    targets, results = made
    return portfolio_of(targets, results, DAY, Past(), CHANGES)


def test_every_target_is_there_with_or_without_a_result(portfolio: Portfolio) -> None:
    assert [(t.name[:7], t.status) for t in portfolio.targets] == [
        ("archive", "failed"),
        ("billing", "blocked"),
        ("legacy", "failed"),
        ("orders", "blocked"),
        ("users <", "blocked"),
    ]
    messages = {t.name: t.message for t in portfolio.targets}
    assert messages["legacy"] == MISSING and "cannot be fetched" in messages["archive"]
    assert not portfolio.is_whole and portfolio.grades["NO SCORE"] == 2


def test_groups_add_up_to_the_estate(portfolio: Portfolio) -> None:
    assert [(t.name[:8], t.targets) for t in portfolio.teams] == [("<script>", 1), ("payments", 4)]
    assert sum(s.targets for s in portfolio.systems) == 5
    for groups in (portfolio.teams, portfolio.systems):
        for severity, count in portfolio.findings.items():
            assert sum(g.findings[severity] for g in groups) == count
    assert portfolio.tables == 6 and portfolio.score == portfolio.teams[0].score


def test_the_worst_tables_and_the_common_findings(portfolio: Portfolio) -> None:
    scores = [t.score for t in portfolio.worst_tables]
    assert scores == sorted(scores) and len(scores) == 6
    common = {c.rule: c for c in portfolio.common}
    assert common["missing-tracking-column"].targets == 3
    assert common["missing-tracking-column"].tables == 6
    targets = [c.targets for c in portfolio.common]
    assert targets == sorted(targets, reverse=True)
    off = portfolio.what_if[1]
    assert (off.change, off.asked) == ("missing-tracking-column=off", 3)
    assert off.after == common["missing-tracking-column"].without


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x00", "was not packed by this version"),
        (zlib.compress(b'{"format": 0}'), "was not packed by this version"),
        (zlib.compress(b'{"format": 1, "actions": {}}'), "is no audit as ctb stores it"),
        (zlib.compress(b'{"format": 1, "actions": {"tables": 3}}'), "is no audit as ctb stores it"),
    ],
)
def test_a_result_that_cannot_be_read_is_a_target_that_failed(
    made: tuple[list[Target], list[Result]], content: bytes, message: str
) -> None:
    targets, results = made
    spoilt = [replace(r, content=content) if r.name == "orders" else r for r in results]
    found = {t.name: t for t in portfolio_of(targets, spoilt, DAY, Past()).targets}
    assert found["orders"].status == "failed" and message in found["orders"].message
    assert found["billing"].status == "blocked"


def test_a_rule_that_judged_nothing_is_refused_with_the_nearest(
    made: tuple[list[Target], list[Result]],
) -> None:
    with pytest.raises(UsageError, match="did you mean unindexed-status"):
        portfolio_of(*made, DAY, Past(), [RuleChange("unindexed-statuss", "off")])


def test_the_json_is_what_its_schema_says(portfolio: Portfolio) -> None:
    Draft202012Validator.check_schema(SCHEMA)
    text = portfolio_json(portfolio)
    Draft202012Validator(SCHEMA).validate(json.loads(text))
    assert not ACTIVE.search(text)


def test_the_order_of_results_does_not_matter(made: tuple[list[Target], list[Result]]) -> None:
    targets, results = made
    one = portfolio_of(targets, results, DAY, Past(), CHANGES)
    two = portfolio_of(targets[::-1], results[::-1], DAY, Past(), CHANGES)
    assert portfolio_json(one) == portfolio_json(two)


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_page_loads_nothing_and_runs_its_own_script_alone(portfolio: Portfolio) -> None:
    text = portfolio_html(portfolio)
    page = Page()
    page.feed(text)
    assert page.tags.count("script") == page.tags.count("style") == 1
    assert "default-src 'none'" in text.replace("&#39;", "'")
    links = [value or "" for name, value in page.attributes if name in ("href", "src", "action")]
    assert links and all(link.startswith("#") or link == "data:," for link in links)
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "style"]
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids)) and {link[1:] for link in links if link[1:]} - {"ata:,"} <= {
        str(i) for i in ids
    }
    assert not ACTIVE.search(text) and "&lt;script&gt;alert(1)" in text


def test_markdown_and_terminal_are_inert(portfolio: Portfolio) -> None:
    text = portfolio_markdown(portfolio)
    page = Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert not set(page.tags) & {"script", "a", "img", "em"} and "table" in page.tags
    lines = plain(portfolio_lines(portfolio, verbose=True))
    assert not ACTIVE.search(text) and not ACTIVE.search(lines)
    assert "5 targets: 3 blocked, 2 failed" in lines and "what if nullable" in lines


def test_an_estate_without_any_result_says_so() -> None:
    nothing = portfolio_of([Target("a", "folder", "/a", "a")], [], DAY, Past())
    assert (nothing.score, nothing.grade, nothing.is_whole) == (None, None, False)
    Draft202012Validator(SCHEMA).validate(json.loads(portfolio_json(nothing)))
    assert "NO SCORE" in portfolio_html(nothing)
    assert "# Schema portfolio: \N{EN DASH}\n" in portfolio_markdown(nothing)


# ---- the past ------------------------------------------------------------------------------------


@pytest.fixture
def rows(made: tuple[list[Target], list[Result]], tmp_path: Path) -> Iterator[Path]:
    """A log: the three results, an earlier one of `orders` at another score, a failure."""
    targets, results = made
    log = open_log("", root=tmp_path)
    by_name = {t.name: t for t in targets}
    for result in results:
        log.write(row_of(result, by_name[result.name]))
    earlier = row_of(replace(results[2], at=at(1), log_id="LOG-OLD"), by_name["orders"])
    about = {**earlier.actions["fleet"], "score": 10, "reached": 10, "weight": 1}
    log.write(replace(earlier, actions={**earlier.actions, "fleet": about}))
    yield tmp_path


def test_the_trend_is_each_day_with_every_target_at_its_latest(
    rows: Path, made: tuple[list[Target], list[Result]]
) -> None:
    names = [t.name for t in made[0]]
    past = past_of(open_log("", root=rows), names, frozenset({"LOG-0", "LOG-1", "LOG-2"}))
    assert [(s.day, s.targets) for s in past.trend] == [
        ("2026-11-01", 1),
        ("2026-11-20", 2),
        ("2026-11-21", 2),
        ("2026-11-22", 3),
    ]
    assert past.trend[0].score == 10 and past.before == {"orders": 10}
    final = portfolio_of(*made, DAY, past)
    assert final.score == past.trend[-1].score
    assert {t.name: t.before for t in final.targets}["orders"] == 10
    page = portfolio_html(final)
    assert "2026-11-01" in page and "<polyline" in page


def test_a_log_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "log.db").write_text("no database" * 100)
    past = past_of(open_log("log.db", root=tmp_path), ["a"], frozenset())
    assert past.trend == () and "could not be read" in past.note
    assert past_of(None, ["a"], frozenset()) == Past()
    assert past_of(open_log("none.db", root=tmp_path), ["a"], frozenset()) == Past()


def test_rows_of_other_shapes_are_passed_over(rows: Path) -> None:
    log = open_log("", root=rows)
    entry = next(iter(log.entries()))
    from ctb_audit.log import LogEntry

    for odd in ({"target": "orders"}, "orders", {"target": "orders", "weight": "x"}):
        log.write(LogEntry("audit", 1, "completed", entry.at, actions={"fleet": odd}))
    assert len(past_of(log, ["orders"], frozenset()).trend) == 2
