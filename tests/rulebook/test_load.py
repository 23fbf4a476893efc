from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.errors import ConfigurationError
from ctb_audit.rulebook import load_rule_examples, load_standard, standard_ids

Write = Callable[[str, str], Path]

RULE = """
summary = "An orders table has no key"
why = "Rows of it cannot be told apart."
remedy = "Add a primary key."
severity = "HIGH"
check = "missing_primary_key"
"""
STANDARD = """
title = "Ours"
extends = "ctb-1.0"
"""


def test_examples_are_loaded_on_request_only() -> None:
    lean = load_standard().rules["missing-primary-key"]
    full = load_standard(examples=True).rules["missing-primary-key"]
    assert lean.examples == ()
    assert full.examples == load_rule_examples("missing-primary-key") != ()


def test_rules_stand_in_the_order_of_their_topics() -> None:
    rules = load_standard().rules.values()
    assert [(r.topic, r.id) for r in rules] == sorted((r.topic, r.id) for r in rules)


def test_the_hash_tells_contents_apart() -> None:
    plain = load_standard()
    assert plain.hash == load_standard(examples=True).hash
    hashes = {
        plain.hash,
        load_standard("ctb-1.3").hash,
        load_standard(ignore=["indexes"]).hash,
        load_standard(overrides={"redundant-index": "HIGH"}).hash,
    }
    assert len(hashes) == 4


def test_an_unknown_standard_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match=r"no such standard, did you mean ctb-1\.3\?"):
        load_standard("ctb-13")
    with pytest.raises(ConfigurationError, match=r"known are ctb-1\.0, ctb-1\.3"):
        load_standard("zzz")


# ---- select, ignore, severity --------------------------------------------------------------------


def test_select_takes_ids_topics_and_patterns() -> None:
    chosen = set(load_standard(select=["missing-primary-key", "unindexed-*"]).rules)
    assert chosen >= {"missing-primary-key", "unindexed-foreign-key"}
    assert all(c == "missing-primary-key" or c.startswith("unindexed-") for c in chosen)
    topics = {rule.topic for rule in load_standard(select=["indexes"]).rules.values()}
    assert topics == {"indexes"}


def test_ignore_is_taken_out_of_select() -> None:
    chosen = load_standard(select=["indexes"], ignore=["redundant-index"]).rules
    assert "redundant-index" not in chosen and "missing-primary-key" in chosen


def test_a_rule_outside_the_standard_cannot_be_selected_into_it() -> None:
    assert load_standard(select=["missing-id-registry"]).rules == {}


@pytest.mark.parametrize("option", ["select", "ignore"])
def test_a_pattern_that_names_nothing_is_an_error(option: str) -> None:
    wanted: dict[str, Any] = {option: ["missing-primry-key"]}
    with pytest.raises(ConfigurationError) as caught:
        load_standard(**wanted)
    expected = f"{option}: no rule or topic missing-primry-key, did you mean missing-primary-key?"
    assert str(caught.value) == expected


def test_a_configured_severity_holds_at_every_level_that_judges_the_rule() -> None:
    usual = load_standard().rules["non-unique-heir-id"]
    raised = load_standard(overrides={"non-unique-heir-id": "CRITICAL"}).rules["non-unique-heir-id"]
    assert usual.severity_at("STRICT") == "HIGH"
    assert raised.severity_at("STRICT") == raised.severity_at("STANDARD") == "CRITICAL"
    assert raised.severity_at("RELAXED") is usual.severity_at("RELAXED") is None


def test_off_takes_a_rule_out() -> None:
    assert "redundant-index" not in load_standard(overrides={"redundant-index": "off"}).rules


def test_the_severity_of_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(ConfigurationError) as caught:
        load_standard(overrides={"redundant-indx": "off"})
    expected = "severity.redundant-indx: no such rule, did you mean redundant-index?"
    assert str(caught.value) == expected


# ---- rules of a team -----------------------------------------------------------------------------


