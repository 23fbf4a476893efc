"""Words one after the other, with one place to look ahead, and the refusal of what does not fit."""

from collections.abc import Sequence
from typing import Literal

from ctb_audit.sources.firestore_rules.lexer import Token


class RulesSyntaxError(Exception):
    """`token` is where the rules cannot be read on."""

    def __init__(self, message: str, token: Token) -> None:
        super().__init__(message)
        self.token = token


class Stream:
    def __init__(self, words: Sequence[Token]) -> None:
        self._words = words
        self._place = 0

    @property
    def place(self) -> int:
        return self._place

    @property
    def now(self) -> Token:
        return self._words[self._place]

    def ahead(self, count: int = 1) -> Token:
        return self._words[min(self._place + count, len(self._words) - 1)]

    def next(self) -> Token:
        token = self.now
        if token.kind != "end":
            self._place += 1
        return token

    def at(self, *texts: str) -> bool:
        """Whether one of the words or signs stands here."""
        return self.now.kind in ("word", "sign") and self.now.text in texts

    def take(self, *texts: str) -> Token | None:
        return self.next() if self.at(*texts) else None

    def expect(self, text: str) -> Token:
        token = self.take(text)
        if token is None:
            raise RulesSyntaxError(f"expected {text!r}, found {self.now.shown}", self.now)
        return token

    def expect_kind(self, kind: Literal["word", "string"]) -> Token:
        if self.now.kind != kind:
            wanted = "a name" if kind == "word" else "a string"
            raise RulesSyntaxError(f"expected {wanted}, found {self.now.shown}", self.now)
        return self.next()

    def touches(self) -> bool:
        """Whether nothing, not even a space, stands before this word."""
        return self._place > 0 and self._words[self._place - 1].end == self.now.start

    def skip_statement(self, since: int) -> None:
        """To the end of the statement or block that begins at the place `since`: after its `;`, or
        after the block it opens, or before the `}` around it.
        """
        self._place = since
        depth = 0
        while self.now.kind != "end":
            if self.at("}") and depth == 0:
                return
            token = self.next()
            if token.kind != "sign":
                continue
            depth += (token.text == "{") - (token.text == "}")
            if (token.text == ";" and depth == 0) or (token.text == "}" and depth == 0):
                return
