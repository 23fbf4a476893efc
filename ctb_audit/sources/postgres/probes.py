"""The SQL that answers probes, without a value in any result."""

from collections.abc import Sequence

from ctb_audit.model import Name
from ctb_audit.probe import ROW, Probe, column_of_row, quoted

Statement = tuple[str, list[str | int]]
SHAPE_LENGTH = 40
_UPPER, _LOWER, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
_PLAIN = _UPPER + _LOWER + _DIGITS
_MASKED = "A" * 26 + "a" * 26 + "9" * 10

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
    """Of each probe: count, smallest and largest shape; one pass over the rows for all of them."""
    parts: list[str] = []
    parameters: list[str | int] = []
    for probe in probes:
        only = f"FILTER (WHERE {probe.sql})"
        shown = shape(column_of_row(probe.shown)) if probe.shown else "NULL::text"
        parts += [f"count(*) {only}", f"min({shown}) {only}", f"max({shown}) {only}"]
        parameters += probe.parameters * 3
    text = f"SELECT {', '.join(parts)} FROM ONLY {relation(table)} {ROW} WHERE {where}"
    return text, parameters


def by_index(table: Name, probe: Probe, limit: int) -> Statement:
    """As `counting`, of the first rows that an index finds."""
    column = column_of_row(probe.shown)
    inner = f"SELECT {column} FROM ONLY {relation(table)} {ROW} WHERE {probe.sql} LIMIT {limit + 1}"
    shown = shape(column)
    text = f"SELECT count(*), min({shown}), max({shown}) FROM ({inner}) {ROW}"
    return text, list(probe.parameters)


def repeating(relation_: str, probe: Probe, limit: int, first: int | None) -> Statement:
    """How many values stand in several rows, among the `first` rows where it is given."""
    column = column_of_row(probe.sql)
    source = f"{relation_} {ROW}"
    if first is not None:
        order = f" ORDER BY {column}" if probe.index else ""
        inner = f"SELECT {column} FROM {source} WHERE {column} IS NOT NULL{order} LIMIT {first}"
        source = f"({inner}) {ROW}"
    groups = (
        f"SELECT {column} FROM {source} WHERE {column} IS NOT NULL"
        f" GROUP BY {column} HAVING count(*) > 1 LIMIT {limit + 1}"
    )
    shown = shape(column)
    return f"SELECT count(*), min({shown}), max({shown}) FROM ({groups}) {ROW}", []


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
