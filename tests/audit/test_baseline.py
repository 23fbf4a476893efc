"""A baseline hides what is known in its present state, and nothing else."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings, audit_catalogs, judged_of, project_of
from ctb_audit.baseline import (
    Baseline,
    Judged,
    apply_baseline,
    baseline_text,
    pruned,
    read_baseline,
    updated,
    written,
)
from ctb_audit.config import Config
from ctb_audit.errors import ConfigurationError
from ctb_audit.judge import judge
from ctb_audit.result import Audit, Finding
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.state import States

SETTINGS = AuditSettings(date(2026, 11, 22))
USERS = "CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL, status text);\n"
ORGS = "CREATE TABLE orgs (id serial PRIMARY KEY, total int CHECK (total > 0));\n"


class Repository:
    """A folder with one script and a baseline beside it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.file = root / "known.json"

    def config(self) -> Config:
        return Config(root=self.root, baseline=self.file if self.file.exists() else None)

    def sql(self, *texts: str) -> "Repository":
        (self.root / "001_all.sql").write_text("".join(texts))
        return self

    def found(self) -> tuple[tuple[Finding, ...], States, Judged]:
        catalogs = load([str(self.root)], LoadOptions(root=self.root))
        project = project_of(catalogs, self.config(), SETTINGS)
        judgement = judge(project)
        return tuple(judgement.findings), States(project), judged_of(project, judgement)

    def write(self) -> None:
        findings, states, judged = self.found()
        entries = written(findings, states.of)
        self.file.write_text(baseline_text(Baseline(judged.standard.id, entries)))

    def audit(self, *, waivers: bool = True) -> Audit:
        catalogs = load([str(self.root)], LoadOptions(root=self.root))
        return audit_catalogs(catalogs, self.config(), replace(SETTINGS, waivers=waivers))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    known = Repository(tmp_path).sql(USERS, ORGS)
    known.write()
    return known


def test_known_findings_are_shown_and_counted_and_out_of_score_and_gate(
    repository: Repository,
) -> None:
    audit = repository.audit()
    assert audit.findings
    assert {f.waiver.kind for f in audit.findings if f.waiver} == {"baseline"}
    assert (audit.open_findings, audit.score, audit.gate.passed) == ((), 100, True)


def test_auditors_see_behind_the_baseline(repository: Repository) -> None:
    audit = repository.audit(waivers=False)
    assert audit.open_findings == audit.findings
    assert not audit.gate.passed


def test_a_new_finding_on_the_same_object_shows_and_lapses_the_rest(
    repository: Repository,
) -> None:
    audit = repository.sql(USERS.replace("status text", "status text, order_status text"), ORGS)
    found = audit.audit()
    assert {f.table for f in found.open_findings} == {"public.users"}
    assert any(f.requirement == "order_status" for f in found.open_findings)
    assert any("public.users changed since" in notice for notice in found.notices)


RESPELLED = USERS.replace("text NOT NULL", "TEXT not null") + ORGS.replace(
    "(total > 0)", "((total>0))"
)
REORDERED = "CREATE TABLE users (status text, email text NOT NULL, id serial PRIMARY KEY);" + ORGS


@pytest.mark.parametrize("text", ["-- moved\n\n" + ORGS + USERS, RESPELLED, REORDERED])
def test_layout_and_spelling_do_not_lapse(repository: Repository, text: str) -> None:
    audit = repository.sql(text).audit()
    assert audit.open_findings == ()


@pytest.mark.parametrize(
    "text",
    [
        USERS.replace("email text", "email varchar(90)") + ORGS,
        USERS + "CREATE INDEX more ON users (email);" + ORGS,
        USERS.replace("status text", "status text DEFAULT 'new'") + ORGS,
    ],
)
def test_a_changed_object_lapses(repository: Repository, text: str) -> None:
    audit = repository.sql(text).audit()
    assert {f.table for f in audit.open_findings} == {"public.users"}


def test_a_changed_trigger_function_changes_the_state(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    body = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN %s; END$$;\n"
    trigger = "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();\n"
    seen = set()
    for value in ("NEW", "OLD", "  NEW"):
        findings, states, _ = repository.sql(USERS, body % value, trigger).found()
        seen.add(states.of(next(f for f in findings if f.table == "public.users")))
    assert len(seen) == 2


def test_update_takes_in_nothing_new_and_prune_only_drops(repository: Repository) -> None:
    before = read_baseline(repository.file)
    fixed = "CREATE INDEX s ON users (status);"
    findings, states, judged = repository.sql(USERS, fixed, ORGS, "CREATE TABLE more ();").found()
    renewed = updated(findings, before, states.of, judged)
    cut = pruned(findings, before, states.of, judged)
    assert "public.more" in {e.table for e in written(findings, states.of)}
    assert {e.table for e in renewed} == {"public.users", "public.orgs"}
    assert {e.fingerprint for e in renewed} == {e.fingerprint for e in cut}
    assert {e.requirement for e in before.entries} - {e.requirement for e in cut} == {"status"}
    accepted = apply_baseline(findings, Baseline(before.standard, renewed), states.of, judged)
    assert {f.table for f in accepted.findings if f.waiver is None} == {"public.more"}
    assert apply_baseline(findings, Baseline(before.standard, cut), states.of, judged).lapsed


def test_what_cannot_be_judged_is_not_stale(repository: Repository) -> None:
    findings, states, judged = repository.found()
    before = read_baseline(repository.file)
    narrow = replace(judged.standard, rules={})
    applied = apply_baseline((), before, states.of, replace(judged, standard=narrow))
    assert (len(findings) > 0, applied.stale) == (True, ())


def test_a_baseline_of_another_standard_is_refused(repository: Repository) -> None:
    text = repository.file.read_text().replace("ctb-1.0", "ctb-1.3")
    repository.file.write_text(text)
    with pytest.raises(ConfigurationError) as error:
        repository.audit()
    assert str(error.value) == (
        "known.json: was written for ctb-1.3, this audit judges by ctb-1.0; "
        "write it again with `ctb baseline write`"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "must be a table"),
        ('{"schema_version": "1.0", "standard": "ctb-1.0", "entries": [{}]}', "entries[0]"),
        ('{"schema_version": "2.0", "standard": "ctb-1.0", "entries": []}', "schema_version"),
    ],
)
def test_a_malformed_baseline_is_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "known.json"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"known\.json") as error:
        read_baseline(file)
    assert message in str(error.value)


def test_the_file_is_stable_and_reads_back(repository: Repository) -> None:
    baseline = read_baseline(repository.file)
    again = baseline_text(replace(baseline, entries=baseline.entries[::-1]))
    assert again == repository.file.read_text()
    assert baseline_text(Baseline("ctb-1.0")).endswith('"entries": []\n}\n')
