"""The errors that a user can meet, and the exit code each ends in.

    CtbError                        2
    |-- UsageError                  2   a wrong argument or option
    |-- ConfigurationError          2   ctb.toml, a rule file, a standard, a waiver
    |-- IncompleteError             3   the audit cannot be whole
        |-- SourceError             3   a source is missing, unreadable or refused
        |   |-- EmptySourceError    3   a source is not there or holds nothing to audit
        |-- LogError                3   an explicitly named log cannot be written
        |-- ScratchError            3   no scratch server can be had, or it failed

A message is one line: the place, the problem, the next step.
Exit codes: 0 the gate passes, 1 it does not, 2 usage or configuration, 3 incomplete.
"""

from typing import ClassVar

__all__ = [
    "ConfigurationError",
    "CtbError",
    "EmptySourceError",
    "IncompleteError",
    "LogError",
    "ScratchError",
    "SourceError",
    "UsageError",
]


class CtbError(Exception):
    """Root of all errors that `ctb` raises on purpose.

    `place` is where the problem lies (a path with line, an option, a host), `problem` says
    what is wrong in one clause, `step` what to do next ("" where nothing can be advised).
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, place: str, problem: str, step: str = "") -> None:
        super().__init__(place, problem, step)
        self.place = place
        self.problem = problem
        self.step = step

    def __str__(self) -> str:
        head = f"{self.place}: {self.problem}" if self.place else self.problem
        return _one_line(f"{head}; {self.step}" if self.step else head)


def _one_line(text: str) -> str:
    """What inputs put into a message neither breaks its line nor commands the terminal."""
    plain = " ".join(text.splitlines())
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in plain)


class UsageError(CtbError):
    """A wrong argument or option."""


class ConfigurationError(CtbError):
    """A configuration, rule, standard or waiver that does not hold what it must."""


class IncompleteError(CtbError):
    """The audit cannot be whole; exit 3."""

    exit_code: ClassVar[int] = 3


class SourceError(IncompleteError):
    """A source that is missing, unreadable or refused."""


class EmptySourceError(SourceError):
    """A source that is not there, or holds nothing to audit."""


class LogError(IncompleteError):
    """An explicitly named compliance log that cannot be written."""


class ScratchError(IncompleteError):
    """A scratch PostgreSQL server that cannot be started or failed."""
