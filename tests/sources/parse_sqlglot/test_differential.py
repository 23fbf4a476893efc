"""Two readers of PostgreSQL, one meaning: where sqlglot's reader understands a statement, its
operations are those of the server's grammar; otherwise it says that it does not.
"""

from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.model import Location
from ctb_audit.sources.ddl.operations import NotUnderstood
from ctb_audit.sources.ddl.parse_postgres import read_statement as read_postgres
from ctb_audit.sources.ddl.parse_sqlglot import read_statement as read_sqlglot
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement

STATEMENTS = tuple(split((Path(__file__).parent / "statements.sql").read_text(encoding="utf-8")))
SHARE = 0.72  # of the statements that the server's grammar gives operations for


def _normal(value: Any) -> Any:
    """The value without places, expressions by their words."""
    if isinstance(value, Location):
        return None
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _normal(getattr(value, f.name)) for f in fields(value)})
    if isinstance(value, tuple):
        parts = [_normal(part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return " ".join(value.split()) if isinstance(value, str) else value


@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda s: f"{s.line}: {s.text[:60]}")
def test_readers_agree(statement: Statement) -> None:
    ours = read_sqlglot(statement, "x.sql", "postgresql")
    if ours.verdict == "not understood":
        assert [type(operation) for operation in ours.operations] == [NotUnderstood]
        return
    theirs = read_postgres(statement, "x.sql")
    assert _normal(ours.operations) == _normal(theirs.operations)
    assert ours.location == theirs.location
    if ours.verdict == "irrelevant":
        assert theirs.operations == ()


def test_share_of_statements_that_sqlglot_reads() -> None:
    understood = 0
    total = 0
    for statement in STATEMENTS:
        theirs = read_postgres(statement, "x.sql")
        if theirs.verdict != "understood":
            continue
        total += 1
        ours = read_sqlglot(statement, "x.sql", "postgresql")
        understood += ours.verdict == "understood"
    assert total > 150
    assert understood / total >= SHARE
