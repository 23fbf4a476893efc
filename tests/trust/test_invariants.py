"""The invariants of `invariants.py` over texts that hypothesis makes up."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ctb_audit.cli.app import run
from tests.trust import invariants
from tests.trust.strategies import configuration, dumps, firestore_rules, markdown, sql, typescript

SETTINGS = settings(deadline=None, suppress_health_check=list(HealthCheck))
INPUTS = {
    "a.sql": sql.scripts,
    "a.md": markdown.documents,
    "a.ts": typescript.modules,
    "firestore.rules": firestore_rules.rules,
    "ctb.toml": configuration.configurations,
    "rules/odd-thing.toml": configuration.rule_files,
}
CHECKS: dict[str, tuple[Callable[[str], None], st.SearchStrategy[str], int]] = {
    "statements tile": (invariants.statements_tile, sql.scripts, 100),
    "replay": (invariants.replay_is_deterministic, sql.scripts, 60),
    "spellings of a dump": (invariants.spellings_are_the_grammars, dumps.scripts, 400),
    "other dialects": (invariants.foreign_replay_is_deterministic, sql.scripts, 10),
    "tables stay": (invariants.tables_stay, sql.scripts, 60),
    "snapshot of SQL": (invariants.sql_audits_as_its_snapshot, sql.scripts, 30),
    "references": (invariants.reference_is_read, markdown.documents, 30),
    "security rules": (invariants.rules_are_read, firestore_rules.rules, 60),
    "TypeScript": (invariants.typescript_is_read, typescript.modules, 40),
    "configuration": (invariants.configuration_is_read, configuration.configurations, 100),
    "rule files": (invariants.rule_files_are_read, configuration.rule_files, 60),
}


@pytest.mark.parametrize("name", CHECKS)
def test_an_invariant_holds_for_any_text(name: str) -> None:
    check, texts, count = CHECKS[name]
    tried: list[str] = []

    @settings(SETTINGS, max_examples=count)
    @given(texts)
    def holds(text: str) -> None:
        tried.append(text)
        check(text)

    holds()
    assert len(set(tried)) > count // 3


@pytest.mark.parametrize("name", INPUTS)
def test_the_command_line_ends_in_a_documented_code_and_one_line(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "users.sql").write_text("CREATE TABLE users (id integer PRIMARY KEY);\n")
    if name.startswith("rules/"):
        (tmp_path / "ctb.toml").write_text('rules = ["rules"]\n')
    codes: set[int] = set()

    @settings(SETTINGS, max_examples=20)
    @given(INPUTS[name])
    def ends(text: str) -> None:
        (tmp_path / name).write_text(text, encoding="utf-8")
        codes.add(code := run(["audit", "--no-log", "--no-cache", "--format", "json"]))
        said = capfd.readouterr()
        assert code in (0, 1, 2, 3)
        assert "internal error" not in said.err
        assert "Traceback" not in said.err
        assert code != 2 or len(said.err.strip().splitlines()) == 1, said.err

    ends()
    assert codes
