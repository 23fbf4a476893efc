"""The table registry against DDL and references, verdict by verdict (STANDARD section 8)."""

from dataclasses import replace
from typing import Any

from ctb_audit.model import Catalog, Declaration
from tests.checks.judging import said
from tests.checks.standing import BIGQUERY, REGISTRY, TRACKER, T, U, live, plan, written

DESYNC = "registry-desync"


def registered(sql: str, name: str = "t", **declared: Any) -> Catalog:
    catalog = written(sql, "registry")
    tables = tuple(
        replace(t, declarations=(Declaration("summary", **declared),)) if t.name == name else t
        for t in catalog.tables
    )
    return replace(catalog, tables=tables)


def test_registered_and_defined() -> None:
    assert said(DESYNC, written(T + U), written(T, "registry")) == [
        "MEDIUM postgresql ddl public.u, line 1: it is in the DDL and not registered",
        "pass public.t",
    ]
    assert said(DESYNC, written(U, "reference"), written(T, "registry"), written(T)) == [
        "MEDIUM postgresql reference public.u, line 1: it is in the reference and not registered",
        "pass public.t",
    ]
    nothing = "it is registered, and nothing defines it"
    assert said(DESYNC, live(T + U), written(T + U, "registry"), written(T)) == [
        f"MEDIUM postgresql live public.u, line 1: {nothing}",
        "pass public.t",
    ]
    alone = "it is registered, and neither DDL nor reference has it"
    assert said(DESYNC, written(T), written(T + U, "registry")) == [
        f"MEDIUM postgresql registry public.u (no table), line 1: {alone}",
        "pass public.t",
    ]
    assert said(DESYNC, BIGQUERY, written(U, "registry")) == [
        "MEDIUM bigquery ddl web.events, line 1: it is in the DDL and not registered",
    ]


def test_what_need_not_be_registered() -> None:
    need_not = "it need not be registered"
    assert said(DESYNC, live(T), written(U), written(U, "registry")) == [
        f"not applicable public.t: {need_not}",
        "pass public.u",
    ]
    planned = plan(written("", "reference"))
    assert said(DESYNC, written(T), written("", "registry"), planned) == [
        f"not applicable public.t: {need_not}"
    ]
    uncovered = "no DDL and no reference of its system is among the sources"
    assert said(DESYNC, live(T), BIGQUERY, written("", "registry"))[1:] == [
        f"not applicable public.t: {uncovered}"
    ]
    own = "it is a registry or the tracker of a migration tool"
    assert said(DESYNC, written(TRACKER + REGISTRY), written(T, "registry"))[1:] == [
        f"not applicable public.alembic_version: {own}",
        f"not applicable ctb.table_registry: {own}",
    ]


def test_registry_and_definitions_agree_on_id_and_level() -> None:
    defined = plan(written(T), source="section", status=None, table_id="BART-1", level="STRICT")
    start = "MEDIUM postgresql ddl public.t, line 1: its"
    ids = f"{start} table id is BART-2 in the registry and BART-1 elsewhere"
    levels = "level is RELAXED in the registry and STRICT elsewhere"
    assert said(DESYNC, defined, registered(T, table_id="BART-1", level="strict")) == [
        "pass public.t"
    ]
    assert said(DESYNC, defined, registered(T)) == ["pass public.t"]
    assert said(DESYNC, written(T), registered(T, table_id="BART-2", level="NONE")) == [
        "pass public.t"
    ]
    assert said(DESYNC, defined, registered(T, table_id="BART-2")) == [ids]
    assert said(DESYNC, defined, registered(T, level="relaxed")) == [f"{start} {levels}"]
    assert said(DESYNC, defined, registered(T, table_id="BART-2", level="RELAXED")) == [
        f"{ids}; its {levels}"
    ]
    twice = plan(defined, source="summary", status=None, table_id="BART-0", level="none")
    assert said(DESYNC, twice, registered(T, table_id="BART-2", level="RELAXED")) == [
        f"{start} table id is BART-2 in the registry and BART-0 and BART-1 elsewhere; its level is"
        " RELAXED in the registry and NONE and STRICT elsewhere"
    ]
