"""What every built-in rule file must hold, and that rules and checks fit each other."""

import inspect
import re
from typing import get_type_hints

import pytest

from ctb_audit.checks import PROJECT_REGISTRY, REGISTRY
from ctb_audit.rulebook import load_rule_examples, load_standard, standard_ids
from ctb_audit.rulebook.files import built_in
from ctb_audit.rulebook.make import make_rule
from ctb_audit.rulebook.signature import accepts, parameters
from ctb_audit.standard import LEVELS, Rule

RULES = {rule_id: make_rule(rule_id, raw, ()) for rule_id, raw in sorted(built_in().rules.items())}
DEFECT = re.compile(
    r"^(missing|wrong|nullable|invalid|non|un\w+|exhausted|duplicate|contradictory|conflicting"
    r"|ineffective|disabled|redundant|repeated|structure|dependency|diagram|refuted|incomplete"
    r"|model|placeholder|badly|ambiguous|failed|rogue|phantom|orphan|ghost|column|constraint|index"
    r"|trigger|policy|view|registry|table|object|cross|public|open|mutable|create|foreign|broken|updated|orbt"
    r"|score|value|rejected)-"
)


@pytest.fixture(params=RULES.values(), ids=list(RULES))
def rule(request: pytest.FixtureRequest) -> Rule:
    found: Rule = request.param
    return found


def test_a_rule_is_explained(rule: Rule) -> None:
    assert rule.summary and not rule.summary.endswith(".") and "\n" not in rule.summary
    assert len(rule.why.split()) >= 12
    assert len(rule.remedy.split()) >= 8
    assert re.match(r"STANDARD \d", rule.clause)


def test_a_rule_is_named_after_its_defect(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", rule.id)
    assert DEFECT.match(rule.id), "the id should say what is wrong, not what to do"


def test_a_rule_shows_what_it_finds_and_what_not(rule: Rule) -> None:
    kinds = [e.kind for e in load_rule_examples(rule.id)]
    assert {"fail", "ok"} <= set(kinds)
    assert "fixed" not in kinds[:1], "a fixed example follows the fail example it repairs"


def test_examples_say_what_must_be_found(rule: Rule) -> None:
    for example in load_rule_examples(rule.id):
        assert bool(example.findings) == (example.kind == "fail"), example.title
        assert example.title and (example.sql or example.document)


def test_examples_tell_requirements_apart_where_the_rule_does(rule: Rule) -> None:
    found = [f for e in load_rule_examples(rule.id) for f in e.findings]
    assert all(bool(requirement) == bool(rule.requirement) for _, requirement in found)


def test_a_rule_s_check_exists_and_takes_its_parameters(rule: Rule) -> None:
    functions = [r[rule.check] for r in (REGISTRY, PROJECT_REGISTRY) if rule.check in r]
    assert functions
    for function in functions:
        wanted = parameters(function)
        hints = get_type_hints(function)
        needed = {n for n, p in wanted.items() if p.default is inspect.Parameter.empty}
        assert needed <= set(rule.params) <= set(wanted)
        assert all(accepts(hints[name], value) for name, value in rule.params.items())


def test_levels_of_a_rule_never_rise_below_strict(rule: Rule) -> None:
    order = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
    ranks = [order.index(s) if s else len(order) for s in map(rule.severity_at, LEVELS)]
    assert ranks == sorted(ranks)


def test_every_check_is_used() -> None:
    used = {rule.check for rule in RULES.values()}
    assert used >= set(REGISTRY) | set(PROJECT_REGISTRY)


def test_every_rule_belongs_to_a_standard() -> None:
    applied = {rule_id for name in standard_ids() for rule_id in load_standard(name).rules}
    assert applied == set(RULES)
