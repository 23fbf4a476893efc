"""Two spellings of one expression are equal, two expressions are not."""

import importlib.util
from pathlib import Path

import pytest

from ctb_audit.model import Type
from ctb_audit.semantics.expressions import equal, normalize
from ctb_audit.semantics.parse import Unreadable

_spec = importlib.util.spec_from_file_location(
    "expression_pairs", Path(__file__).with_name("expression_pairs.py")
)
assert _spec is not None and _spec.loader is not None
pairs = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(pairs)
COLUMNS: dict[str, Type] = pairs.COLUMNS

# Texts that are spelled alike and mean different things.
DIFFERENT = (
    ("s IN ('a', 'b')", "s IN ('a', 'c')"),
    ("s IN ('a', 'b')", "s IN ('a', 'b', 'c')"),
    ("s IN ('a', 'b')", "s NOT IN ('a', 'b')"),
    ("v IN ('a')", "(v)::text = 'b'::text"),
    ("v IN ('a', 'b')", "v = 'a'"),
    ("v = 'a'", "v = 'A'"),
    ("v = 'a'", "v = 'a '"),
    ("v = ''", "v IS NULL"),
    ("n > 0", "n >= 0"),
    ("n > 0", "n > 1"),
    ("n > 0", "n < 0"),
    ("n > 0", "big > 0"),
    ("n > 0", "0 > n"),
    ("n > 1", "n > -1"),
    ("n = 1", "n <> 1"),
    ("n BETWEEN 1 AND 4", "n BETWEEN 1 AND 5"),
    ("n BETWEEN 1 AND 4", "n > 1 AND n < 4"),
    ("n BETWEEN 1 AND 4", "n NOT BETWEEN 1 AND 4"),
    ("n BETWEEN 1 AND 4", "n BETWEEN SYMMETRIC 1 AND 4"),
    ("n BETWEEN 4 AND 1", "n BETWEEN SYMMETRIC 4 AND 1"),
    ("n IN (1, 2)", "n IN (1, 3)"),
    ("n IN (1, 2)", "n <> ALL (ARRAY[1, 2])"),
    ("n = ANY (ARRAY[1, 2])", "n > ANY (ARRAY[1, 2])"),
    ("n = ANY (ARRAY[1, 2])", "n = ALL (ARRAY[1, 2])"),
    ("n > 0 AND b", "n > 0 OR b"),
    ("n > 0 AND (b OR big > 0)", "(n > 0 AND b) OR big > 0"),
    ("n > 0 AND b AND big > 0", "n > 0 AND b"),
    ("NOT b", "b"),
    ("NOT (n = 5)", "n = 5"),
    ("b IS TRUE", "b IS NOT FALSE"),
    ("b IS TRUE", "b IS FALSE"),
    ("b = true", "b = false"),
    ("b = 't'", "b = 'f'"),
    ("n IS NULL", "n IS NOT NULL"),
    ("n IS DISTINCT FROM 1", "n IS NOT DISTINCT FROM 1"),
    ("n IS DISTINCT FROM 1", "n <> 1"),
    ("p > 0", "p > 0.5"),
    ("p IN (1, 2)", "p IN (1, 3)"),
    ("p = 1.5", "p = -1.5"),
    ("f BETWEEN 0 AND 1", "f BETWEEN 0 AND 2"),
    ("n / 2 = 1", "n / 2.0 = 1"),
    ("n + 1 > 2", "n - 1 > 2"),
    ("n + 1 > 2", "n > 1"),
    ("n % 2 = 0", "n % 2 = 1"),
    ("s LIKE 'a%'", "s ILIKE 'a%'"),
    ("s LIKE 'a%'", "s NOT LIKE 'a%'"),
    ("s LIKE 'a%'", "s LIKE 'b%'"),
    ("s LIKE 'a%'", "s LIKE 'a%' ESCAPE '!'"),
    ("s LIKE 'a%'", "s SIMILAR TO 'a%'"),
    ("s LIKE 'a%'", "s ~ '^a'"),
    ("s ~ '^a'", "s ~* '^a'"),
    ("s ~ '^a'", "s !~ '^a'"),
    ("s ~ '^a'", "s ~ '^a$'"),
    (r"v ~ '^\d{4}$'", r"v ~ '^\d{5}$'"),
    ("length(s) > 0", "length(s) > 1"),
    ("length(s) > 0", "octet_length(s) > 0"),
    ("length(s) > 0", "length(btrim(s)) > 0"),
    ("btrim(s) <> ''", "rtrim(s) <> ''"),
    ("btrim(s) <> ''", "btrim(s, 'x') <> ''"),
    ("lower(s) = s", "upper(s) = s"),
    ("position('@' in s) > 1", "position('.' in s) > 1"),
    ("substring(s from 1 for 3) = 'abc'", "substring(s from 2 for 3) = 'abc'"),
    ("left(s, 2) = 'ab'", "right(s, 2) = 'ab'"),
    ("coalesce(s, '') <> ''", "coalesce(s, 'x') <> ''"),
    ("coalesce(n, 0) >= 0", "coalesce(n, 1) >= 0"),
    ("greatest(n, 1) > 0", "least(n, 1) > 0"),
    ("ts > now()", "ts < now()"),
    ("ts > now()", "ts > CURRENT_DATE"),
    ("ts > now()", "ts > clock_timestamp()"),
    ("ts > now()", "ts > LOCALTIMESTAMP"),
    ("ts > '2020-01-01'", "ts > '2020-01-02'"),
    ("d > '2020-01-01'", "d > '2021-01-01'"),
    ("extract(year from ts) > 2000", "extract(month from ts) > 2000"),
    ("ts AT TIME ZONE 'utc' > now()", "ts AT TIME ZONE 'cet' > now()"),
    ("j ->> 'a' = 'x'", "j ->> 'b' = 'x'"),
    ("j -> 'a' IS NOT NULL", "j ->> 'a' IS NOT NULL"),
    ("j @> '{\"a\": 1}'", "j @> '{\"a\": 2}'"),
    ("j @> '{\"a\": 1}'", "j <@ '{\"a\": 1}'"),
    ("ta[1] = 'x'", "ta[2] = 'x'"),
    ("'a' = ANY (ta)", "'b' = ANY (ta)"),
    ("ta @> ARRAY['a']", "ta @> ARRAY['b']"),
    ("n::text = '1'", "n = 1"),
    ("v::varchar(3) = v", "v::varchar(4) = v"),
    ("v::varchar(3) = v", "v = v"),
    ("CASE WHEN n > 1 THEN true ELSE false END", "CASE WHEN n > 1 THEN true END"),
    ("CASE WHEN n > 1 THEN true ELSE false END", "CASE WHEN n > 1 THEN false ELSE true END"),
    ("CASE v WHEN 'a' THEN b END", "CASE v WHEN 'b' THEN b END"),
    ("(n, small) = (1, 2)", "n = 1 AND small = 3"),
    ("s COLLATE \"C\" = 'x'", "s = 'x'"),
    ("c = 'US'", "c = 'DE'"),
)

