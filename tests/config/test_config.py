from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.config import (
    Config,
    Registry,
    Threshold,
    config_from_text,
    load_config,
    with_options,
)
from ctb_audit.errors import ConfigurationError
from ctb_audit.model import Name

WHOLE = """
standard = "ctb-1.3"
sources = ["db/migrations", "env:DATABASE_URL"]
exclude = ["legacy/"]
select = ["tracking"]
ignore = ["redundant-index"]
fail_under = 80
fail_under_table = 50
fail_on = "HIGH"
min_coverage = 97.5
default_level = "STRICT"
baseline = "audit/baseline.json"
log = "sqlite:///audits.db"
rules = ["audit/rules"]
standards = ["audit/standards"]
templates = "audit/templates"

[[fail_under_schedule]]
date = 2027-01-01
threshold = 85
[[fail_under_schedule]]
date = "2027-07-01"
threshold = 90

[severity]
missing-primary-key = "CRITICAL"
unindexed-status = "off"

[[table]]
name = "shq.*"
system = "postgresql"
level = "STRICT"
kind = "log"
[[table]]
name = "tasks"
exempt = "a queue of the scheduler"
level = "RELAXED"
planned = true

[[waiver]]
rule = "redundant-index"
table = "shq.tasks"
requirement = "idx_tasks"
owner = "data"
reason = "dropped with release 9"
until = 2027-03-31

[dialect]
"warehouse" = "bigquery"
"warehouse/*.pg.sql" = "postgresql"

[registry]
tables = "ctb.table_registry"

[migrations]
trackers = ["our_migrations"]
"""


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Config]:
    """Loads a text as the `ctb.toml` of the temporary folder."""

    def load(text: str) -> Config:
        (tmp_path / "ctb.toml").write_text(text, encoding="utf-8")
        return load_config(cwd=tmp_path)

    return load


def test_every_key_is_read(configure: Callable[..., Config], tmp_path: Path) -> None:
    config = configure(WHOLE)
    audit = tmp_path.resolve() / "audit"
    assert (config.standard, config.fail_under, config.fail_under_table) == ("ctb-1.3", 80, 50)
    assert config.sources == ("db/migrations", "env:DATABASE_URL")
    assert (config.exclude, config.select) == (("legacy/",), ("tracking",))
    assert (config.fail_on, config.min_coverage, config.default_level) == ("HIGH", 97.5, "STRICT")
    assert (config.baseline, config.templates) == (audit / "baseline.json", audit / "templates")
    assert (config.rules, config.standards) == ((audit / "rules",), (audit / "standards",))
    assert config.log == "sqlite:///audits.db"
    assert config.fail_under_schedule[1] == Threshold(date(2027, 7, 1), 90)
    assert config.severity == {"missing-primary-key": "CRITICAL", "unindexed-status": "off"}
    assert config.waiver[0].until == date(2027, 3, 31)
    assert (config.waiver[0].table, config.waiver[0].key) == ("shq.tasks", "waiver[0]")
    assert config.registry == Registry(tables="ctb.table_registry")
    assert config.migrations.trackers == ("our_migrations",)


def test_later_entries_of_a_table_win_key_by_key(configure: Callable[..., Config]) -> None:
    config = configure(WHOLE)
    tasks = config.table_entry("postgresql", Name("shq", "tasks"))
    assert (tasks.level, tasks.kind, tasks.planned) == ("RELAXED", "log", True)
    assert (tasks.exempt, tasks.name) == ("a queue of the scheduler", "shq.tasks")
    jobs = config.table_entry("postgresql", Name("shq", "jobs"))
    assert (jobs.level, jobs.exempt, jobs.planned) == ("STRICT", "", None)
    assert config.table_entry("bigquery", Name("shq", "jobs")).level is None


def test_a_later_false_overrides_an_earlier_true(configure: Callable[..., Config]) -> None:
    config = configure('[[table]]\nname="*"\nplanned=true\n[[table]]\nname="t"\nplanned=false')
    assert config.table_entry("postgresql", Name("public", "t")).planned is False


@pytest.mark.parametrize(
    ("day", "threshold"),
    [("2026-12-31", 80), ("2027-01-01", 85), ("2027-06-30", 85), ("2030-01-01", 90)],
)
def test_the_threshold_follows_its_schedule(
    configure: Callable[..., Config], day: str, threshold: int
) -> None:
    assert configure(WHOLE).threshold(date.fromisoformat(day)) == threshold


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("warehouse/events.sql", "bigquery"),
        ("warehouse/log.pg.sql", "postgresql"),
        ("warehouses/events.sql", None),
        ("db/a.sql", None),
    ],
)
def test_the_dialect_of_a_path(
    configure: Callable[..., Config], path: str, system: str | None
) -> None:
    assert configure(WHOLE).dialect_of(path) == system


def test_every_value_remembers_its_origin(configure: Callable[..., Config]) -> None:
    config = with_options(configure("fail_under = 80\n"), fail_on="HIGH", log=None)
    assert config.origin("fail_under") == "ctb.toml"
    assert (config.fail_on, config.origin("fail_on")) == ("HIGH", "command line")
    assert (config.log, config.origin("log")) == ("", "default")


