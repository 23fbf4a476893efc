"""What a type name as written means."""

from collections.abc import Mapping

from ctb_audit.copies import replace
from ctb_audit.model import Name, Type
from ctb_audit.semantics.types import postgres_type
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State

# type -> the extensions that define it
EXTENSION_TYPES: Mapping[str, tuple[str, ...]] = {
    "citext": ("citext",),
    "hstore": ("hstore",),
    **dict.fromkeys(("geometry", "geography", "box2d", "box3d"), ("postgis",)),
    "raster": ("postgis_raster", "postgis"),
    **dict.fromkeys(("vector", "halfvec", "sparsevec"), ("vector", "pgvector")),
    **dict.fromkeys(("ltree", "lquery", "ltxtquery"), ("ltree",)),
    "cube": ("cube",),
    "earth": ("earthdistance",),
    "seg": ("seg",),
    **dict.fromkeys(("isbn", "isbn13", "ismn", "ismn13", "issn", "issn13"), ("isn",)),
    **dict.fromkeys(("ean13", "upc"), ("isn",)),
    "lo": ("lo",),
    "query_int": ("intarray",),
    "semver": ("semver",),
}
# extensions that are known to define no type for columns
TYPELESS = frozenset(
    [
        "plpgsql",
        "bloom",
        "pgcrypto",
        "uuid-ossp",
        "pg_trgm",
        "unaccent",
        "btree_gin",
        "btree_gist",
        "pg_stat_statements",
        "tablefunc",
        "fuzzystrmatch",
        "dblink",
        "postgres_fdw",
        "file_fdw",
        "pg_cron",
        "pgstattuple",
        "pageinspect",
        "pg_prewarm",
        "moddatetime",
        "autoinc",
        "insert_username",
        "refint",
        "tcn",
        "sslinfo",
        "pg_visibility",
        "pg_freespacemap",
        "amcheck",
        "plpython3u",
        "plperl",
        "plv8",
        "pg_net",
        "pgjwt",
        "pgaudit",
        "pg_buffercache",
    ]
)
_INTERNAL = frozenset(["oidvector", "int2vector", "aclitem", "pg_node_tree", "gtsvector"])
_KINDS = {"enum": "enum", "domain": "domain", "composite": "composite", "range": "range"}


def resolve_type(state: State, written: Type, *objects: Name) -> Type:
    """The type a column gets; an unknown one is refused in server mode."""
    if not state.postgres or written.family == "serial" or written.name == "unknown":
        return written
    if written.name == "numeric" and len(written.parameters) == 1:
        written = replace(written, parameters=(*written.parameters, 0))  # as format_type says
    schema, dot, name = written.name.rpartition(".")
    if dot and schema in ("pg_catalog", "information_schema"):
        built_in = postgres_type(name)
        return replace(written, name=built_in[0], family=built_in[1]) if built_in else written
    if name in EXTENSION_TYPES and Name(schema or None, name) not in state.types:
        return _of_extension(state, written, name, objects)
    if (written.family != "unknown" or name in _INTERNAL) and not dot:
        return written
    return _user_type(state, written, Name(schema if dot else None, name), objects)


def _of_extension(state: State, written: Type, name: str, objects: tuple[Name, ...]) -> Type:
    known = any(extension in state.extensions for extension in EXTENSION_TYPES[name])
    if not known and state.strict:
        raise Refusal(f'type "{written.name}" does not exist', *objects)
    built_in = postgres_type(name)
    if built_in:
        return replace(written, name=name, family=built_in[1])
    home = next((e.schema for e in map(state.extensions.get, EXTENSION_TYPES[name]) if e), None)
    return written if home is None else replace(written, name=f"{home}.{name}")


def _user_type(state: State, written: Type, name: Name, objects: tuple[Name, ...]) -> Type:
    for candidate in state.candidates(name):
        user_type = state.types.get(candidate)
        if user_type is not None:
            family = _KINDS.get(user_type.kind, "unknown")
            return replace(written, name=str(candidate), family=family)
        if candidate in state.tables or candidate in state.views:
            return replace(written, name=str(candidate), family="composite")
    if state.strict and not _may_come_from_extension(state):
        raise Refusal(f'type "{name}" does not exist', *objects)
    return written


def _may_come_from_extension(state: State) -> bool:
    defining = {extension for owners in EXTENSION_TYPES.values() for extension in owners}
    return any(e not in TYPELESS and e not in defining for e in state.extensions)
