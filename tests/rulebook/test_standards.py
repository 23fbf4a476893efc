"""The two built-in standards say what STANDARD sections 1 to 3 and 9 say."""

import re

import pytest

from ctb_audit.model import Name
from ctb_audit.rulebook import load_standard, standard_ids
from ctb_audit.rulebook.files import built_in
from ctb_audit.rulebook.selection import matching
from ctb_audit.standard import Standard


@pytest.fixture(params=["ctb-1.0", "ctb-1.3"])
def standard(request: pytest.FixtureRequest) -> Standard:
    return load_standard(request.param)


def test_both_are_built_in() -> None:
    assert standard_ids() == ("ctb-1.0", "ctb-1.3")


def test_every_format_is_a_whole_pattern(standard: Standard) -> None:
    patterns = [*standard.formats.values(), *standard.table_ids.values()]
    assert all(p.startswith("^") and p.endswith("$") and re.compile(p) for p in patterns)


def test_probes_are_told_apart_by_their_format(standard: Standard) -> None:
    assert {f.format for f in standard.fields if f.format} <= set(standard.probes)
    for name, probes in standard.probes.items():
        pattern = standard.formats[name]
        assert probes.valid and probes.invalid
        assert [p for p in probes.valid if not re.fullmatch(pattern, p)] == []
        assert [p for p in probes.invalid if re.fullmatch(pattern, p)] == []


def test_fields_name_formats_that_exist(standard: Standard) -> None:
    assert {f.format for f in standard.fields if f.format} <= set(standard.formats)
    assert all("*" in f.names and "*" in f.families for f in standard.fields)


def test_what_a_standard_excludes_exists() -> None:
    built = built_in()
    for name, table in built.standards.items():
        for pattern in table["rules"].get("exclude", ()):
            assert matching(built.rules, [pattern]), f"{name} excludes {pattern}"


def test_the_tracking_columns_of_1_0() -> None:
    fields = load_standard("ctb-1.0").fields
    assert [(f.role, f.spelling, f.required) for f in fields] == [
        ("heir_id", "VARCHAR(50)", True),
        ("process_id", "VARCHAR(50)", True),
        ("created_at", "TIMESTAMP", True),
        ("updated_at", "TIMESTAMP", True),
        ("created_by", "VARCHAR(100)", True),
        ("orbt_layer", "INTEGER", True),
        ("blueprint_version", "VARCHAR(20)", True),
        ("compliance_score", "INTEGER", False),
        ("enforcement_level", "VARCHAR(20)", False),
    ]
    orbt = load_standard("ctb-1.0").field("orbt_layer")
    assert orbt is not None
    assert (orbt.minimum, orbt.maximum, orbt.names_in("firestore")[0]) == (1, 4, "orbtLayer")


def test_the_tracking_columns_of_1_3() -> None:
    standard = load_standard("ctb-1.3")
    fields = {f.role: f for f in standard.fields}
    required = {role for role, f in fields.items() if f.required}
    assert required == {"heir_id", "process_id", "created_at", "orbt_layer"}
    assert fields["heir_id"].names["*"] == ("unique_id",)
    assert (fields["heir_id"].unique, fields["orbt_layer"].tables) == ("entity", ("declared",))
    assert fields["created_at"].nullable and not fields["process_id"].nullable
    assert fields["heir_id"].min_length is None
    assert standard.id_registry == "ids"
    columns = [(c.name, c.nullable, c.unique, c.default) for c in standard.registry_columns]
    assert columns == [
        ("unique_id", False, True, ""),
        ("process_id", False, False, ""),
        ("entity_type", False, False, ""),
        ("schema_version", True, False, "HEIR/1.0"),
    ]


@pytest.mark.parametrize(
    ("standard_id", "name", "text", "fits"),
    [
        ("ctb-1.0", "heir_id", "HEIR-2025-13-SYS-CTB-01", True),
        ("ctb-1.0", "heir_id_value", "HEIR-2025-13-SYS-CTB-01", False),
        ("ctb-1.0", "heir_id_value", "HEIR-2025-12-SYS-CTBAA-01", True),
        ("ctb-1.0", "process_id", "PRC-AUTH-1761177600000", True),
        ("ctb-1.0", "process_id", "PRC-AUTH-17611776000", False),
        ("ctb-1.0", "process_code", "PRC-AUTH-LOGIN", True),
        ("ctb-1.0", "process_code", "PRC-AUTH-1761177600", False),
        ("ctb-1.0", "blueprint_version", "1.0", True),
        ("ctb-1.3", "process_id", "shq.03.imo.V1.20250819.error_tracking", True),
        ("ctb-1.3", "table_heir_id", "HEIR-2025-08-SHQ-ERROR-01", True),
    ],
)
def test_identifiers(standard_id: str, name: str, text: str, fits: bool) -> None:
    assert bool(re.fullmatch(load_standard(standard_id).formats[name], text)) is fits


@pytest.mark.parametrize(
    ("standard_id", "system", "table_id", "fits"),
    [
        ("ctb-1.0", "postgresql", "BART-SHQ-USERS-V1", True),
        ("ctb-1.0", "postgresql", "BART-FIRE-USERS-V1", False),
        ("ctb-1.0", "firestore", "BART-FIRE-USERSESS-V1", True),
        ("ctb-1.0", "bigquery", "BART-BQ-EVENTS-V12", True),
        ("ctb-1.0", "postgresql", "BART-SHQ-USERS-1", False),
        ("ctb-1.3", "postgresql", "BID-DATA-999", True),
        ("ctb-1.3", "postgresql", "BID-DATA-9", False),
    ],
)
def test_table_ids(standard_id: str, system: str, table_id: str, fits: bool) -> None:
    assert bool(re.fullmatch(load_standard(standard_id).table_ids[system], table_id)) is fits


@pytest.mark.parametrize(
    ("schema", "name", "tracker"),
    [
        ("public", "schema_migrations", True),
        ("drizzle", "__drizzle_migrations", True),
        ("public", "_yoyo_log", True),
        ("sqitch", "changes", True),
        ("public", "changes", False),
        ("public", "SequelizeMeta", True),
        ("public", "migrations_plan", False),
    ],
)
def test_trackers(standard: Standard, schema: str, name: str, tracker: bool) -> None:
    assert standard.is_tracker(Name(schema, name)) is tracker


def test_log_tables_go_by_their_name(standard: Standard) -> None:
    assert standard.is_log(Name("public", "error_log"))
    assert standard.is_log(Name("public", "composio_logs"))
    assert not standard.is_log(Name("public", "catalogue"))


def test_capacity_is_that_of_two_digits_or_none() -> None:
    assert (load_standard("ctb-1.0").capacity, load_standard("ctb-1.3").capacity) == (100, 0)


def test_what_engines_cannot_hold() -> None:
    systems = load_standard("ctb-1.3").systems
    assert "trigger" in systems["firestore"].lacks and "unique" in systems["bigquery"].lacks
    assert systems["postgresql"].lacks == ()
    assert systems["postgresql"].url_variables == ("DATABASE_URL", "NEON_DATABASE_URL")
