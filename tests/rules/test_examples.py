"""Every example of every built-in rule file: the rule finds exactly what the file says."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from _pytest.mark import ParameterSet

from ctb_audit.judge import judge
from ctb_audit.rulebook import load_rule_examples
from ctb_audit.rulebook.files import built_in
from ctb_audit.standard import Example
from tests.rules.conftest import ProjectOfExample
from tests.rules.verdict_lines import verdict_lines


def examples() -> Iterator[ParameterSet]:
    """An example of kind `fixed` holds the remedy of the last `fail` example before it."""
    for rule_id in sorted(built_in().rules):
        broken = ""
        for written in load_rule_examples(rule_id):
            example = written
            if example.kind == "fail":
                broken = example.sql
            if example.kind == "fixed":
                example = replace(example, sql=f"{broken}\n{example.sql}")
            yield pytest.param(rule_id, example, id=f"{rule_id}: {example.kind}: {example.title}")


@pytest.mark.parametrize(("rule_id", "example"), list(examples()))
def test_a_rule_finds_exactly_what_its_examples_say(
    rule_id: str,
    example: Example,
    project_of_example: ProjectOfExample,
    said: Callable[[str, str, list[str]], list[str]],
) -> None:
    project = project_of_example(rule_id, example)
    judgement = judge(project)
    found = sorted((f.table, f.requirement) for f in judgement.findings)
    assert found == sorted(example.findings)
    assert [(u.table, u.requirement, u.reason) for u in judgement.unknowns] == []
    lines = verdict_lines(project, judgement)
    assert lines == said(rule_id, f"{example.kind}: {example.title}", lines)
