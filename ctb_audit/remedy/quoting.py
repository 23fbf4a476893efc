"""Names and values as PostgreSQL reads them back: the only place where SQL text is quoted."""

import re
from collections.abc import Iterable

from ctb_audit.lean import pattern
from ctb_audit.model import Name, Type

LONGEST_NAME = 63  # bytes
_PLAIN = pattern(r"[a-z_][a-z0-9_]*", re.ASCII)
_UNSAFE = pattern(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_LISTED = """
all analyse analyze and any array as asc asymmetric authorization between bigint binary bit
boolean both case cast char character check coalesce collate collation column concurrently
constraint create cross current_catalog current_date current_role current_schema
current_time current_timestamp current_user dec decimal default deferrable desc distinct do
else end except exists extract false fetch float for foreign freeze from full grant greatest
group grouping having ilike in initially inner inout int integer intersect interval into is
isnull join json json_array json_arrayagg json_exists json_object json_objectagg json_query
json_scalar json_serialize json_table json_value lateral leading least left like limit
localtime localtimestamp merge_action national natural nchar none normalize not notnull null
nullif numeric offset on only or order out outer overlaps overlay placing position precision
primary real references returning right row select session_user setof similar smallint some
substring symmetric system_user table tablesample then time timestamp to trailing treat trim
true union unique user using values varchar variadic verbose when where window with
xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot
xmlserialize xmltable
"""
_KEYWORDS = frozenset(_LISTED.split())
"""What `pg_get_keywords()` of 15 and 18 says is not free as a name."""


def identifier(name: str) -> str:
    """A name, in quotes where the server would fold it or read it as a keyword."""
    if _PLAIN.fullmatch(name) and name not in _KEYWORDS:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def identifiers(names: Iterable[str]) -> str:
    return ", ".join(map(identifier, names))


def relation(name: Name) -> str:
    """A table, index, sequence or function with its schema."""
    parts = (name.schema, name.name) if name.schema else (name.name,)
    return ".".join(identifier(part) for part in parts)


def literal(value: str) -> str:
    """A text constant that reads the same whatever `standard_conforming_strings` is."""
    doubled = value.replace("'", "''")
    if "\\" in doubled:
        escaped = doubled.replace("\\", "\\\\")
        return f"E'{escaped}'"
    return f"'{doubled}'"


def type_name(type_: Type) -> str:
    """A column's type; a type of the users' own has `schema.name` in `Type.name`."""
    if type_.family in ("enum", "domain", "composite", "unknown") and "." in type_.name:
        schema, _, name = type_.name.partition(".")
        return relation(Name(schema, name)) + "[]" * type_.dimensions
    return str(type_)


def comment(text: str) -> str:
    """The text as one comment line that nothing in it can end."""
    return f"-- {_UNSAFE.sub(' ', text)}"


def dollar_quoted(body: str, tag: str = "ctb") -> str:
    """A body between dollar quotes whose tag it does not hold."""
    while f"${tag}$" in body:
        tag += "_"
    return f"${tag}${body}${tag}$"


def free_name(parts: Iterable[str], suffix: str, taken: Iterable[str]) -> str:
    """`parts` and `suffix` joined by `_`, at most 63 bytes, with a number where it is taken."""
    base, used = "_".join(parts), frozenset(taken)
    number = 0
    while True:
        end = f"_{suffix}{number or ''}"
        room = LONGEST_NAME - len(end.encode())
        made = base.encode()[:room].decode(errors="ignore") + end
        if made not in used:
            return made
        number += 1