def test_a_rule_of_the_team_is_added_under_its_folder_s_topic(tmp_path: Path, write: Write) -> None:
    example = '[[example]]\nkind = "ok"\ntitle = "none"\nsql = ""\n'
    write("rules/orders/keyless-order.toml", RULE + example)
    write("rules/keyless-item.toml", RULE)
    write("rules/standards/ours.toml", STANDARD)
    rules = load_standard(rule_folders=[tmp_path / "rules"], examples=True).rules
    assert (rules["keyless-order"].topic, rules["keyless-item"].topic) == ("orders", "local")
    assert [e.title for e in rules["keyless-order"].examples] == ["none"]


def test_a_rule_of_the_team_replaces_a_built_in_one(tmp_path: Path, write: Write) -> None:
    write("rules/indexes/missing-primary-key.toml", RULE)
    rule = load_standard(rule_folders=[tmp_path / "rules"]).rules["missing-primary-key"]
    assert rule.summary == "An orders table has no key"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (RULE + 'severty = "LOW"', "severty: unknown key, did you mean severity?"),
        (RULE.replace('"HIGH"', '"HIHG"'), 'not "HIHG", did you mean HIGH?'),
        (RULE.replace("why", "# why"), "why: is missing"),
        (RULE.replace("missing_primary_key", "missing_primry_key"), "did you mean missing_pr"),
        (RULE + "[params]\ncolunm = 1", "params.colunm: check missing_primary_key takes no such"),
        (RULE + '[levels]\nSTRCT = "LOW"', "levels.STRCT: unknown key, did you mean STRICT?"),
        (RULE + 'needs = ["live", 1]', "needs[1]: must be one of live, ddl"),
        (RULE + "severity = ", "is not valid TOML"),
    ],
)
def test_a_malformed_rule_names_file_and_key(
    tmp_path: Path, write: Write, text: str, message: str
) -> None:
    path = write("rules/orders/keyless-order.toml", text)
    with pytest.raises(ConfigurationError) as caught:
        load_standard(rule_folders=[tmp_path / "rules"])
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_check_s_parameters_are_held_to_their_types(tmp_path: Path, write: Write) -> None:
    text = RULE.replace("missing_primary_key", "non_unique_identifier")
    write("rules/orders/twice-used.toml", text + "[params]\nrole = 3")
    with pytest.raises(ConfigurationError, match=r"params\.role: must be a text, not 3"):
        load_standard(rule_folders=[tmp_path / "rules"])
    write("rules/orders/twice-used.toml", text)
    with pytest.raises(ConfigurationError, match=r"params\.role: check .* needs it"):
        load_standard(rule_folders=[tmp_path / "rules"])


def test_a_rule_s_file_name_is_kebab_case(tmp_path: Path, write: Write) -> None:
    write("rules/orders/KeylessOrder.toml", RULE)
    with pytest.raises(ConfigurationError, match="file name must be kebab-case"):
        load_standard(rule_folders=[tmp_path / "rules"])


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"no such folder; correct `rules` in ctb\.toml"):
        load_standard(rule_folders=[tmp_path / "rules"])


