"""What the statements of one probe add up to, and why one may say nothing."""

from typing import TYPE_CHECKING

from ctb_audit.lean import dataclass
from ctb_audit.probe import MonthUse, Sample

if TYPE_CHECKING:
    import psycopg


@dataclass(slots=True)
class Count:
    """A count that grows from run to run, with a few shapes."""

    number: int = 0
    shapes: tuple[str, ...] = ()
    run: int = 0  # the last one that counted

    def add(self, number: int, *shapes: str | None, run: int = 1) -> None:
        self.number += number
        self.run = run
        found = (*self.shapes, *(shape for shape in shapes if shape is not None))
        self.shapes = tuple(dict.fromkeys(found))[:3]

    def sample(self, share: float) -> Sample:
        return Sample(self.number, share == 1.0, share, self.shapes)


def month_uses(counters: dict[tuple[str, int], int]) -> tuple[MonthUse, ...]:
    by_month: dict[str, list[int]] = {}
    for (month, _), ids in counters.items():
        by_month.setdefault(month, []).append(ids)
    return tuple(MonthUse(m, max(used), sum(used)) for m, used in sorted(by_month.items()))


def fault_of(error: "psycopg.Error") -> str:
    """Why, in our words: a server's message may quote a value."""
    import psycopg

    match error:
        case psycopg.errors.InsufficientPrivilege():
            if "row-level security" in (error.diag.message_primary or ""):
                return "row-level security hides rows from this role"
            return "the role may not read its rows; grant it SELECT"
        case psycopg.errors.LockNotAvailable():
            return "another session holds a lock on the table"
        case psycopg.errors.UndefinedTable() | psycopg.errors.UndefinedColumn():
            return "the table changed while it was read"
        case psycopg.OperationalError():
            return "the connection to the server broke"
    return f"the server refused the question (SQLSTATE {error.sqlstate})"
