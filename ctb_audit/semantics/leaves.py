"""The leaves of expressions: literals, references, the clock, names."""

from collections.abc import Hashable, Mapping
from typing import Any

from ctb_audit.model import Type
from ctb_audit.semantics.tree import Call, Cast, Const, Node, Opaque, Ref

Raw = Mapping[str, Any]


def frozen(raw: object) -> Hashable:
    """A raw tree as nested tuples without positions."""
    if isinstance(raw, Mapping):
        pairs = [(k, frozen(v)) for k, v in raw.items() if "location" not in k]
        return tuple(sorted(pairs, key=lambda pair: pair[0]))
    if isinstance(raw, list):
        return tuple(frozen(item) for item in raw)
    return raw if isinstance(raw, str | int | bool) else repr(raw)


def constant(body: Raw) -> Node:
    if body.get("isnull"):
        return Const(None)
    if "ival" in body:
        return Const(body["ival"].get("ival", 0), "integer")
    if "fval" in body:
        return _numeric(body["fval"]["fval"])
    if "boolval" in body:
        return Const(bool(body["boolval"].get("boolval", False)), "boolean")
    if "sval" in body:
        return Const(body["sval"].get("sval", ""))
    return Opaque("A_Const", frozen(body))


def _numeric(text: str) -> Const:
    """A number too big for integer is bigint; anything else with a point or exponent numeric."""
    plain = text.replace("_", "")
    if plain.isdigit():
        small = int(plain) < 2**63
        return Const(int(plain), "bigint" if small else "numeric")
    from decimal import Decimal

    try:
        return Const(Decimal(plain), "numeric")
    except ArithmeticError:
        return Const(int(plain, 0), "bigint")


def reference(body: Raw) -> Node:
    fields = body.get("fields", [])
    return Ref(tuple("*" if "A_Star" in f else f["String"]["sval"] for f in fields))


def boolean_from(text: str) -> bool | None:
    """What PostgreSQL's boolean input makes of a text; None where it refuses."""
    word = text.strip().lower()
    if word and ("true".startswith(word) or "yes".startswith(word) or word in ("on", "1")):
        return True
    if word and ("false".startswith(word) or "no".startswith(word) or word in ("of", "off", "0")):
        return False
    return None


_FUNCTION_ALIASES: Mapping[str, str] = {
    "transaction_timestamp": "now",
    "character_length": "char_length",
    "date_part": "extract",
    "pow": "power",
    "ceiling": "ceil",
    "texticlike": "citextlike",
}


def function_name(path: tuple[str, ...]) -> str:
    """A function's name without `pg_catalog`, aliases of the server resolved."""
    plain = path[1:] if path[:1] == ("pg_catalog",) else path
    name = ".".join(plain)
    return _FUNCTION_ALIASES.get(name, name)


_VALUE_FUNCTIONS: Mapping[str, Node] = {
    "SVFOP_CURRENT_TIMESTAMP": Call("now"),
    "SVFOP_LOCALTIMESTAMP": Cast(Call("now"), Type("timestamp without time zone", "timestamp")),
    "SVFOP_CURRENT_DATE": Cast(Call("now"), Type("date", "date")),
    "SVFOP_CURRENT_TIME": Cast(Call("now"), Type("time with time zone", "time")),
    "SVFOP_LOCALTIME": Cast(Call("now"), Type("time without time zone", "time")),
    "SVFOP_CURRENT_ROLE": Call("current_user"),
    "SVFOP_CURRENT_USER": Call("current_user"),
    "SVFOP_USER": Call("current_user"),
    "SVFOP_SESSION_USER": Call("session_user"),
    "SVFOP_CURRENT_CATALOG": Call("current_database"),
    "SVFOP_CURRENT_SCHEMA": Call("current_schema"),
}


def value_function(body: Raw) -> Node:
    """CURRENT_TIMESTAMP and its kin; a precision such as CURRENT_TIMESTAMP(3) is kept."""
    op: str = body["op"]
    found = _VALUE_FUNCTIONS.get(op)
    if found is None:
        base = _VALUE_FUNCTIONS.get(op.removesuffix("_N"))
        if base is None:
            return Opaque("SQLValueFunction", frozen(body))
        return Call("precise", (base, Const(body.get("typmod", 0), "integer")))
    return found
