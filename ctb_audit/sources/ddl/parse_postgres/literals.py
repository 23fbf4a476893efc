"""String literals, and the texts that EXECUTE builds from nothing but literals."""

import re
from typing import NamedTuple

from ctb_audit.lean import pattern
from ctb_audit.semantics.quoting import identifier, literal
from ctb_audit.sources.ddl.parse_postgres.source import Token

_DOLLAR = pattern(r"\$[^$]*\$")
_ESCAPE = pattern(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{1,2}|[0-7]{1,3}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_SPECIFIER = pattern(r"%(?:(\d+)\$)?([sIL%])")
_HEXADECIMAL = 16


class Literal(NamedTuple):
    """The value of a literal, and the offset at which its first character is written."""

    value: str
    start: int


def is_literal(token: Token) -> bool:
    return token.text[-1:] == "'" or (token.text[:1] == "$" and token.text[-1:] == "$")


def read_literal(token: Token) -> Literal:
    """The value of a string literal; dollar quotes hold it as written."""
    dollar = _DOLLAR.match(token.text)
    if dollar is not None:
        size = dollar.end()
        return Literal(token.text[size:-size], token.start + size)
    opening = token.text.index("'")
    value = token.text[opening + 1 : -1].replace("''", "'")
    if token.text[:opening].lower() == "e":
        value = _ESCAPE.sub(_unescaped, value)
    return Literal(value, token.start + opening + 1)


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "ux" and len(code) > 1:
        return chr(int(code[1:], _HEXADECIMAL))
    return chr(int(code, 8)) if code.isdigit() else _ESCAPES.get(code, code)


def constant(tokens: tuple[Token, ...]) -> Literal | None:
    """The text of an expression that needs no run: literals, joined by `||` or formatted with
    literals only; None for any other.
    """
    tokens = _unwrapped(_argument(tokens))
    if not tokens:
        return None
    if tokens[0].word == "FORMAT" and len(tokens) > 1 and tokens[1].text == "(":
        return _formatted(tokens[2:-1]) if tokens[-1].text == ")" else None
    return _joined(tokens)


def _argument(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    """The tokens before INTO or USING."""
    for position, token in enumerate(tokens):
        if token.depth <= tokens[0].depth and token.word in ("INTO", "USING"):
            return tokens[:position]
    return tokens


def _unwrapped(tokens: tuple[Token, ...]) -> tuple[Token, ...]:
    while len(tokens) > 1 and tokens[0].text == "(" and tokens[-1].text == ")":
        if any(token.depth <= tokens[0].depth for token in tokens[1:-1]):
            return tokens
        tokens = tokens[1:-1]
    return tokens


def _joined(tokens: tuple[Token, ...]) -> Literal | None:
    values: list[str] = []
    for token in tokens:
        if is_literal(token):
            values.append(read_literal(token).value)
        elif token.text != "|":
            return None
    return Literal("".join(values), read_literal(tokens[0]).start) if values else None


def _formatted(tokens: tuple[Token, ...]) -> Literal | None:
    """`format` with literals: its specifiers %s, %I and %L replaced."""
    groups = _split(tokens)
    values = [_joined(group) for group in groups]
    if not values or any(value is None for value in values):
        return None
    pattern, *arguments = [value for value in values if value is not None]
    text = format_text(pattern.value, [argument.value for argument in arguments])
    return None if text is None else Literal(text, pattern.start)


def _split(tokens: tuple[Token, ...]) -> list[tuple[Token, ...]]:
    groups: list[list[Token]] = [[]]
    base = tokens[0].depth if tokens else 0
    for token in tokens:
        if token.text == "," and token.depth == base:
            groups.append([])
        else:
            groups[-1].append(token)
    return [tuple(group) for group in groups]


def format_text(pattern: str, arguments: list[str]) -> str | None:
    """What `format` gives; None where an argument is missing or a specifier is unusual."""
    if "%" in _SPECIFIER.sub("", pattern):
        return None
    following = 0
    pieces: list[str] = []
    last = 0
    for match in _SPECIFIER.finditer(pattern):
        pieces.append(pattern[last : match.start()])
        last = match.end()
        if match[2] == "%":
            pieces.append("%")
            continue
        position = int(match[1]) - 1 if match[1] else following
        following = position + 1
        if not 0 <= position < len(arguments):
            return None
        pieces.append(_written(match[2], arguments[position]))
    return "".join([*pieces, pattern[last:]])


def _written(specifier: str, value: str) -> str:
    if specifier == "I":
        return identifier(value)
    return literal(value) if specifier == "L" else value