UNDECIDED = (
    ("f_user(n)", "g_user(n)"),
    ("tz > '2020-01-01 00:00:00'", "tz > '2020-01-01 00:00:00+00'::timestamp with time zone"),
    ("n IN (SELECT 1)", "n IN (SELECT 2)"),
    ("i > interval '30' day", "i > '30 days'::interval"),
    ("m = 'sad'", "m = 'ok'::ex.other"),
    ("unknown_to_all( n", "n"),
)

DIFFERENT_DEFAULTS = (
    ("n", "0", "1"),
    ("n", "0", None),
    ("s", "'x'", "'y'"),
    ("s", "''", None),
    ("s", "'1'", "'1.0'"),
    ("b", "true", "false"),
    ("p", "0", "0.01"),
    ("ts", "now()", "CURRENT_DATE"),
    ("ts", "now()", "clock_timestamp()"),
    ("tz", "now()", "now() + interval '1 day'"),
    ("j", "'{}'", "'[]'"),
    ("ta", "'{}'", "'{a}'"),
    ("n", "nextval('a_seq')", "nextval('b_seq'::regclass)"),
    ("n", "nextval('a.t_seq')", "nextval('b.t_seq'::regclass)"),
    ("v", "'STRICT'", "'STANDARD'::character varying"),
)


@pytest.mark.parametrize(("written", "served"), pairs.CHECKS)
def test_what_the_server_makes_of_a_check_is_equal(written: str, served: str) -> None:
    assert equal(written, served, columns=COLUMNS, kind="check") == "equal"


