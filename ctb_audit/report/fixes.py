"""Fixes whose text follows from the finding alone: an index that is missing.

Everything else needs the schema and a proof, which is what `ctb remediate` is for.
"""

from posixpath import dirname, join

from ctb_audit.lean import dataclass
from ctb_audit.result import Finding

_INDEX_RULES = frozenset({"unindexed-status", "unindexed-timestamp", "unindexed-foreign-key"})
_LONGEST_NAME = 63


@dataclass(frozen=True, slots=True)
class Fix:
    """A script to add: `path` from the root of the audit, `text` all that it holds."""

    description: str
    path: str
    text: str


def mechanical_fix(finding: Finding) -> Fix | None:
    """The fix of an open finding, as a script of its own: what was applied is not edited."""
    if finding.rule not in _INDEX_RULES or finding.waiver is not None:
        return None
    if finding.system != "postgresql" or finding.location is None or not finding.requirement:
        return None
    columns = finding.requirement.split(",")
    name = "_".join((finding.table.rpartition(".")[2], *columns))[: _LONGEST_NAME - 4] + "_idx"
    table = ".".join(_quoted(part) for part in finding.table.split("."))
    listed = ", ".join(_quoted(column) for column in columns)
    return Fix(
        description=f"Create an index on ({', '.join(columns)}) without blocking writers",
        path=join(dirname(finding.location.path), f"{name}.sql"),
        text=f"CREATE INDEX CONCURRENTLY {_quoted(name)} ON {table} ({listed});\n",
    )


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
