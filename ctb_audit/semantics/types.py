"""Type names: one canonical name and family for every spelling (STANDARD section 1).

Families: text, integer, decimal, float, boolean, timestamp, date, time, interval, uuid, json,
bytes, array, struct, network, geometry, range, bits, search, xml, money, oid, serial, enum,
domain, composite, pseudo, unknown.
"""

from collections.abc import Mapping

from ctb_audit.model import System, Type

# internal and alternative spellings -> (name as PostgreSQL's format_type gives it, family)
_POSTGRES: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("varchar", "character varying", "char varying"), ("character varying", "text")
    ),
    **dict.fromkeys(("bpchar", "char", "character", "nchar"), ("character", "text")),
    **dict.fromkeys(("text",), ("text", "text")),
    "name": ("name", "text"),
    "citext": ("citext", "text"),
    **dict.fromkeys(("int2", "smallint"), ("smallint", "integer")),
    **dict.fromkeys(("int4", "int", "integer"), ("integer", "integer")),
    **dict.fromkeys(("int8", "bigint"), ("bigint", "integer")),
    **dict.fromkeys(("serial", "serial4"), ("serial", "serial")),
    **dict.fromkeys(("bigserial", "serial8"), ("bigserial", "serial")),
    **dict.fromkeys(("smallserial", "serial2"), ("smallserial", "serial")),
    **dict.fromkeys(("numeric", "decimal", "dec"), ("numeric", "decimal")),
    **dict.fromkeys(("float4", "real"), ("real", "float")),
    **dict.fromkeys(("float8", "double precision", "float"), ("double precision", "float")),
    "money": ("money", "money"),
    **dict.fromkeys(("bool", "boolean"), ("boolean", "boolean")),
    **dict.fromkeys(
        ("timestamp", "timestamp without time zone"), ("timestamp without time zone", "timestamp")
    ),
    **dict.fromkeys(
        ("timestamptz", "timestamp with time zone"), ("timestamp with time zone", "timestamp")
    ),
    "date": ("date", "date"),
    **dict.fromkeys(("time", "time without time zone"), ("time without time zone", "time")),
    **dict.fromkeys(("timetz", "time with time zone"), ("time with time zone", "time")),
    "interval": ("interval", "interval"),
    "uuid": ("uuid", "uuid"),
    "json": ("json", "json"),
    "jsonb": ("jsonb", "json"),
    "jsonpath": ("jsonpath", "json"),
    "hstore": ("hstore", "json"),
    "bytea": ("bytea", "bytes"),
    **dict.fromkeys(("bit",), ("bit", "bits")),
    **dict.fromkeys(("varbit", "bit varying"), ("bit varying", "bits")),
    "xml": ("xml", "xml"),
    **{name: (name, "network") for name in ("inet", "cidr", "macaddr", "macaddr8")},
    **{
        name: (name, "geometry")
        for name in ("point", "line", "lseg", "box", "path", "polygon", "circle", "geometry")
    },
    "geography": ("geography", "geometry"),
    "tsvector": ("tsvector", "search"),
    "tsquery": ("tsquery", "search"),
    **{
        f"{name}{kind}": (f"{name}{kind}", "range")
        for name in ("int4", "int8", "num", "ts", "tstz", "date")
        for kind in ("range", "multirange")
    },
    **{
        name: (name, "oid")
        for name in (
            *("oid", "regclass", "regproc", "regprocedure", "regtype", "regrole", "regnamespace"),
            *("regoper", "regoperator", "regconfig", "regdictionary", "regcollation"),
            *("xid", "xid8", "cid", "tid", "pg_lsn", "pg_snapshot", "txid_snapshot"),
        )
    },
    '"char"': ('"char"', "text"),
    **{
        name: (name, "pseudo")
        for name in (
            *("trigger", "event_trigger", "void", "record", "any", "anyelement", "anyarray"),
            *("anynonarray", "anyenum", "anyrange", "anymultirange", "anycompatible", "cstring"),
            *("anycompatiblearray", "anycompatiblenonarray", "anycompatiblerange"),
            *("anycompatiblemultirange", "internal", "language_handler", "fdw_handler"),
            *("index_am_handler", "table_am_handler", "tsm_handler", "unknown"),
        )
    },
    "refcursor": ("refcursor", "text"),
}

