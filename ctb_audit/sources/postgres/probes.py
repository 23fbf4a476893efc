"""The SQL that answers probes, without a value in any result."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from ctb_audit.model import Name
from ctb_audit.probe import ROW, Probe, column_of_row, quoted

Statement = tuple[str, list[Any]]
SHAPE_LENGTH = 40
_UPPER, _LOWER, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
_PLAIN = _UPPER + _LOWER + _DIGITS
_MASKED = "A" * 26 + "a" * 26 + "9" * 10


class After(NamedTuple):
    """Where to go on in an index: after a value, or with it once more (`again`)."""

    value: Any
    again: bool


PAGES = """
SELECT CASE WHEN m.amname = 'heap' THEN
    pg_relation_size(c.oid) / current_setting('block_size')::int8 END
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_am m ON m.oid = c.relam
WHERE n.nspname = %s AND c.relname = %s
"""


def shape(expression: str) -> str:
    """SQL for the shape of a value: letters as `A` or `a`, digits as `9`, the rest as `?`."""
    text = f"left({expression}::text, {SHAPE_LENGTH})"
    masked = (
        f"regexp_replace(translate({text}, '{_PLAIN}', '{_MASKED}'), '[^Aa9 _.:@/-]', '?', 'g')"
    )
    longer = f"CASE WHEN length({expression}::text) > {SHAPE_LENGTH} THEN '...' ELSE '' END"
    return f'({masked} || {longer}) COLLATE "C"'


def relation(table: Name) -> str:
    return quoted(table.schema, table.name)


def pages(first: int, end: int | None) -> str:
    """The condition of rows in these pages; `end` None for the last ones."""
    begin = f"{ROW}.ctid >= '({first},0)'::tid"
    return begin if end is None else f"{begin} AND {ROW}.ctid < '({end},0)'::tid"


def counting(table: Name, probes: Sequence[Probe], where: str) -> Statement:
    """Of each probe: count, smallest and largest shape; one pass over the rows for all of them.

    OFFSET 0 keeps the conditions in a query of their own: each is decided once a row.
    """
    inner: list[str] = []
    outer: list[str] = []
    parameters: list[Any] = []
    for place, probe in enumerate(probes):
        inner.append(f"({probe.sql}) AS is_{place}")
        if probe.shown:
            inner.append(f"{column_of_row(probe.shown)} AS value_{place}")
        only = f"FILTER (WHERE is_{place})"
        shown = shape(f"value_{place}") if probe.shown else "NULL::text"
        outer += [f"count(*) {only}", f"min({shown}) {only}", f"max({shown}) {only}"]
        parameters += probe.parameters
    source = f"FROM ONLY {relation(table)} {ROW} WHERE {where} OFFSET 0"
    text = f"SELECT {', '.join(outer)} FROM (SELECT {', '.join(inner)} {source}) judged"
    return text, parameters


def by_index(table: Name, probe: Probe, limit: int) -> Statement:
    """As `counting`, of the first rows that an index finds."""
    column = column_of_row(probe.shown)
    inner = f"SELECT {column} FROM ONLY {relation(table)} {ROW} WHERE {probe.sql} LIMIT {limit + 1}"
    shown = shape(column)
    text = f"SELECT count(*), min({shown}), max({shown}) FROM ({inner}) {ROW}"
    return text, list(probe.parameters)


def repeating(source: str, probe: Probe, limit: int, first: int) -> Statement:
    """How many values stand in several of the `first` rows, and how many rows these are."""
    column = column_of_row(probe.sql)
    part = f"SELECT {column} AS v FROM {source} {ROW} WHERE {column} IS NOT NULL LIMIT {first}"
    shown = shape("v")
    text = (
        f"WITH part AS MATERIALIZED ({part}), several AS"
        f" (SELECT v FROM part GROUP BY v HAVING count(*) > 1 LIMIT {limit + 1})"
        f" SELECT count(*), min({shown}), max({shown}), (SELECT count(*) FROM part) FROM several"
    )
    return text, []


def repeating_onwards(source: str, probe: Probe, after: After | None, step: int) -> Statement:
    """As `repeating`, of the next `step` rows in the order of an index; and the last value, and how
    often it was seen. The last value itself is not counted: more of its rows may follow.
    """
    column = column_of_row(probe.sql)
    where = f"{column} IS NOT NULL"
    parameters: list[Any] = []
    if after is not None:
        where = f"{column} {'>=' if after.again else '>'} %s"
        parameters = [after.value]
    part = f"SELECT {column} AS v FROM {source} {ROW} WHERE {where} ORDER BY {column} LIMIT {step}"
    shown, several = shape("v"), "FILTER (WHERE n > 1 AND v <> last.v_last)"
    text = (
        f"WITH part AS MATERIALIZED ({part}),"
        " last AS (SELECT v AS v_last FROM part ORDER BY v DESC LIMIT 1),"
        " grouped AS (SELECT v, count(*) AS n FROM part GROUP BY v)"
        f" SELECT count(*) {several}, min({shown}) {several}, max({shown}) {several},"
        " (SELECT count(*) FROM part), (SELECT v_last FROM last),"
        " max(n) FILTER (WHERE v = last.v_last) FROM grouped, last"
    )
    return text, parameters


def by_month(table: Name, probe: Probe, where: str, most: int) -> Statement:
    """Month, a hash of the counter's name and how many ids it gave.

    The probe's parameters: the format, then the pattern of the number at its end.
    """
    value = f'{column_of_row(probe.sql)}::text COLLATE "C"'
    pattern, number = probe.parameters
    text = (
        f"SELECT substring({value} from '[0-9]{{4}}-[0-9]{{2}}') AS month,"
        f" hashtextextended(regexp_replace({value}, %s, ''), 0) AS counter, count(*)"
        f" FROM ONLY {relation(table)} {ROW} WHERE {where} AND {value} ~ %s"
        f" GROUP BY 1, 2 LIMIT {most}"
    )
    return text, [number, pattern]
