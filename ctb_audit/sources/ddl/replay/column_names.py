"""The name that the server gives an expression without one (FigureColname)."""

from ctb_audit.lean import pattern
from ctb_audit.sources.ddl.replay.expressions import Token, tokens

_CAST_TYPE = pattern(r'"?([\w$]+)"?\s*(?:\([\d\s,]*\))?\s*(?:\[\s*\d*\s*\]\s*)*\Z')
_INTERNAL = {
    "int": "int4", "integer": "int4", "bigint": "int8", "smallint": "int2", "boolean": "bool",
    "real": "float4", "decimal": "numeric", "float": "float8",
    "varchar": "varchar", "char": "bpchar", "character": "bpchar",
}  # fmt: skip


def figure(expression: str) -> str:
    """`lower(email)` is `lower`, `(data ->> 'a')::int` is `int4`, `a + b` is `expr`."""
    return _figure(_unwrapped(tokens(expression))) or "expr"


def _unwrapped(found: list[Token]) -> list[Token]:
    while len(found) > 2 and found[0].text == "(" and _closing(found, 0) == len(found) - 1:
        found = found[1:-1]
    return found


def _closing(found: list[Token], at: int) -> int:
    depth = 0
    for position in range(at, len(found)):
        depth += {"(": 1, ")": -1}.get(found[position].text, 0)
        if depth == 0:
            return position
    return -1


def _figure(found: list[Token]) -> str:
    cast = _last_cast(found)
    if cast >= 0:
        return _figure_cast(found, cast)
    return _figure_name(found)


def _last_cast(found: list[Token]) -> int:
    """Position of an outermost `::` behind which only a type stands."""
    depth, last = 0, -1
    for at, token in enumerate(found):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == "::":
            last = at
    head = found[:last]
    if last < 0 or (len(_unwrapped(head)) == len(head) and not _simple(head)):
        return -1
    return last


def _simple(found: list[Token]) -> bool:
    """One operand: a name, a literal, a call or a bracket."""
    if len(found) == 1:
        return True
    at = 0
    while at + 2 < len(found) and found[at + 1].text == ".":
        at += 2
    if at == len(found) - 1:
        return True
    follows = at + 1 < len(found) and found[at + 1].text == "("
    return follows and _closing(found, at + 1) == len(found) - 1


def _figure_cast(found: list[Token], cast: int) -> str:
    inner = _figure(_unwrapped(found[:cast]))
    if inner:
        return inner
    words = [t.text.lower() for t in found[cast + 1 :]]
    text = " ".join(words)
    if text.startswith("timestamp"):
        return "timestamptz" if "with time" in text else "timestamp"
    if text.startswith("time"):
        return "timetz" if "with time" in text else "time"
    if text.startswith("double precision"):
        return "float8"
    if text.startswith("character varying"):
        return "varchar"
    match = _CAST_TYPE.search(text)
    return _INTERNAL.get(match[1], match[1]) if match else "expr"


def _figure_name(found: list[Token]) -> str:
    if not found or not _simple(found):
        return _construct(found)
    at = 0
    while at + 2 < len(found) and found[at + 1].text == ".":
        at += 2
    name = found[at].identifier
    if name is None or (name == "cast" and at + 1 < len(found)):
        return _figure_cast_call(found) if name else ""
    return name


def _construct(found: list[Token]) -> str:
    first = found[0].text.lower() if found else ""
    if first == "case" and found[-1].text.lower() == "end":
        return "case"
    return ""


def _figure_cast_call(found: list[Token]) -> str:
    """CAST (x AS type), written as a call."""
    inner = found[2:-1]
    words = [t.text.lower() for t in inner]
    if "as" not in words:
        return ""
    at = len(words) - 1 - words[::-1].index("as")
    return _figure_cast([*inner[:at], inner[at], *inner[at + 1 :]], at)
