from collections.abc import Callable

import pytest

from ctb_audit.sources.ddl.operations import Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres import read_statement
from ctb_audit.sources.ddl.statement import Statement

Effect = Callable[[str], StatementEffect]
Only = Callable[[str], Operation]


@pytest.fixture
def effect() -> Effect:
    """The effect of a statement that stands at line 10, column 3 of a file."""
    return lambda text: read_statement(Statement(text, 0, 10, 3), "schema.sql")


@pytest.fixture
def only(effect: Effect) -> Only:
    """The one operation of a statement that is understood."""

    def read(text: str) -> Operation:
        found = effect(text)
        assert found.verdict == "understood", found
        (operation,) = found.operations
        return operation

    return read