@pytest.mark.parametrize(("column", "written", "served"), pairs.DEFAULTS)
def test_what_the_server_makes_of_a_default_is_equal(
    column: str, written: str, served: str | None
) -> None:
    target = COLUMNS[column]
    assert equal(written, served, columns=COLUMNS, kind="default", target=target) == "equal"


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_different_conditions(a: str, b: str) -> None:
    assert equal(a, b, columns=COLUMNS, kind="check") == "different"
    assert equal(b, a, columns=COLUMNS, kind="check") == "different"


@pytest.mark.parametrize(("a", "b"), UNDECIDED)
def test_what_cannot_be_decided_says_so(a: str, b: str) -> None:
    assert equal(a, b, columns=COLUMNS, kind="check") == "undecided"


@pytest.mark.parametrize(("column", "a", "b"), DIFFERENT_DEFAULTS)
def test_different_defaults(column: str, a: str, b: str | None) -> None:
    target = COLUMNS[column]
    found = equal(a, b, columns=COLUMNS, kind="default", target=target)
    assert found in ("different", "undecided")


def test_no_two_checks_of_the_list_are_equal_by_accident() -> None:
    """Each normal form belongs to one meaning: spellings of one thing are listed here."""
    forms: dict[object, list[str]] = {}
    for written, _ in pairs.CHECKS:
        forms.setdefault(normalize(written, COLUMNS), []).append(written)
    shared = sorted(" | ".join(texts) for texts in forms.values() if len(texts) > 1)
    assert shared == EXPECTED_SHARED


EXPECTED_SHARED = [
    "b = true | b = 't'",
    "btrim(v) <> '' | trim(v) <> ''",
    "d <= CURRENT_DATE | d <= now()::date",
    "d > '2020-01-01' | d > DATE '2020-01-01'",
    "extract(year from ts) > 2000 | date_part('year', ts) > 2000",
    "n > 0 | ex.t.n > 0",
    "n IS NULL | n ISNULL",
    "n NOT IN (1,2) | n <> ALL (ARRAY[1,2])",
    "position('@' in s) > 1 | strpos(s, '@') > 1",
    "s IN ('a','b') | s = ANY (ARRAY['a','b'])",
    "s LIKE 'a%' | s ~~ 'a%'",
    "ta @> ARRAY['a'] | ta @> '{a}'",
    "ts AT TIME ZONE 'utc' > now() | timezone('utc', ts) > now()",
    "v IN ('a','b') | v = ANY (ARRAY['a','b']) | v = ANY (ARRAY['a'::varchar,'b'::varchar]::text[])"
    " | v = ANY ('{a,b}') | v = ANY ('{a,b}'::text[])",
]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("nextval('t_seq')", "nextval('public.t_seq'::regclass)", "equal"),
        ("nextval('t_seq')", "nextval('app.t_seq'::regclass)", "equal"),
        ("uuid_generate_v4()", "extensions.uuid_generate_v4()", "equal"),
        ("NULL", None, "equal"),
        ("NULL::character varying", None, "equal"),
    ],
)
def test_defaults_with_and_without_schema(a: str, b: str | None, expected: str) -> None:
    assert equal(a, b, columns={}, kind="default") == expected


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (
            "SELECT id, name FROM t WHERE n > 1",
            " SELECT t.id,\n t.name\n FROM t\n WHERE (t.n > 1);",
            "equal",
        ),
        ("SELECT id AS id FROM public.t", "SELECT t.id FROM t", "equal"),
        ("SELECT x.id FROM t x", "SELECT id FROM t x", "equal"),
        ("SELECT id FROM t", "SELECT id FROM u", "undecided"),
        (
            "SELECT a.id FROM a JOIN b ON a.id = b.id",
            "SELECT b.id FROM a JOIN b ON a.id = b.id",
            "undecided",
        ),
        ("SELECT * FROM t", "SELECT t.id FROM t", "undecided"),
    ],
)
def test_views(a: str, b: str, expected: str) -> None:
    assert equal(a, b, columns={}, kind="view") == expected


def test_rows_of_a_trigger_stay_apart() -> None:
    served = "((old.v)::text IS DISTINCT FROM (new.v)::text)"
    written = "OLD.v IS DISTINCT FROM NEW.v"
    assert equal(written, served, columns=COLUMNS, kind="when") == "equal"
    assert equal(written, "OLD.v IS DISTINCT FROM OLD.v", columns=COLUMNS, kind="when") != "equal"


def test_normal_form_of_what_is_no_expression() -> None:
    with pytest.raises(Unreadable):
        normalize("n FROM t", COLUMNS)
