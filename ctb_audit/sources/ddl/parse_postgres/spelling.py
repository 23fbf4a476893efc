"""Names as `pg_dump` spells them, told without the grammar.

A name that this module takes is a name wherever the grammar allows one; whatever it refuses is
left to the grammar.
"""

from ctb_audit.model import Name

IDENTIFIER = r'(?:[a-z_][a-z0-9_]{0,62}|"[^"\0]{1,63}")'
NAME = rf"(?:({IDENTIFIER})\.)?({IDENTIFIER})"
"""Two groups: the schema, None where it is left out, and the name."""

_RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)
"""Keywords that stand for themselves unless they are quoted."""

COLUMN_NAMES = frozenset(
    [
        "between",
        "bigint",
        "bit",
        "boolean",
        "char",
        "character",
        "coalesce",
        "dec",
        "decimal",
        "exists",
        "extract",
        "float",
        "greatest",
        "grouping",
        "inout",
        "int",
        "integer",
        "interval",
        "json",
        "json_array",
        "json_arrayagg",
        "json_exists",
        "json_object",
        "json_objectagg",
        "json_query",
        "json_scalar",
        "json_serialize",
        "json_table",
        "json_value",
        "least",
        "merge_action",
        "national",
        "nchar",
        "none",
        "normalize",
        "nullif",
        "numeric",
        "out",
        "overlay",
        "position",
        "precision",
        "real",
        "row",
        "setof",
        "smallint",
        "substring",
        "time",
        "timestamp",
        "treat",
        "trim",
        "values",
        "varchar",
        "xmlattributes",
        "xmlconcat",
        "xmlelement",
        "xmlexists",
        "xmlforest",
        "xmlnamespaces",
        "xmlparse",
        "xmlpi",
        "xmlroot",
        "xmlserialize",
        "xmltable",
    ]
)
"""Keywords that may also name a column without quotes."""

KEYWORDS = _RESERVED | COLUMN_NAMES
"""Words of PostgreSQL 14 to 18 that are no names everywhere (`pg_get_keywords`, not `U`)."""


def identifier(written: str) -> str | None:
    """The identifier that a match of IDENTIFIER spells; None where that is a keyword."""
    if written[0] == '"':
        return written[1:-1]
    return None if written in KEYWORDS else written


def qualified(schema: str | None, name: str) -> Name | None:
    """The name that a match of NAME spells; None where a part is a keyword."""
    found = identifier(name)
    space = None if schema is None else identifier(schema)
    if found is None or (schema is not None and space is None):
        return None
    return Name(space, found)


def identifiers(listed: str) -> tuple[str, ...] | None:
    """The identifiers of a list of IDENTIFIERs with `, ` between them; None as `identifier`."""
    found = tuple(identifier(part) for part in listed.split(", "))
    return None if None in found else tuple(f for f in found if f is not None)
