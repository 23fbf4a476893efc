"""What a rule change would do, held to audits that are made under that very change."""

import ast
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ctb_audit.checks
from ctb_audit.audit import AuditSettings, audit_catalogs, gate_settings
from ctb_audit.config import Config, load_config, with_options
from ctb_audit.errors import UsageError
from ctb_audit.fleet.kept import Kept, pack, unpack
from ctb_audit.fleet.rule_change import (
    DECIDES,
    RuleChange,
    changed,
    moves_without,
    parse_change,
    rescored,
)
from ctb_audit.fleet.standing import Standing
from ctb_audit.model import Catalog
from ctb_audit.result import Audit
from ctb_audit.rulebook import load_standard
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.standard import LEVELS

from .conftest import DAY

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "imo-creator"
LEVELLED = """
CREATE TABLE a (id int PRIMARY KEY, status text);  -- STRICT by configuration
CREATE TABLE b (id int PRIMARY KEY, heir_id text, status text);
CREATE TABLE c (id int, status text, created_at timestamptz);
CREATE TABLE d (id int, heir_id varchar(50) UNIQUE);
"""
CONFIG = """
fail_under = 40
[[table]]
name = "public.a"
level = "STRICT"
[[table]]
name = "public.c"
level = "RELAXED"
[[table]]
name = "public.d"
level = "NONE"
[[waiver]]
rule = "missing-tracking-column"
table = "public.b"
requirement = "created_by"
owner = "me"
reason = "because"
until = "2030-01-01"
"""


@pytest.fixture(scope="module")
def levelled(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Catalog, ...], Config]:
    root = tmp_path_factory.mktemp("levelled")
    (root / "ctb.toml").write_text(CONFIG)
    (root / "a.sql").write_text(LEVELLED)
    return load([str(root)], LoadOptions(root=root)), load_config(cwd=root)


@pytest.fixture(scope="module")
def example() -> tuple[tuple[Catalog, ...], Config]:
    config = load_config(cwd=EXAMPLE)
    sources = [str(EXAMPLE / s) for s in config.sources]
    return load(sources, LoadOptions(root=EXAMPLE)), config


Sources = tuple[tuple[Catalog, ...], Config]


def audited(sources: Sources, **options: Any) -> Audit:
    catalogs, config = sources
    settings = AuditSettings(today=DAY, jobs=1, counted=True)
    return audit_catalogs(catalogs, with_options(config, **options), settings)


def kept(sources: Sources) -> Kept:
    return unpack(pack(audited(sources), gate_settings(sources[1])), "t")


def same(found: object, audit: Audit) -> bool:
    """Scores of tables and database, weights and gate."""
    tables = [replace(t, passes=(), topics=()) for t in found.tables]  # type: ignore[attr-defined]
    expected = [replace(t, passes=(), topics=()) for t in audit.tables]
    values = (found.score, found.gate)  # type: ignore[attr-defined]
    return tables == expected and values == (audit.score, audit.gate)


@pytest.mark.parametrize("which", ["levelled", "example"])
def test_what_is_kept_scores_as_it_was_scored(which: str, request: pytest.FixtureRequest) -> None:
    sources = request.getfixturevalue(which)
    assert same(rescored(kept(sources), RuleChange("no-such-rule", "off"), DAY), audited(sources))


@pytest.mark.parametrize("to", ["off", "CRITICAL", "MEDIUM", "INFO"])
@pytest.mark.parametrize("which", ["levelled", "example"])
def test_every_rule_off_or_at_another_severity_is_as_audited_so(
    which: str, to: str, request: pytest.FixtureRequest
) -> None:
    sources = request.getfixturevalue(which)
    stored = kept(sources)
    touched = {f.rule for f in stored.findings} | {u.rule for u in stored.unknowns}
    touched |= {rule for table in stored.tables for rule, _ in table.passes}
    wrong = []
    rules = sorted(touched - (DECIDES.keys() if to == "off" else set()))
    for rule in rules if which == "levelled" else rules[len(to) :: 12]:
        audit = audited(sources, severity={**sources[1].severity, rule: to})
        if not same(rescored(stored, RuleChange(rule, to), DAY), audit):
            wrong.append(rule)
    assert len(touched) > 15 and wrong == []


@pytest.mark.parametrize("which", ["levelled", "example"])
def test_what_every_rule_costs_is_what_switching_it_off_gives(
    which: str, request: pytest.FixtureRequest
) -> None:
    stored = kept(request.getfixturevalue(which))
    moves = moves_without(stored)
    standing = Standing.of(stored.tables)
    assert len(moves) > 15
    for rule, move in moves.items():
        off = rescored(stored, RuleChange(rule, "off"), DAY)
        assert standing.plus(move) == Standing.of(off.tables), rule


def test_rules_that_look_at_others_are_known() -> None:
    """A check that asks which rules there are makes `off` more than arithmetic."""
    asking = set()
    for path in Path(ctb_audit.checks.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Compare) and "standard.rules" in ast.unparse(node):
                asking.add(ast.literal_eval(node.left))
    assert asking == set(DECIDES)
    with pytest.raises(UsageError, match="changes what undocumented-table is asked"):
        parse_change("orphan-table=off")


def test_a_level_silences_the_rule_below_it(levelled: Sources) -> None:
    stored = kept(levelled)
    rule = "missing-tracking-column"
    strict = rescored(stored, RuleChange(rule, "STRICT"), DAY)
    off = rescored(stored, RuleChange(rule, "off"), DAY)
    by_name = {t.name: (t, o) for t, o in zip(strict.tables, off.tables, strict=True)}
    table, without = by_name["public.a"]
    now = next(t for t in stored.tables if t.name == "public.a")
    assert (table.passed, table.failed) == (now.passed, now.failed) and table != without
    assert by_name["public.b"][0] == by_name["public.b"][1]
    everywhere = rescored(stored, RuleChange(rule, "RELAXED"), DAY)
    assert (everywhere.score, everywhere.untold) == (audited(levelled).score, 0)


def test_tables_that_were_never_asked_are_counted_not_guessed(levelled: Sources) -> None:
    stored = kept(levelled)
    silent = {i: r for i, r in stored.rules.items() if r.levels.get("STANDARD", "") is None}
    assert silent
    rule = next(iter(silent))
    found = rescored(stored, RuleChange(rule, "STANDARD"), DAY)
    standard = sum(t.level == "STANDARD" for t in stored.tables)
    assert found.untold == standard > 0


@pytest.mark.parametrize("level", LEVELS)
def test_a_changed_rule_is_asked_from_its_level_up(level: str) -> None:
    rule = load_standard("ctb-1.0").rules["missing-primary-key"]
    made = changed(rule, level)
    assert made is not None
    asked = [lv for lv in LEVELS if made.severity_at(lv) is not None]
    assert asked == list(LEVELS[: [*LEVELS].index(level) + 1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unindexed-status=off", RuleChange("unindexed-status", "off")),
        ("unindexed-status=OFF", RuleChange("unindexed-status", "off")),
        ("unindexed-status=high", RuleChange("unindexed-status", "HIGH")),
        ("unindexed-status=strict", RuleChange("unindexed-status", "STRICT")),
    ],
)
def test_changes_are_read(text: str, expected: RuleChange) -> None:
    assert parse_change(text) == expected


@pytest.mark.parametrize("text", ["unindexed-status", "=off", "a=", "a=fatal", ""])
def test_what_is_no_change_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="is no change of a rule; write RULE=off"):
        parse_change(text)
