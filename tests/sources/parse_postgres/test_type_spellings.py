"""A short look at a type reads the same spelling as the whole expression."""

from itertools import product

import pytest

from ctb_audit.sources.ddl.parse_postgres.types import _PLAIN, _SPELLING

WORDS = (
    *("int", "varchar(50)", "numeric(10,2)", "numeric(10, 2)", "numeric (10)", "interval", "bit"),
    *("double precision", "character varying(5)", "timestamp with time zone", "time(3)", "char"),
    *("timestamp(3) without time zone", "interval year to month", "interval second(3)", "_int4"),
    *("text_w_default", "a_not", "xnull", "kind_unique(3)"),
    *("national character(3)", "national", "nationality", "app.kind", "app . kind", '"Kind"', "é"),
    *('U&"a"', "t.c%type", "int[]", "int [3]", "int array", "int array[4]", "geometry(Point,4326)"),
)
BEHIND = (
    *("", ",", " ,", ")", "\n)", ";", " not null", " NOT NULL", " default 1", " DEFAULT now()"),
    *(" primary key", " unique", " references t (id)", " check (x)", " constraint c", " collate x"),
    *(" generated always as (1) stored", " -- note", " /* a */ (3)", "/* a */", "--a", " notes"),
    *(" defaulted", " with time zone", " without time zone", " varying", " year", "[]", " array"),
    *("(3)", " (3)", ".x", "%type", " not", " null", "\u00a0not null", " to month", "::text"),
)


@pytest.mark.parametrize("word", WORDS)
def test_plain_types_are_read_as_all_types(word: str) -> None:
    for written, behind in product((word, word.upper(), word.title()), BEHIND):
        plain = _PLAIN.match(written + behind)
        if plain is not None:
            whole = _SPELLING.match(written + behind)
            assert whole is not None
            assert (plain[1], plain.span(1)) == (whole[1], whole.span(1)), written + behind
            assert not whole[2], written + behind


def test_most_types_are_plain() -> None:
    assert all(_PLAIN.match(f"{w} NOT NULL") for w in ("int", "varchar(50)", "numeric(10, 2)"))
