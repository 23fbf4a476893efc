"""Which finding a table gives by where it stands (STANDARD section 8)."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.compare.sides import explicit_sides, implied_sides
from ctb_audit.config import Config, with_options
from ctb_audit.judge import judge
from ctb_audit.model import Catalog, Declaration, Declared, Name, Surface
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

T = "CREATE TABLE t (id integer PRIMARY KEY);"
U = "CREATE TABLE u (id integer PRIMARY KEY);"


def catalog(surface: Surface, sql: str) -> Catalog:
    made = replay([read_script(sql, f"{surface}.sql", "postgresql")], surface=surface)
    return replace(made, server_version=170000) if surface == "live" else made


def found(*catalogs: Catalog, explicit: bool = False) -> set[tuple[str, str, str]]:
    config = with_options(Config(root=Path()), select=("drift",))
    project = project_of(catalogs, config, AuditSettings(date(2026, 11, 22)))
    if explicit:
        project = replace(project, sides=explicit_sides([[c] for c in catalogs]))
    return {(f.rule, f.table, f.requirement) for f in judge(project).findings}


CASES: tuple[tuple[dict[Surface, str], set[tuple[str, str, str]]], ...] = (
    ({"live": T + U, "ddl": T}, {("rogue-table", "public.u", "")}),
    ({"live": T + U, "registry": T + U}, set()),
    (
        {"live": T + U, "ddl": T, "registry": T + U},
        {("registry-desync", "public.u", "")},
    ),
    ({"live": T + U, "reference": T}, {("orphan-table", "public.u", "")}),
    ({"live": T + U, "ddl": T, "reference": T}, {("rogue-table", "public.u", "")}),
    ({"ddl": T + U, "reference": T}, {("orphan-table", "public.u", "")}),
    ({"ddl": T, "reference": T + U}, {("ghost-table", "public.u", "")}),
    ({"live": T, "reference": T + U}, {("ghost-table", "public.u", "")}),
    ({"live": T, "ddl": T + U, "reference": T + U}, {("table-drift", "public.u", "live-ddl")}),
    (
        {"live": T, "registry": T + U},
        {("phantom-table", "public.u", "")},
    ),
    ({"live": T, "ddl": T}, set()),
    ({"live": T}, set()),
)


@pytest.mark.parametrize(("surfaces", "expected"), CASES)
def test_a_table_by_its_surfaces(
    surfaces: dict[Surface, str], expected: set[tuple[str, str, str]]
) -> None:
    assert found(*(catalog(surface, sql) for surface, sql in surfaces.items())) == expected


def test_a_migration_tool_s_tracker_is_not_rogue() -> None:
    live = catalog("live", T + "CREATE TABLE alembic_version (version_num text PRIMARY KEY);")
    assert found(live, catalog("ddl", T)) == set()


def test_planned_tables_are_no_ghosts_and_drift_once_they_are_live() -> None:
    plan = Declaration("section", status="Planned")
    reference = replace(
        catalog("reference", T + U),
        declared=(Declared("postgresql", Name("public", "u"), plan),),
    )
    assert found(catalog("live", T), reference) == set()
    assert found(catalog("live", T + U), reference) == {("orphan-table", "public.u", "")}


def test_a_table_that_dynamic_ddl_may_make_is_not_called_rogue() -> None:
    ddl = catalog(
        "ddl", T + "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || chr(117) || ' (a int)'; END $$;"
    )
    assert found(catalog("live", T + U), ddl) == set()


def test_two_databases_are_held_against_each_other() -> None:
    first, second = catalog("live", T + U), replace(catalog("live", T), source="second")
    assert found(first, second) == {("table-drift", "public.u", "live-live2")}


def test_two_sets_of_ddl_lack_tables_only_where_they_are_asked_for() -> None:
    first, second = catalog("ddl", T + U), catalog("ddl", T)
    assert found(first, second) == set()
    assert found(first, second, explicit=True) == {("table-drift", "public.u", "ddl-ddl2")}


def test_folders_of_different_tables_are_one_side() -> None:
    sides = implied_sides([catalog("ddl", T), catalog("ddl", U), catalog("live", T + U)])
    assert [(s.label, len(s.catalog.tables)) for s in sides] == [("live", 2), ("ddl", 2)]


def test_a_document_need_not_repeat_indexes_but_what_it_states_must_be_so() -> None:
    indexed = T + "CREATE INDEX by_id ON t (id) WHERE id > 0;"
    assert found(catalog("ddl", indexed), catalog("reference", T)) == set()
    assert found(catalog("ddl", T), catalog("reference", indexed)) == {
        ("index-drift", "public.t", "ddl-reference,by_id")
    }


def test_a_pair_is_named_alike_whichever_comes_first() -> None:
    changed = T.replace("integer", "bigint")
    wanted = {("column-drift", "public.t", "live-ddl,id")}
    live, ddl = catalog("live", T), catalog("ddl", changed)
    assert found(live, ddl, explicit=True) == found(ddl, live, explicit=True) == wanted


def test_registry_and_definitions_disagree_on_an_id() -> None:
    registry = catalog("registry", T)
    table = replace(registry.tables[0], declarations=(Declaration("summary", table_id="BART-1"),))
    declared = Declared(
        "postgresql", Name("public", "t"), Declaration("section", table_id="BART-2")
    )
    reference = replace(catalog("reference", T), declared=(declared,))
    assert found(replace(registry, tables=(table,)), reference) == {
        ("registry-desync", "public.t", "")
    }
