"""Tables that one surface has and another has not, verdict by verdict (STANDARD section 8)."""

from dataclasses import replace
from typing import Any

import pytest

from ctb_audit.model import Catalog, Name, Problem
from tests.checks.judging import at, said
from tests.checks.standing import BIGQUERY, REFERENCE, REGISTRY, TRACKER, T, U, live, plan, written

ROGUE = "it is in the live database, and neither DDL nor registry knows it"


def test_live_and_nowhere_else() -> None:
    assert said("rogue-table", live(T + U), written(T)) == [
        f"CRITICAL postgresql live public.u, line 1: {ROGUE}",
        "pass public.t",
    ]
    assert said("rogue-table", live(T), written(U, "registry")) == [
        f"CRITICAL postgresql live public.t, line 1: {ROGUE}"
    ]
    assert said("rogue-table", live(T + U), written(T), written(U, "registry")) == [
        "pass public.t",
        "pass public.u",
    ]


def test_what_cannot_be_rogue() -> None:
    needs = "no DDL and no registry of this system is among the sources"
    assert said("rogue-table", live(T), written(T + U)) == [
        "pass public.t",
        "not applicable public.u: it is in no live database",
    ]
    assert said("rogue-table", live(T), BIGQUERY) == [
        f"not applicable public.t: {needs}",
        "not applicable web.events: it is in no live database",
    ]
    own = "it is the registry, or a migration tool makes it itself"
    assert said("rogue-table", live(TRACKER + REGISTRY), written(T)) == [
        f"not applicable public.alembic_version: {own}",
        f"not applicable ctb.table_registry: {own}",
        "not applicable public.t: it is in no live database",
    ]
    entries = replace(written(T, "registry"), source="db tables.list")
    elsewhere = "CREATE SCHEMA tables; CREATE TABLE tables.list (id int);"
    assert said("rogue-table", live(elsewhere), entries) == [f"not applicable tables.list: {own}"]


EXECUTE = "DO $$ BEGIN EXECUTE 'CREATE TABLE ' || chr(117) || ' (a int)'; END $$;"


def problem(kind: Any, message: str = "m", excerpt: str = "") -> Problem:
    return Problem(kind, message, excerpt=excerpt)


def with_problem(catalog: Catalog, found: Problem) -> Catalog:
    return replace(catalog, problems=(*catalog.problems, found))


def test_what_may_be_made_elsewhere_is_unknown() -> None:
    start = "unknown CRITICAL postgresql public.u: "
    dynamic = f"{start}DDL that builds its statements when it runs may create it"
    found = said("rogue-table", live(U), written(f"{T}\n{EXECUTE}"))
    assert found[0] == f"{dynamic} (a.sql:2)"
    unplaced = with_problem(written(T), problem("not-understood", excerpt="do execute x"))
    assert said("rogue-table", live(U), unplaced)[0] == dynamic
    for other in (
        problem("not-understood", excerpt="CREATE x"),
        problem("rejected", excerpt="EXECUTE x"),
    ):
        told = said("rogue-table", live(U), with_problem(written(T), other))
        assert told[0] == f"CRITICAL postgresql live public.u, line 1: {ROGUE}"


def test_a_registry_that_the_role_may_not_read() -> None:
    told = "the table registry may know it, and the role may not read it"
    hidden = problem("hidden", "the table registry cannot be read")
    assert said("rogue-table", with_problem(live(U), hidden), written(T))[0] == (
        f"unknown CRITICAL postgresql public.u: {told}"
    )
    for other in (problem("hidden", "rows of x"), problem("rejected", "the table registry")):
        lines = said("rogue-table", with_problem(live(U), other), written(T))
        assert lines[0] == f"CRITICAL postgresql live public.u, line 1: {ROGUE}"
    lines = said("rogue-table", live(U), with_problem(written(T), hidden))
    assert lines[0] == f"CRITICAL postgresql live public.u, line 1: {ROGUE}"


# ---- orphan and ghost ---------------------------------------------------------------------------


def test_in_no_reference() -> None:
    orphan = "no reference describes it"
    assert said("orphan-table", written(T + U), REFERENCE) == [
        f"MEDIUM postgresql ddl public.u, line 1: {orphan}",
        "pass public.t",
    ]
    assert said("orphan-table", live(U), written(U, "reference"), written(T)) == [
        f"MEDIUM postgresql ddl public.t, line 1: {orphan}",
        "pass public.u",
    ]
    assert said("orphan-table", live(T + TRACKER + U), REFERENCE, written(T)) == [
        "pass public.t",
        "not applicable public.alembic_version: the tracker of a migration tool needs no reference",
        "not applicable public.u: it is a rogue table",
    ]
    assert said("orphan-table", written(T), written(T + U, "reference")) == [
        "pass public.t",
        "not applicable public.u: it is in no database and in no DDL",
    ]


def test_described_is_referenced() -> None:
    described = plan(written(U, "reference"), status="Active")
    assert said("orphan-table", written(T), described)[0] == "pass public.t"


def test_a_planned_table_that_is_live() -> None:
    planned = plan(written(U, "reference"))
    told = "it is in the live database, and documented as Planned"
    assert said("orphan-table", live(T), planned)[0] == (
        f"MEDIUM postgresql live public.t, line 1: {told}"
    )
    assert said("orphan-table", written(T), planned)[0] == "pass public.t"


GHOST = "the reference describes it, and neither database nor DDL has it"


