"""Where pgparse has no wheel, nothing is guessed."""

import sys

import pytest

from ctb_audit.model import Column, Function, Type
from ctb_audit.semantics.answers import Unsure
from ctb_audit.semantics.defaults import Now, Undecided, default_of
from ctb_audit.semantics.evaluate import evaluate
from ctb_audit.semantics.expressions import equal
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.plpgsql.triggers import assigns_on_every_path
from ctb_audit.semantics.values import UNDECIDED


@pytest.fixture(autouse=True)
def without_pgparse(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pgparse", None)


def test_expressions_cannot_be_read() -> None:
    with pytest.raises(Unreadable, match="not available on this platform"):
        parse_expression("a_column_of_this_test > 1")
    assert evaluate("other_column_of_this_test > 1", {"other_column_of_this_test": 2}) is UNDECIDED


def test_equality_is_undecided_unless_the_texts_are_one() -> None:
    assert equal("third_one > 1", "third_one > 2", columns={}, kind="check") == "undecided"
    assert equal("third_one > 1", "third_one > 1", columns={}, kind="check") == "equal"


def test_simple_defaults_are_still_read() -> None:
    text = Type("text", "text")
    assert default_of(Column("c", text, default="CURRENT_TIMESTAMP")) == Now()
    found = default_of(Column("c", text, default="fourth_function(1)"))
    assert isinstance(found, Undecided)


def test_functions_are_unsure() -> None:
    body = "BEGIN NEW.fifth := now(); RETURN NEW; END"
    function = Function("public", "f", language="plpgsql", body=body)
    assert isinstance(assigns_on_every_path(function, "fifth"), Unsure)
