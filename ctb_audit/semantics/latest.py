"""Answers that are kept until another value is asked about."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

V = TypeVar("V")
A = TypeVar("A")


def latest(function: Callable[[V], A]) -> Callable[[V], A]:
    """Keeps the answer for the last value, told by its identity: checks ask about one table after
    the other, several of them the same, and hashing a table costs more than most answers.
    """
    kept: tuple[V, A] | None = None

    @wraps(function)
    def answer(value: V) -> A:
        nonlocal kept
        known = kept
        if known is None or known[0] is not value:
            known = kept = (value, function(value))
        return known[1]

    return answer
