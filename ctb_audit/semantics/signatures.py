"""Result and operand types of the built-in functions and operators that schemas use."""

from collections.abc import Mapping

RETURNS: Mapping[str, str] = {
    **dict.fromkeys(
        (
            *("lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "substring", "substr"),
            *("left", "right", "replace", "reverse", "split_part", "concat", "concat_ws", "md5"),
            *("lpad", "rpad", "translate", "regexp_replace", "overlay", "to_char", "format"),
            *("repeat", "jsonb_typeof", "json_typeof", "similar_to_escape", "like_escape"),
            *("current_user", "session_user", "current_schema", "current_database"),
            *("current_setting", "jsonb_extract_path_text", "quote_ident", "encode"),
        ),
        "text",
    ),
    **dict.fromkeys(
        (
            *("length", "char_length", "octet_length", "strpos", "position", "array_length"),
            *("cardinality", "jsonb_array_length", "json_array_length", "num_nonnulls"),
            *("num_nulls", "ascii", "array_ndims", "pg_trigger_depth", "bit_length"),
        ),
        "integer",
    ),
    **dict.fromkeys(
        ("now", "statement_timestamp", "clock_timestamp", "to_timestamp"),
        "timestamp with time zone",
    ),
    **dict.fromkeys(("gen_random_uuid", "uuid_generate_v4", "uuid_generate_v1"), "uuid"),
    **dict.fromkeys(
        ("starts_with", "regexp_like", "isfinite", "isempty", "jsonb_exists"), "boolean"
    ),
    **dict.fromkeys(("nextval", "currval"), "bigint"),
    **dict.fromkeys(("random", "power", "sqrt"), "double precision"),
    "extract": "double precision",  # numeric in EXTRACT, which compares the same
    "to_tsvector": "tsvector",
    "to_jsonb": "jsonb",
    "jsonb_build_object": "jsonb",
}
"""What is known of a function: its result, and that its quoted arguments are texts."""

_COMPARING = frozenset(
    {"=", "<>", "<", "<=", ">", ">=", "~", "~*", "!~", "!~*", "~~", "!~~", "~~*", "!~~*"}
    | {"@>", "<@", "&&", "?", "?|", "?&", "@@", "^@", "@?"}
)
_PATTERNS = frozenset({"~", "~*", "!~", "!~*", "~~", "!~~", "~~*", "!~~*"})
_JSON_KEYS = frozenset({"->", "->>", "?"})
_JSON_PATHS = frozenset({"#>", "#>>", "?|", "?&"})
_MOMENTS = frozenset({"timestamp without time zone", "timestamp with time zone", "date"})
DOMAIN = "a domain"  # the type of a column whose domain is not looked into


def operand_type(operator: str, other: str, *, on_right: bool) -> str:
    """The type of a quoted literal beside an operand of type `other`."""
    if operator in _JSON_KEYS and other in ("json", "jsonb"):
        return "text"
    if operator in _JSON_PATHS and other in ("json", "jsonb"):
        return "text[]"
    if operator == "+" and other in _MOMENTS:
        return "interval"
    if other == DOMAIN or (operator in _PATTERNS and other == "bpchar"):
        return "text"
    if operator == "@@" and on_right:
        return "tsquery"
    return other or "text"


def result_type(operator: str, left: str, right: str) -> str:
    """The type of `left operator right`, "" where it is not known."""
    if operator in _COMPARING:
        return "boolean"
    if operator in ("->>", "#>>"):
        return "text"
    if operator in ("->", "#>"):
        return left
    if operator == "-" and left == right and left in _MOMENTS:
        return "integer" if left == "date" else "interval"
    if left in _MOMENTS and right == "interval":
        return "timestamp without time zone" if left == "date" else left
    return left if left == right else left if right in ("smallint", "integer") else ""
