"""The name that the server gives an expression without one (FigureColname)."""

from ctb_audit.lean import pattern
from ctb_audit.sources.ddl.replay.expressions import Token, tokens

_CAST_TYPE = pattern(r'(?<![\w$])([\w$]++)"?\s*+(?:\([\d\s,]*+\))?\s*+(?:\[\s*+\d*+\s*+\]\s*+)*+\Z')
_INTERNAL = {
    "int": "int4", "integer": "int4", "bigint": "int8", "smallint": "int2", "boolean": "bool",
    "real": "float4", "decimal": "numeric", "float": "float8",
    "char": "bpchar", "character": "bpchar",
}  # fmt: skip


def figure(expression: str) -> str:
    """`lower(email)` is `lower`, `(data ->> 'a')::int` is `int4`, `a + b` is `expr`: a column's or
    function's name goes before that of a type or of CASE.
    """
    found = tokens(expression)
    return _name(found) or _type_or_case(found) or "expr"


def _name(found: list[Token]) -> str:
    """The column or function that the value comes from, "" for none."""
    found = _unwrapped(found)
    if not found:
        return ""
    cast = _last_cast(found)
    if cast > 0:
        return _name(found[:cast])
    if _is_case(found):
        return _name(_else(found))
    if found[-1].text == "]":
        return _name(found[: _opening(found)])
    return _operand_name(found) if _simple(found) else ""


def _operand_name(found: list[Token]) -> str:
    if inner := _cast_call(found):
        return _name(found[2:inner])
    name = found[_last_part(found)].identifier
    return "" if name is None or name == "not" else name


def _type_or_case(found: list[Token]) -> str:
    found = _unwrapped(found)
    if not found:
        return ""
    cast = _last_cast(found)
    if cast > 0:
        return _type(found[cast + 1 :])
    if _is_case(found):
        return "case"
    if inner := _cast_call(found):
        return _type(found[inner + 1 : -1])
    return ""


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


def _last_cast(found: list[Token]) -> int:
    """Position of an outermost `::` behind which only a type stands."""
    depth, last = 0, -1
    for at, token in enumerate(found):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == "::":
            last = at
    return last if last > 0 and _is_operand(found[:last]) else -1


def _is_operand(found: list[Token]) -> bool:
    """What a cast behind it takes whole."""
    if len(_unwrapped(found)) < len(found) or _simple(found) or _last_cast(found) > 0:
        return True
    return found[-1].text == "]" and _is_operand(found[: _opening(found)])


def _simple(found: list[Token]) -> bool:
    """One operand: a name, a literal or a call."""
    last = _last_part(found)
    if last == len(found) - 1:
        return True
    return found[last + 1].text == "(" and _closing(found, last + 1) == len(found) - 1


def _last_part(found: list[Token]) -> int:
    """Position of the last name of `schema.table.column`."""
    at = 0
    while at + 2 < len(found) and found[at + 1].text == ".":
        at += 2
    return at


def _opening(found: list[Token]) -> int:
    """Position of the bracket that the last one closes."""
    depth = 0
    for position in range(len(found) - 1, -1, -1):
        depth += {"]": 1, "[": -1}.get(found[position].text, 0)
        if depth == 0:
            return position
    return 0


def _is_case(found: list[Token]) -> bool:
    return found[0].text.lower() == "case" and found[-1].text.lower() == "end"


def _else(found: list[Token]) -> list[Token]:
    """What stands behind the ELSE of a CASE."""
    depth = 0
    for at, token in enumerate(found):
        depth += {"case": 1, "end": -1}.get(token.text.lower(), 0)
        if depth == 1 and token.text.lower() == "else":
            return found[at + 1 : -1]
    return []


def _cast_call(found: list[Token]) -> int:
    """Position of the AS of `CAST (x AS type)`, 0 for anything else."""
    if found[0].text.lower() != "cast":
        return 0
    return max((at for at, token in enumerate(found) if token.text.lower() == "as"), default=0)


def _type(found: list[Token]) -> str:
    text = " ".join(token.text.lower() for token in found)
    if text.startswith("timestamp"):
        return "timestamptz" if "with time" in text else "timestamp"
    if text.startswith("time"):
        return "timetz" if "with time" in text else "time"
    if text.startswith("double precision"):
        return "float8"
    if text.startswith("character varying"):
        return "varchar"
    match = _CAST_TYPE.search(text)
    return _INTERNAL.get(match[1], match[1]) if match else ""