_BIGQUERY: Mapping[str, tuple[str, str]] = {
    "STRING": ("STRING", "text"),
    **dict.fromkeys(
        ("INT64", "INT", "SMALLINT", "INTEGER", "BIGINT", "TINYINT", "BYTEINT"),
        ("INT64", "integer"),
    ),
    **dict.fromkeys(("FLOAT64", "FLOAT"), ("FLOAT64", "float")),
    **dict.fromkeys(("NUMERIC", "DECIMAL"), ("NUMERIC", "decimal")),
    **dict.fromkeys(("BIGNUMERIC", "BIGDECIMAL"), ("BIGNUMERIC", "decimal")),
    **dict.fromkeys(("BOOL", "BOOLEAN"), ("BOOL", "boolean")),
    "BYTES": ("BYTES", "bytes"),
    "DATE": ("DATE", "date"),
    "DATETIME": ("DATETIME", "timestamp"),
    "TIMESTAMP": ("TIMESTAMP", "timestamp"),
    "TIME": ("TIME", "time"),
    "INTERVAL": ("INTERVAL", "interval"),
    "JSON": ("JSON", "json"),
    "GEOGRAPHY": ("GEOGRAPHY", "geometry"),
    **dict.fromkeys(("STRUCT", "RECORD"), ("STRUCT", "struct")),
    "RANGE": ("RANGE", "range"),
}

SERIALS: Mapping[str, str] = {
    "serial": "integer",
    "bigserial": "bigint",
    "smallserial": "smallint",
}


def postgres_type(name: str) -> tuple[str, str] | None:
    """(format_type name, family) of a built-in or well-known extension type; None for others.

    `name` is lower case, without schema, parameters and array marks; a quoted
    `"char"` keeps its quotes.
    """
    return _POSTGRES.get(name)


def bigquery_type(name: str) -> tuple[str, str] | None:
    """(name, family) of a BigQuery type."""
    return _BIGQUERY.get(name.upper())


def family_of(system: System, name: str) -> str:
    """Family of a built-in type of PostgreSQL or BigQuery; `unknown` for others."""
    found = bigquery_type(name) if system == "bigquery" else postgres_type(name)
    return found[1] if found else "unknown"


def without_serial(type_: Type) -> Type:
    """The integer type that a serial stands for; any other type as it is."""
    name = SERIALS.get(type_.name)
    return type_ if name is None else Type(name, "integer", spelling=type_.spelling)


_MYSQL: Mapping[str, str] = {
    **dict.fromkeys(
        ("tinyint", "smallint", "mediumint", "int", "integer", "bigint", "year"), "integer"
    ),
    **dict.fromkeys(("decimal", "dec", "numeric", "fixed"), "decimal"),
    **dict.fromkeys(("float", "double", "double precision", "real"), "float"),
    **dict.fromkeys(("bool", "boolean"), "boolean"),
    **dict.fromkeys(("char", "varchar", "character", "character varying", "nchar"), "text"),
    **dict.fromkeys(("nvarchar", "national char", "national varchar"), "text"),
    **dict.fromkeys(("tinytext", "text", "mediumtext", "longtext"), "text"),
    **dict.fromkeys(("binary", "varbinary"), "bytes"),
    **dict.fromkeys(("tinyblob", "blob", "mediumblob", "longblob"), "bytes"),
    **dict.fromkeys(("datetime", "timestamp"), "timestamp"),
    **dict.fromkeys(("enum", "set"), "enum"),
    **dict.fromkeys(("geometry", "point", "linestring", "polygon"), "geometry"),
    **{name: name for name in ("date", "time", "json")},
    "bit": "bits",
    "serial": "serial",
}
_SQLITE_WORDS = (
    ("json", "json"),
    ("bool", "boolean"),
    ("timestamp", "timestamp"),
    ("datetime", "timestamp"),
    ("date", "date"),
    ("time", "time"),
    ("uuid", "uuid"),
    ("int", "integer"),
    ("char", "text"),
    ("clob", "text"),
    ("text", "text"),
    ("blob", "bytes"),
    ("real", "float"),
    ("floa", "float"),
    ("doub", "float"),
)


def mysql_type(name: str) -> str | None:
    """Family of a MySQL type by its lower-case name; None for no type of MySQL."""
    return _MYSQL.get(name)


def sqlite_family(name: str) -> str:
    """Family that an SQLite column's declared type states, by the words in it.

    Any text declares a type there; words that no affinity rule knows but people use for JSON,
    dates and booleans come first. `unknown` for none, `decimal` for NUMERIC affinity.
    """
    if not name:
        return "unknown"
    return next((family for word, family in _SQLITE_WORDS if word in name), "decimal")
