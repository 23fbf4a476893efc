"""Conditions: recursive descent by the precedence of the language, depth bounded."""

from collections.abc import Callable
from typing import ClassVar

from ctb_audit.rules_model import Node, NodeKind
from ctb_audit.sources.firestore_rules.lexer import Token
from ctb_audit.sources.firestore_rules.stream import RulesSyntaxError, Stream

MAX_DEPTH = 40
"""Of parentheses, calls and conditions in one another; the service itself allows 20 calls."""

MAX_HEIGHT = 80
"""Of the tree of an expression, so that whoever walks it may recurse."""

_LEVELS: tuple[tuple[str, ...], ...] = (
    ("||",),
    ("&&",),
    ("==", "!="),
    ("<", "<=", ">", ">=", "in", "is"),
    ("+", "-"),
    ("*", "/", "%"),
)
_CONSTANTS = ("true", "false", "null")


class Expressions:
    """Reads expressions from a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._depth = 0
        self._heights: dict[int, tuple[int, Node]] = {}  # by identity, which only the living keep

    def read(self) -> Node:
        """One whole expression; RulesSyntaxError where none stands here."""
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RulesSyntaxError(f"nested deeper than {MAX_DEPTH}", self._stream.now)
        try:
            return self._ternary()
        finally:
            self._depth -= 1

    def _ternary(self) -> Node:
        condition = self._binary(0)
        mark = self._stream.take("?")
        if mark is None:
            return condition
        positive = self.read()
        self._stream.expect(":")
        return self._node("ternary", mark, "", condition, positive, self.read())

    def _binary(self, level: int) -> Node:
        if level == len(_LEVELS):
            return self._unary()
        left = self._binary(level + 1)
        while (operator := self._stream.take(*_LEVELS[level])) is not None:
            right = [self._binary(level + 1)]
            while operator.text in ("||", "&&") and self._stream.take(operator.text):
                right.append(self._binary(level + 1))
            left = self._node("binary", operator, operator.text, left, *right)
        return left

    def _unary(self) -> Node:
        signs = []
        while (sign := self._stream.take("!", "-")) is not None:
            signs.append(sign)
        node = self._postfix()
        for sign in reversed(signs):
            node = self._node("unary", sign, sign.text, node)
        return node

    def _postfix(self) -> Node:
        node = self._primary()
        while True:
            token = self._stream.take(".", "[", "(")
            if token is None:
                return node
            node = self._POSTFIX[token.text](self, node, token)

    def _member(self, left: Node, token: Token) -> Node:
        name = self._stream.expect_kind("word")
        return self._node("member", name, name.text, left)

    def _index(self, left: Node, token: Token) -> Node:
        keys = [self.read()]
        if self._stream.take(":"):
            keys.append(self.read())
        self._stream.expect("]")
        return self._node("index", token, "", left, *keys)

    def _call(self, left: Node, token: Token) -> Node:
        return self._node("call", token, "", left, *self._listed(")"))

    _POSTFIX: ClassVar[dict[str, Callable[["Expressions", Node, Token], Node]]] = {
        ".": _member,
        "[": _index,
        "(": _call,
    }

    def _listed(self, closing: str) -> list[Node]:
        items: list[Node] = []
        while not self._stream.take(closing):
            items.append(self.read())
            if not self._stream.take(","):
                self._stream.expect(closing)
                break
        return items

    def _primary(self) -> Node:
        token = self._stream.now
        if token.kind == "word":
            self._stream.next()
            kind: NodeKind = "constant" if token.text in _CONSTANTS else "name"
            return self._node(kind, token, token.text)
        if token.kind in ("number", "string"):
            self._stream.next()
            return self._node("number" if token.kind == "number" else "string", token, token.text)
        if self._stream.take("("):
            inner = self.read()
            self._stream.expect(")")
            return inner
        if self._stream.take("["):
            return self._node("list", token, "", *self._listed("]"))
        if self._stream.take("{"):
            return self._map(token)
        if self._stream.at("/"):
            return self._path()
        raise RulesSyntaxError(f"expected a value, found {token.shown}", token)

    def _map(self, opening: Token) -> Node:
        items: list[Node] = []
        while not self._stream.take("}"):
            items.append(self.read())
            self._stream.expect(":")
            items.append(self.read())
            if not self._stream.take(","):
                self._stream.expect("}")
                break
        return self._node("map", opening, "", *items)

    def _path(self) -> Node:
        """`/databases/$(database)/documents/users/$(uid)`, without spaces inside."""
        opening = self._stream.now
        segments: list[Node] = []
        while self._stream.at("/") and (not segments or self._stream.touches()):
            self._stream.next()
            segments.append(self._segment())
        return self._node("path", opening, "", *segments)

    def _node(self, kind: NodeKind, token: Token, text: str, *operands: Node) -> Node:
        height = 1 + max((self._height(operand) for operand in operands), default=0)
        if height > MAX_HEIGHT:
            raise RulesSyntaxError(f"longer than {MAX_HEIGHT} parts in one another", token)
        node = Node(kind, text, operands, token.line, token.column)
        if operands:
            self._heights[id(node)] = height, node
        return node

    def _height(self, node: Node) -> int:
        known = self._heights.get(id(node))
        return known[0] if known is not None else 1

    def _segment(self) -> Node:
        if (binding := self._stream.take("$(")) is not None:
            inner = self.read()
            self._stream.expect(")")
            return self._node("path", binding, "$", inner)
        if (opening := self._stream.take("(")) is not None:  # /(default)/
            word = self._stream.expect_kind("word")
            self._stream.expect(")")
            return self._node("string", opening, f"({word.text})")
        first = self._stream.now
        text = literal_segment(self._stream)
        if not text:
            raise RulesSyntaxError(f"expected a part of a path, found {first.shown}", first)
        return self._node("string", first, text)


def literal_segment(stream: Stream) -> str:
    """Names, numbers and signs that a literal part of a path may hold, "" for none."""
    parts: list[str] = []
    while stream.now.kind in ("word", "number") or stream.at("-", "@", "."):
        if parts and not stream.touches():
            break
        if stream.at(".") and not parts:
            break
        parts.append(stream.next().text)
    return "".join(parts)
