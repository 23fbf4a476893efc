"""Names and texts as PostgreSQL writes and reads them: the only place where SQL is quoted."""

_RESERVED = """
all analyse analyze and any array as asc asymmetric authorization binary both case cast check
collate collation column concurrently constraint create cross current_catalog current_date
current_role current_schema current_time current_timestamp current_user default deferrable desc
distinct do else end except false fetch for foreign freeze from full grant group having ilike in
initially inner intersect into is isnull join lateral leading left like limit localtime
localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
references returning right select session_user similar some symmetric system_user table
tablesample then to trailing true union unique user using variadic verbose when where window
with
"""
_COLUMN_NAMES = """
between bigint bit boolean char character coalesce dec decimal exists extract float greatest
grouping inout int integer interval json json_array json_arrayagg json_exists json_object
json_objectagg json_query json_scalar json_serialize json_table json_value least merge_action
national nchar none normalize nullif numeric out overlay position precision real row setof
smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement
xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
"""
COLUMN_NAMES = frozenset(_COLUMN_NAMES.split())
"""Keywords that may also name a column without quotes."""

KEYWORDS = COLUMN_NAMES.union(_RESERVED.split())
"""Words of PostgreSQL 14 to 18 that are no names everywhere (`pg_get_keywords`, not `U`)."""


def _is_plain(name: str) -> bool:
    return name.isascii() and name.isidentifier() and name == name.lower()


def identifier(name: str) -> str:
    """A name, in quotes where the server would fold it or read it as a keyword (`quote_ident`)."""
    if _is_plain(name) and name not in KEYWORDS:
        return name
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def literal(value: str) -> str:
    """A text constant that reads the same whatever `standard_conforming_strings` is
    (`quote_literal`).
    """
    doubled = value.replace("'", "''")
    if "\\" in doubled:
        escaped = doubled.replace("\\", "\\\\")
        return f"E'{escaped}'"
    return f"'{doubled}'"