def test_jsonschema_is_imported_for_new_contents_only(
    tmp_path: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    write("rules/orders/keyless-order.toml", RULE)
    load_standard(rule_folders=[tmp_path / "rules"], cache=tmp_path / "cache")
    monkeypatch.setattr("ctb_audit.rulebook.validation.refuse", _fail)
    again = load_standard(rule_folders=[tmp_path / "rules"], cache=tmp_path / "cache")
    assert "keyless-order" in again.rules
    write("rules/orders/keyless-order.toml", RULE + "# changed")
    with pytest.raises(AssertionError):
        load_standard(rule_folders=[tmp_path / "rules"], cache=tmp_path / "cache")


def _fail(*_: object) -> None:
    raise AssertionError("validated again")


# ---- standards of a team -------------------------------------------------------------------------


def test_a_standard_of_the_team_derives_from_a_built_in_one(tmp_path: Path, write: Write) -> None:
    changes = """
remove = ["field.enforcement_level"]
exempt = ["our_migrations"]
[rules]
exclude = ["redundant-index"]
[formats]
heir_id = '^H-\\d+$'
[field.heir_id]
min_length = 20
[field.tenant_id]
spelling = "UUID"
names = { "*" = ["tenant_id"] }
families = { "*" = ["uuid"] }
[override.missing-primary-key]
severity = "CRITICAL"
[override.missing-primary-key.levels]
RELAXED = "HIGH"
"""
    write("standards/ours.toml", STANDARD + changes)
    folders = [tmp_path / "standards"]
    ours = load_standard("ours", standard_folders=folders)
    base = load_standard("ctb-1.0")
    heir = ours.field("heir_id")
    assert heir is not None
    assert (ours.id, ours.extends, ours.title) == ("ours", ("ctb-1.0",), "Ours")
    assert [f.role for f in ours.fields] == [
        *(f.role for f in base.fields if f.role != "enforcement_level"),
        "tenant_id",
    ]
    assert (heir.min_length, heir.spelling) == (20, "VARCHAR(50)")
    assert (ours.formats["heir_id"], ours.exempt) == (r"^H-\d+$", ("our_migrations",))
    assert ours.formats["process_id"] == base.formats["process_id"]
    assert "redundant-index" not in ours.rules
    assert "missing-id-registry" in ours.rules, "a list replaces the base's"
    assert ours.rules["missing-primary-key"].severity_at("STRICT") == "CRITICAL"
    assert ours.rules["missing-primary-key"].severity_at("RELAXED") == "HIGH"
    assert standard_ids(folders) == ("ctb-1.0", "ctb-1.3", "ours")


def test_a_standard_may_derive_from_another_of_the_team(write: Write) -> None:
    write("standards/base.toml", STANDARD + "capacity = 7\n")
    path = write("standards/ours.toml", STANDARD.replace("ctb-1.0", "base.toml"))
    ours = load_standard(str(path))
    assert (ours.extends, ours.capacity, ours.source) == (("base", "ctb-1.0"), 7, str(path))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STANDARD + "capacty = 1", "capacty: unknown key, did you mean capacity?"),
        (STANDARD.replace("ctb-1.0", "ctb-1.9"), "extends: no such standard: ctb-1.9, did you"),
        (STANDARD.replace("ctb-1.0", "ours.toml"), "extends: a standard cannot extend itself"),
        (STANDARD + 'remove = ["field.heirid"]', "remove: the base has no field.heirid, did you"),
        (STANDARD + '[rules]\nexclude = ["indxes"]', "rules.exclude: no rule or topic indxes, did"),
        (STANDARD + '[override.redundant-indx]\nseverity = "LOW"', "override: no rule or topic"),
        (STANDARD + "[formats]\nheir_id = '^(x$'", "formats.heir_id: not a format"),
        (STANDARD + "[formats]\nheir_id = 'x'", 'formats.heir_id: "x" does not match ^\\^.*\\$$'),
        (
            STANDARD + "[field.x.names]\nneon = ['x']",
            "field.x.names.neon: as a key, must be one of",
        ),
        ('title = "Alone"', "field: is missing"),
        ('title = "Alone"\n[field]\n[formats]', "formats.table_heir_id: no format table_heir_id"),
        (
            STANDARD + "[field.heir_id]\nformat = 'heirid'",
            "field.heir_id.format: no format heirid, did you mean heir_id?",
        ),
    ],
)
def test_a_malformed_standard_names_file_and_key(write: Write, text: str, message: str) -> None:
    path = write("standards/ours.toml", text)
    with pytest.raises(ConfigurationError) as caught:
        load_standard(str(path))
    assert str(caught.value).startswith(str(path))
    assert message in str(caught.value)


def test_a_standard_of_the_team_cannot_take_a_built_in_name(write: Write) -> None:
    path = write("standards/ctb-1.0.toml", STANDARD)
    with pytest.raises(ConfigurationError, match="is built in; give the file another name"):
        load_standard(str(path))