def test_in_the_reference_alone() -> None:
    both = written(T + U, "reference")
    told = f"MEDIUM postgresql reference public.u, line 1: {GHOST}"
    assert said("ghost-table", live(T), both) == [told, "pass public.t"]
    assert said("ghost-table", written(T), both) == [told, "pass public.t"]
    assert said("ghost-table", written(T + U), REFERENCE) == [
        "pass public.t",
        "not applicable public.u: no reference describes it",
    ]
    assert said("ghost-table", BIGQUERY, REFERENCE) == [
        "not applicable web.events: no reference describes it",
        "not applicable public.t: no live database and no DDL of this system is among the sources",
    ]
    assert said("ghost-table", live(""), plan(REFERENCE)) == [
        "not applicable public.t: it is planned, so no database need have it"
    ]


@pytest.mark.parametrize("source", ["section", "summary"])
def test_described_without_ddl(source: str) -> None:
    nothing = Catalog(surface="reference")
    placed = plan(nothing, "w", source=source, status=None, location=at(7))
    finding = f"MEDIUM postgresql reference public.w (no table), line 7: {GHOST}"
    assert said("ghost-table", written(T), placed)[0] == finding
    assert said("ghost-table", live(""), placed) == [finding]
    absent = ["not applicable web.events: no reference describes it"]
    assert said("ghost-table", BIGQUERY, placed) == absent
    known = plan(nothing, "t", source=source, status=None)
    assert said("ghost-table", written(T), known) == ["pass public.t"]
    twice = plan(placed, "w", source=source, status=None, location=at(9))
    assert said("ghost-table", live(""), twice) == [finding]


def test_what_is_only_listed_or_planned_is_no_ghost() -> None:
    listed = plan(Catalog(surface="reference"), "w", source="levels", status=None)
    assert said("ghost-table", live(""), listed) == []
    described = plan(Catalog(surface="reference"), "w", status="Active")
    planned = plan(described, "w", source="levels", status="planned for 2027")
    assert said("ghost-table", live(""), planned) == []
    other = plan(described, "x", source="levels")
    assert len(said("ghost-table", live(""), other)) == 1


# ---- phantom ------------------------------------------------------------------------------------

PHANTOM = "it is registered, and no live database has it"


def test_registered_and_not_live() -> None:
    entries = written(T + U, "registry")
    assert said("phantom-table", live(T), entries, written(T + U)) == [
        f"MEDIUM postgresql ddl public.u, line 1: {PHANTOM}",
        "pass public.t",
    ]
    assert said("phantom-table", live(T), entries) == [
        f"MEDIUM postgresql registry public.u (no table), line 1: {PHANTOM}",
        "pass public.t",
    ]
    neither = "it is not registered, or no live database of its system is here"
    assert said("phantom-table", live(T + U), written(T, "registry")) == [
        "pass public.t",
        f"not applicable public.u: {neither}",
    ]
    planned = plan(written("", "reference"))
    assert said("phantom-table", live(""), written(T, "registry"), written(T), planned) == [
        "not applicable public.t: it is planned, so no database need have it"
    ]


def test_a_registry_of_another_system_has_no_phantoms_here() -> None:
    there = written("CREATE TABLE web.events (id INT64);", "registry", "bigquery")
    both = replace(there, tables=(*there.tables, *written(U, "registry").tables))
    neither = "it is not registered, or no live database of its system is here"
    assert said("phantom-table", live(T), both, BIGQUERY) == [
        f"MEDIUM postgresql registry public.u (no table), line 1: {PHANTOM}",
        f"not applicable public.t: {neither}",
        f"not applicable web.events: {neither}",
    ]


# ---- presence -----------------------------------------------------------------------------------


def test_defined_here_and_absent_there() -> None:
    nothing = "no two sources should both have it"
    assert said("table-drift", live(T), written(T + U)) == [
        "HIGH postgresql ddl public.u [live-ddl], line 1: it is in the DDL and not in the live"
        " database",
        "pass public.t [live-ddl]",
    ]
    assert said("table-drift", live(T + U), written(T)) == ["pass public.t [live-ddl]"]
    planned = plan(written("", "reference"), "u")
    assert said("table-drift", live(T), written(T + U), planned) == ["pass public.t [live-ddl]"]
    assert said("table-drift", live(T), written(T + TRACKER)) == ["pass public.t [live-ddl]"]
    assert said("table-drift", written(T), REFERENCE) == [f"not applicable public.t: {nothing}"]
    assert said("table-drift", live(T), live(T), written(U, "reference")) == [
        "pass public.t [live-live2]",
        f"not applicable public.u: {nothing}",
    ]
    twice = said("table-drift", live(T), written(T), written(T), REFERENCE)
    pairs = ("live-ddl", "live-ddl2", "ddl-ddl2")
    assert twice == [f"pass public.t [{pair}]" for pair in pairs]
    assert said("table-drift", live(T), written(T), BIGQUERY) == ["pass public.t [live-ddl]"]


def test_a_statement_that_was_not_understood_may_have_made_it() -> None:
    unread = Problem("not-understood", "odd", (Name("public", "u"),))
    told = "a statement that names it was not understood: odd"
    assert said("table-drift", with_problem(live(T), unread), written(T + U)) == [
        f"unknown HIGH postgresql public.u [live-ddl]: {told}",
        "pass public.t [live-ddl]",
    ]
