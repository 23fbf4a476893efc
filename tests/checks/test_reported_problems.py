"""What the sources themselves get wrong: whose finding it is, and what it tells."""

from dataclasses import replace
from typing import Any

from ctb_audit.model import Location, Name, Problem
from tests.checks.judging import at, catalog_of, said

RULE: Any = "duplicate-object-name"
T = Name("public", "t")


def problem(message: str, *names: Name, place: Location | None = None, **other: Any) -> Problem:
    kind = other.get("kind", RULE)
    return Problem(kind, message, names, location=place or at(len(message), "a.sql"))


def told(*problems: Problem, surface: Any = "ddl") -> list[str]:
    read = catalog_of("CREATE TABLE t (id int);", surface)
    return said(RULE, replace(read, problems=problems, source="folder"))


START = "HIGH postgresql ddl public.t, line"


def test_problems_of_a_table_are_its_finding() -> None:
    assert told() == ["pass public.t"]
    one, two = problem("one", T), problem("second", Name(None, "t"))
    assert told(one) == [f"{START} 3: one"]
    assert told(one, two, one) == [f"{START} 3: one; second"]
    assert told(problem("odd", T, kind="invalid-sql")) == ["pass public.t"]
    many = [problem("x" * n, T) for n in (1, 2, 3)]
    assert told(*many) == [f"{START} 1: x; xx; xxx"]
    assert told(*many, problem("y", T), problem("z", T)) == [f"{START} 1: x; xx; xxx; and 2 more"]


def test_messages_that_differ_in_a_name_are_told_once() -> None:
    def named(*names: str) -> list[Problem]:
        return [problem(f'"{n}" is there "twice"', T, place=at(4, "a.sql")) for n in names]

    assert told(*named("a")) == [f'{START} 4: "a" is there "twice"']
    assert told(*named("a", "b")) == [f'{START} 4: "a" is there "twice" (so too "b")']
    assert told(*named("a", "b", "c", "d"), problem("odd", T)) == [
        f'{START} 4: "a" is there "twice" (so too "b", "c", "d"); odd'
    ]
    assert told(*named("a", "b", "c", "d", "e", "f")) == [
        f'{START} 4: "a" is there "twice" (so too "b", "c", "d" and 2 more)'
    ]


def test_messages_that_differ_in_two_names_are_two() -> None:
    one, two = (problem(f'"{n}" is in "{n}s"', T, place=at(4, "a.sql")) for n in "ab")
    assert told(one, two) == [f'{START} 4: "a" is in "as"; "b" is in "bs"']


def test_problems_of_no_table_are_those_of_an_object_or_a_file() -> None:
    away = problem("lost", Name(None, "w"), Name("shq", "w"), place=at(2, "b.sql"))
    unnamed = problem("odd", Name(None, "x"), place=at(7, "b.sql"))
    unplaced = Problem(RULE, "nowhere")
    other = problem("rejected", kind="rejected")
    assert told(away, away, unnamed, unplaced, other) == [
        "HIGH postgresql ddl shq.w (no table), line 2: lost",
        "HIGH postgresql ddl b.sql (no table), line 7: odd",
        "HIGH postgresql ddl folder (no table): nowhere",
        "pass public.t",
    ]
    assert told(problem("both", T, Name("shq", "w"))) == [f"{START} 4: both"]


def test_a_live_table_was_not_read_from_sql() -> None:
    assert told(problem("odd", T), surface="live") == [
        "not applicable public.t: the table was read from a catalog, not from SQL"
    ]


def test_a_table_of_another_surface_is_another() -> None:
    live = catalog_of("CREATE TABLE t (id int);", "live")
    empty = replace(catalog_of(""), problems=(problem("odd", T, place=at(3, "b.sql")),))
    assert said(RULE, live, empty) == [
        "HIGH postgresql ddl public.t (no table), line 3: odd",
        "not applicable public.t: the table was read from a catalog, not from SQL",
    ]