# ---- where it is found ---------------------------------------------------------------------------


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    config = load_config(cwd=tmp_path)
    assert (config.path, config.root) == (None, tmp_path.resolve())
    assert (config.fail_under, config.fail_on, config.min_coverage) == (70, "CRITICAL", 95)


def test_it_is_looked_for_up_to_the_repository_root(tmp_path: Path) -> None:
    below = tmp_path / "repository" / "services" / "api"
    below.mkdir(parents=True)
    (tmp_path / "ctb.toml").write_text("fail_under = 1\n")
    assert load_config(cwd=below).path is None, "outside a repository: the current folder only"
    (tmp_path / "repository" / ".git").mkdir()
    assert load_config(cwd=below).path is None, "never above the repository"
    found = tmp_path / "repository" / "pyproject.toml"
    found.write_text("[project]\nname = 'x'\n[tool.ctb]\nfail_under = 2\n")
    config = load_config(cwd=below)
    assert (config.fail_under, config.path) == (2, found.resolve())
    (below.parent / "ctb.toml").write_text("fail_under = 3\n")
    assert load_config(cwd=below).fail_under == 3


def test_ctb_toml_stands_before_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ctb]\nfail_under = 1\n")
    (tmp_path / "ctb.toml").write_text("fail_under = 2\n")
    assert load_config(cwd=tmp_path).fail_under == 2
    assert load_config(Path("pyproject.toml"), tmp_path).fail_under == 1


def test_a_named_file_must_be_there_and_hold_a_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no such configuration file"):
        load_config(Path("audit.toml"), tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    with pytest.raises(ConfigurationError, match=r"has no \[tool.ctb\]"):
        load_config(Path("pyproject.toml"), tmp_path)


# ---- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[source]\ndialekt = "x"', "source.dialekt: unknown key, did you mean dialect?"),
        ("selct = []", "selct: unknown key, did you mean select?"),
        ("zzz = 1", "zzz: unknown key"),
        ('fail_under = "80"', 'fail_under: must be a whole number, not "80"'),
        ("fail_under = 101", "fail_under: must be at most 100, not 101"),
        ("fail_under = true", "fail_under: must be a whole number, not true"),
        ("sources = 'db'", 'sources: must be a list, not "db"'),
        ("sources = ['']", "sources[0]: must not be empty"),
        ("fail_on = 'high'", 'not "high", did you mean HIGH?'),
        ("[severity]\nMissingKey = 'off'", 'severity.MissingKey: as a key, "MissingKey" does not'),
        ("[[table]]\nlevel = 'STRICT'", "table[0].name: is missing"),
        ("[[table]]\nname = 't'\nlvel = 'STRICT'", "table[0].lvel: unknown key, did you mean le"),
        ("[table]\nname = 't'", "table: must be a list, not a table"),
        ("[[waiver]]\nrule = 'x'", "waiver[0].owner: is missing"),
        ("[dialect]\ndb = 'oracle'", "dialect.db: must be one of postgresql, bigquery"),
        (
            "[[fail_under_schedule]]\ndate = '2027-02-30'\nthreshold = 1",
            "fail_under_schedule[0].date: no such day: 2027-02-30",
        ),
        ("fail_under = ", "is not valid TOML"),
    ],
)
def test_a_wrong_key_or_value_is_named(
    configure: Callable[..., Config], text: str, message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        configure(text)
    assert str(caught.value).startswith("ctb.toml: ")
    assert message in str(caught.value)


def test_keys_of_pyproject_are_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ctb]\nselct = []\n")
    with pytest.raises(ConfigurationError) as caught:
        load_config(cwd=tmp_path)
    assert str(caught.value) == (
        "pyproject.toml: tool.ctb.selct: unknown key, did you mean select?"
    )


@pytest.mark.parametrize("key", ["owner", "reason", "until"])
def test_a_waiver_without_owner_reason_or_end_is_refused(tmp_path: Path, key: str) -> None:
    said = {"rule": "unindexed-status", "owner": "me", "reason": "few", "until": "2027-01-01"}
    for value in (None, " "):
        given = {k: v for k, v in {**said, key: value}.items() if v is not None}
        lines = "".join(f'{k} = "{v}"\n' for k, v in given.items())
        with pytest.raises(ConfigurationError) as error:
            config_from_text(f"[[waiver]]\n{lines}", tmp_path)
        assert str(error.value).startswith(f"ctb.toml: waiver[0].{key}: ")
        assert 'give a waiver rule, owner, reason and until = "YYYY-MM-DD"' in str(error.value)


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "1" + "0" * 400])
@pytest.mark.parametrize("key", ["min_coverage", "fail_under"])
def test_a_bound_that_is_no_number_or_beyond_all_bounds_is_refused(key: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"^ctb.toml: {key}: must be"):
        config_from_text(f"{key} = {value}\n", Path("/nonexistent"))


@pytest.mark.parametrize("text", ["{} = 1", "[{}]", "[[ {} ]]", "x = {{ a = 1,\n {} = 1 }}"])
def test_a_key_has_a_hundred_parts_at_most(text: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a key of more than 100 parts"):
        config_from_text(text.format(".".join(["a", '"b"', "c"] * 34)), tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        config_from_text(text.format(" . ".join("a" * 100)), tmp_path)
    assert "100 parts" not in str(refused.value)
