"""Expressions on probe rows: what PostgreSQL answers, or an honest UNDECIDED."""

from decimal import Decimal

import pytest

from ctb_audit.semantics.evaluate import evaluate
from ctb_audit.semantics.values import ERROR, UNDECIDED, Value

ROW: dict[str, Value] = {
    "a": "HEIR-2025-10-USER-AUTH-01",
    "n": 5,
    "d": Decimal("2.50"),
    "z": None,
    "b": True,
    "j": '{"k": [1]}',
    "new.a": "x",
    "tg_op": "UPDATE",
}

# All answers were taken from PostgreSQL 15 with the same values.
DECIDED: tuple[tuple[str, Value], ...] = (
    (r"a ~ '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'", True),
    (r"a !~ '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'", False),
    ("n BETWEEN 1 AND 4", False),
    ("n BETWEEN SYMMETRIC 9 AND 1", True),
    ("n NOT BETWEEN 1 AND 4", True),
    ("n IN (1, 5)", True),
    ("n NOT IN (1, 2)", True),
    ("n NOT IN (1, NULL)", None),
    ("n IN (5, NULL)", True),
    ("z IN (1)", None),
    ("z IS NULL OR n / 0 = 1", True),
    ("n / 0 = 1", ERROR),
    ("n = 5 AND z = 1", None),
    ("n = 4 AND z = 1", False),
    ("n = 5 OR z = 1", True),
    ("NOT (z = 1)", None),
    ("z IS DISTINCT FROM 1", True),
    ("z IS NOT DISTINCT FROM NULL", True),
    ("(z = 1) IS NOT TRUE", True),
    ("b", True),
    ("b IS FALSE", False),
    ("new.a = 'x'", True),
    ("TG_OP = 'UPDATE'", True),
    ("a LIKE 'HEIR%'", True),
    ("a LIKE 'heir%'", False),
    ("a ILIKE 'heir%'", True),
    ("a LIKE '_EIR-%'", True),
    ("a LIKE 'HEIR!%%' ESCAPE '!'", False),
    ("a SIMILAR TO 'HEIR-[0-9]{4}-%'", True),
    ("a SIMILAR TO 'HEIR'", False),
    ("length(a) = 25", True),
    ("char_length(a) > 50", False),
    ("n::text = '5'", True),
    ("a::int = 1", ERROR),
    ("upper(a) = a", True),
    ("lower(btrim('  X ')) = 'x'", True),
    ("CASE WHEN n > 4 THEN false END", False),
    ("CASE n WHEN 1 THEN true WHEN 5 THEN false ELSE true END", False),
    ("left(a, 4) = 'HEIR' AND right(a, 2) = '01'", True),
    ("substring(a FROM 6 FOR 4) = '2025'", True),
    ("substring(a, 6, 4)::int >= 2000", True),
    ("split_part(a, '-', 4) = 'USER'", True),
    ("split_part(a, '-', -1) = '01'", True),
    ("position('@' IN a) > 0", False),
    ("a ~* '^heir'", True),
    ("n > '3'", True),
    ("n::numeric > 4.5", True),
    ("d * 2 = 5", True),
    ("n % 2 = 1 AND -7 / 2 = -3", True),
    ("now() >= now() - interval '1 day'", True),
    ("now() + '2 hours'::interval > CURRENT_TIMESTAMP", True),
    ("(a)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])", False),
    ("n = ANY ('{4,5}'::int[])", True),
    ("'b' = ANY ('{a,b}')", True),
    ("n <> ALL (ARRAY[1, 2])", True),
    ("coalesce(z, 3) = 3", True),
    ("nullif(n, 5) IS NULL", True),
    ("starts_with(a, 'HEIR')", True),
    ("jsonb_typeof(j) = 'object'", True),
    ("greatest(n, 7) = 7 AND least(n, 7) = 5", True),
    ("a <> ''", True),
    ("a > ''", True),
    ("'x' || 'y' = 'xy'", True),
    ("b = 'yes'", True),
    ("(a)::varchar(4) = 'HEIR'", True),
)

OPEN = (
    "f(n) > 1",
    "a > 'B'",  # the collation decides
    "missing = 1",
    "EXISTS (SELECT 1 FROM t)",
    "random() > 0.5",
    r"a ~ '(.)\1'",
    "lower('É') = 'é'",
    "not even sql (",
    "now() > '2020-01-01'",
    "count(DISTINCT a) = 1",
)


@pytest.mark.parametrize(("expression", "expected"), DECIDED)
def test_value_is_the_servers(expression: str, expected: Value) -> None:
    assert evaluate(expression, ROW) is expected


@pytest.mark.parametrize("expression", OPEN)
def test_what_is_not_modelled_is_undecided(expression: str) -> None:
    assert evaluate(expression, ROW) is UNDECIDED


def test_false_decides_over_what_is_undecided() -> None:
    assert evaluate("n = 4 AND f(n)", ROW) is False
    assert evaluate("n = 5 OR f(n)", ROW) is True
    assert evaluate("n = 5 AND f(n)", ROW) is UNDECIDED
