"""Types of columns from pg_type's oids and modifiers, without a call of format_type for each."""

import re
from collections.abc import Iterable, Mapping

from ctb_audit.model import Name, Type
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.postgres.answers import Row

_FAMILIES: Mapping[str, str] = {
    "e": "enum",
    "d": "domain",
    "c": "composite",
    "r": "range",
    "m": "range",
}
_INTERVAL_FIELDS: Mapping[int, str] = {  # masks of utils/datetime.h
    0x0004: "year",
    0x0002: "month",
    0x0008: "day",
    0x0400: "hour",
    0x0800: "minute",
    0x1000: "second",
    0x0006: "year to month",
    0x0408: "day to hour",
    0x0C08: "day to minute",
    0x1C08: "day to second",
    0x0C00: "hour to minute",
    0x1C00: "hour to second",
    0x1800: "minute to second",
}
_HEADER = 4  # VARHDRSZ, part of the modifiers of character types and numeric


class TypeTable:
    """All types that a catalog uses, by oid."""

    def __init__(self, rows: Iterable[Row], formatted: Mapping[tuple[int, int], str]) -> None:
        self._rows = {row[0]: row for row in rows}
        self._formatted = formatted
        self._made: dict[tuple[int, int], Type] = {}

    def collation(self, oid: int) -> int:
        """The type's own collation, 0 where it has none."""
        row = self._rows.get(oid)
        return row[7] if row else 0

    def type(self, oid: int, modifier: int = -1) -> Type:
        key = (oid, modifier)
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(oid, modifier)
        return made

    def name(self, oid: int) -> Name | None:
        row = self._rows.get(oid)
        return Name(row[2], row[3]) if row else None

    def _make(self, oid: int, modifier: int) -> Type:
        row = self._rows.get(oid)
        if row is None:
            return Type("-", "unknown", spelling=f"type {oid}")
        element = self._rows.get(row[6]) if row[6] else None
        name, family = _name_and_family(element or row)
        parameters, qualifier = self._modifier(element or row, oid, modifier)
        if name == "character" and not parameters:
            name = "bpchar"
        bare = Type(name, family, parameters, 1 if element else 0, qualifier=qualifier)
        spelling = self._formatted.get((oid, modifier)) or str(bare)
        return Type(name, family, parameters, bare.dimensions, spelling, qualifier)

    def _modifier(self, row: Row, oid: int, modifier: int) -> tuple[tuple[int, ...], str]:
        if modifier < 0:
            return (), ""
        formatted = self._formatted.get((oid, modifier))
        if formatted is not None:
            inside = re.search(r"\(([-\d, ]+)\)(?:\[\])*$", formatted)
            return (tuple(int(part) for part in inside[1].split(",")) if inside else ()), ""
        return _builtin_modifier(row[3], modifier)


def _name_and_family(row: Row) -> tuple[str, str]:
    schema, name, kind, ours = row[2], row[3], row[4], row[15]
    if schema == "pg_catalog":
        return postgres_type('"char"' if name == "char" else name) or (name, "unknown")
    if ours:
        return f"{schema}.{name}", _FAMILIES.get(kind, "unknown")
    return postgres_type(name) or (f"{schema}.{name}", "unknown")  # of an extension


def _builtin_modifier(name: str, modifier: int) -> tuple[tuple[int, ...], str]:
    match name:
        case "varchar" | "bpchar":
            return (modifier - _HEADER,), ""
        case "numeric":
            packed = modifier - _HEADER
            scale = ((packed & 0x7FF) ^ 1024) - 1024  # 11 bits with a sign since PostgreSQL 15
            return ((packed >> 16) & 0xFFFF, scale), ""
        case "interval":
            precision = modifier & 0xFFFF
            fields = _INTERVAL_FIELDS.get((modifier >> 16) & 0x7FFF, "")
            return (() if precision == 0xFFFF else (precision,)), fields
        case _:
            return (modifier,), ""
