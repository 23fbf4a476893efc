"""Statements as `pg_dump` spells them, and what is nearly so."""

import re

from hypothesis import strategies as st

from tests.sources.parse_postgres.dumps import DUMPED, TABLES

_TOKEN = re.compile(r"\w+|\s+|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|[^\w\s]")
_NAMES = (
    *("users", "Users", '"Users"', '"a b"', '"a""b"', '""', "é", '"é"', "x" * 63, "x" * 64),
    *(f'"{"x" * 64}"', f'"{"é" * 32}"', 'U&"\\0061"', "a$b", "1st", "public", "none", "user"),
    *("select", "name", "key", "zone", "value", "only", "current_user", "a.b", "a.b.c", "*"),
)
_SPACES = ("  ", "\n", "\t", "\r\n", "\f", "\v", "\u00a0", " /* c */ ", " -- c\n", "\n\n", "/**/")
_VALUES = (
    "''",
    "'x'",
    "'a''b'",
    "E'\\''",
    "U&'\\0061'",
    "$$x$$",
    "0",
    "-0",
    "1_000",
    "0x1F",
    "9" * 25,
)
_ODD = (
    *("'", "$a$", '"', "\\", "\0", "--", "/*"),
    *("(", ")", "((", "))", "()", ",", ", ", ",\n", ";", "::", "::text", "[]", "=", "-", "+5"),
    *("NOT NULL", "NULL", "DEFAULT", "CONSTRAINT", "CONSTRAINT c", "PRIMARY KEY", "UNIQUE"),
    *("CHECK (a > 0)", "REFERENCES b", "DEFERRABLE", "NOT VALID", "COLLATE", "USING", "WHERE"),
    *("GENERATED ALWAYS AS (a) STORED", "LIKE b", "INHERITS (b)", "EXCLUDE", "NO INHERIT"),
    *("ASC", "DESC", "NULLS FIRST", "INCLUDE (a)", "WITH (x = 1)", "CASCADE", "WITH GRANT OPTION"),
    *("TO PUBLIC", "9" * 25, "1e9", "0x1F", "1_000", "array[1]", "interval '1' day", "B'1'"),
)


def _edited(text: str, edits: list[tuple[str, int, str]]) -> str:
    """The text with other names, spaces and tokens; a place counts those that an edit takes."""
    words = _TOKEN.findall(text)
    for takes, place, instead in edits:
        fits = [at for at, word in enumerate(words) if re.match(takes, word)]
        if fits:
            words[fits[place % len(fits)]] = instead
    return "".join(words)


_places = st.integers(0, 10_000)
_edits = st.one_of(
    st.tuples(st.just(r'[a-z_"]'), _places, st.sampled_from(_NAMES)),
    st.tuples(st.just(r"\s"), _places, st.sampled_from(_SPACES)),
    st.tuples(st.just(r"['\d]"), _places, st.sampled_from(_VALUES)),
    st.tuples(st.just(r"(?s)."), _places, st.sampled_from(_ODD)),
)
statements = st.builds(
    _edited, st.sampled_from((*DUMPED, *TABLES)), st.lists(_edits, min_size=1, max_size=3)
)
scripts = st.lists(statements, min_size=1, max_size=2).map(";\n".join)
