"""Questions about the rows of a live table, and their answers; no value is ever part of one.

A check yields a `Probe`; what reads the database answers it with a `Sample` (`sources.postgres.
rows`). `condition` is SQL over the table's columns, written with quoted names and `%s` for each
parameter; it is true for a row that is asked for.
"""

from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.names import Name

ProbeKind = Literal["rows", "repeats", "months"]


@dataclass(frozen=True, slots=True)
class Probe:
    """`rows`: how many rows fulfil `sql`, a condition; `shown` is the column of its examples.
    `repeats`: how many values of the column `sql` stand in more than one row.
    `months`: how many rows share what the pattern `parameters[0]` captures of the column `sql`, by
    its first group. `source` and `table` say where. `index`: the column's ordered index serves.
    """

    source: str
    table: Name
    kind: ProbeKind
    sql: str
    parameters: tuple[str | int, ...] = ()
    shown: str = ""
    index: bool = False


@dataclass(frozen=True, slots=True)
class MonthUse:
    """How many ids the fullest counter of a month holds, and how many all of them."""

    month: str  # YYYY-MM
    fullest: int
    total: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What a probe found. `whole`: every row was looked at; else `count` is a lower bound, and
    `share` of the table, 0 to 1, was. `shapes` are values with every letter as `A` or `a`, every
    digit as `9` and everything unusual as `?`. `fault` says why nothing is known.
    """

    count: int = 0
    whole: bool = True
    share: float = 1.0
    shapes: tuple[str, ...] = ()
    months: tuple[MonthUse, ...] = ()
    fault: str = ""


def quoted(*names: str | None) -> str:
    """Names as SQL that stands in a statement with `%s` parameters: `"schema"."table"`."""
    parts = (name.replace('"', '""').replace("%", "%%") for name in names if name is not None)
    return ".".join(f'"{part}"' for part in parts)


ROW = "asked"
"""The alias of the table whose rows a condition is about."""


def column_of_row(name: str) -> str:
    return quoted(ROW, name)
