"""Functions, procedures and aggregates."""

from collections.abc import Mapping
from typing import Literal

from ctb_audit.model import Argument, Function
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.fetch import Rows
from ctb_audit.sources.postgres.naming import PUBLIC_EXECUTE, Directory

_KINDS: Mapping[str, Literal["function", "procedure", "aggregate", "window"]] = {
    "f": "function",
    "p": "procedure",
    "a": "aggregate",
    "w": "window",
}
_VOLATILITIES: Mapping[str, Literal["volatile", "stable", "immutable"]] = {
    "v": "volatile",
    "s": "stable",
    "i": "immutable",
}
_PARALLEL: Mapping[str, Literal["unsafe", "restricted", "safe"]] = {
    "u": "unsafe",
    "r": "restricted",
    "s": "safe",
}
_MODES: Mapping[str, Literal["in", "out", "inout", "variadic", "table"]] = {
    "i": "in",
    "o": "out",
    "b": "inout",
    "v": "variadic",
    "t": "table",
}


def read_functions(rows: Rows, directory: Directory) -> list[Function]:
    return [_function(row, directory) for row in rows["functions"]]


def _function(row: Row, directory: Directory) -> Function:
    kind = _KINDS[row[3]]
    body = "" if kind == "aggregate" else (row[6] or row[5])
    return Function(
        directory.schemas[row[1]],
        row[2],
        _arguments(row, directory),
        None if kind == "procedure" else directory.types.type(row[13]),
        row[14],
        row[4],
        body,
        kind,
        _VOLATILITIES[row[7]],
        row[8],
        row[9],
        row[10],
        _PARALLEL[row[11]],
        _settings(row[12]),
        directory.comment("pg_proc", row[0]),
        directory.roles.get(row[20]),
        directory.grants(row[21], row[20], PUBLIC_EXECUTE),
        directory.location,
    )


def _arguments(row: Row, directory: Directory) -> tuple[Argument, ...]:
    types, modes, names, defaults = row[16] or row[15], row[17], row[18], row[19]
    return tuple(
        Argument(
            directory.types.type(type_),
            names[position] if names else "",
            _MODES[modes[position]] if modes else "in",
            defaults[position] if defaults else None,
        )
        for position, type_ in enumerate(types)
    )


def _settings(texts: list[str] | None) -> tuple[tuple[str, str], ...]:
    """proconfig, in the order of the SET clauses."""
    return tuple((name, value) for name, _, value in (text.partition("=") for text in texts or ()))
