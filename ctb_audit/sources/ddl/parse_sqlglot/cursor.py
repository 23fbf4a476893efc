"""A strict reader over tokens: whatever it does not take stays, and that is an error."""

from collections.abc import Callable, Iterator

from ctb_audit.lean import pattern
from ctb_audit.model import Location, Name, System
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import RESERVED, Misread, Token, tokens_of
from ctb_audit.sources.ddl.statement import Positions, Statement

_LOWER: frozenset[System] = frozenset(("postgresql", "sqlite"))
_NAME_BYTES = 63
_MEANT = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "`": "`", "?": "?"}
_ESCAPE = pattern(r"\\(.)")
_ESCAPED = pattern(r"""(['"])(?:(?!\1)[^\\]|\\[ntr\\'"`?])*+\1""")
"""A string of BigQuery with escapes of single characters alone."""


class Script:
    """One statement's text with its tokens and places."""

    def __init__(self, statement: Statement, path: str, system: System) -> None:
        self.text = statement.text
        self.system = system
        self.tokens = tokens_of(statement.text, system)
        self._positions = Positions(statement, path)

    def at(self, offset: int) -> Location:
        return self._positions.at(offset)

    def slice(self, start: int, end: int) -> str:
        """Source text between two tokens' indexes, comments replaced by a space."""
        parts: list[str] = []
        for index in range(start, end):
            token = self.tokens[index]
            if index > start:
                gap = self.text[self.tokens[index - 1].end : token.start]
                parts.append(gap if not gap or gap.isspace() else " ")
            parts.append(token.text)
        return "".join(parts)

    def cursor(self) -> "Cursor":
        return Cursor(self, 0, len(self.tokens))


class Cursor:
    """A position among the tokens from `index` to `end`."""

    def __init__(self, script: Script, index: int, end: int) -> None:
        self.script = script
        self.index = index
        self.end = end

    @property
    def system(self) -> System:
        return self.script.system

    @property
    def location(self) -> Location:
        """The place of the next token, or of the statement at its end."""
        at = self.script.tokens[self.index].start if self.index < self.end else 0
        return self.script.at(at)

    def done(self) -> bool:
        return self.index >= self.end

    def peek(self, ahead: int = 0) -> Token | None:
        index = self.index + ahead
        return self.script.tokens[index] if index < self.end else None

    def word(self, ahead: int = 0) -> str:
        token = self.peek(ahead)
        return token.word if token else ""

    def mark(self, text: str, ahead: int = 0) -> bool:
        token = self.peek(ahead)
        return token is not None and token.kind == "mark" and token.text == text

    def sees(self, *words: str) -> bool:
        return all(self.word(ahead) == word for ahead, word in enumerate(words))

    def take(self, *words: str) -> bool:
        """Step over these words if they come next."""
        if not self.sees(*words):
            return False
        self.index += len(words)
        return True

    def expect(self, *words: str) -> None:
        if not self.take(*words):
            raise Misread(f"{' '.join(words)} expected{self._here()}")

    def take_mark(self, text: str) -> bool:
        if not self.mark(text):
            return False
        self.index += 1
        return True

    def finish(self) -> None:
        """Everything must have been read."""
        if not self.done():
            raise Misread(f"not understood{self._here()}")

    def _here(self) -> str:
        token = self.peek()
        return f" at {token.text[:40]!r}" if token else " at the end"

    def identifier(self, *, after_dot: bool = False) -> str:
        """One name, folded as the engine folds it; PostgreSQL's reserved words are none."""
        token = self.peek()
        reserved = self.system == "postgresql" and not after_dot
        if (
            token is None
            or token.kind not in ("word", "quoted")
            or (reserved and token.word in RESERVED)
        ):
            raise Misread(f"a name is expected{self._here()}")
        self.index += 1
        return fold(token, self.system)

    def name(self) -> Name:
        """A possibly qualified name; a project or database before it is dropped."""
        parts = self._part(after_dot=False)
        while self.take_mark("."):
            parts += self._part(after_dot=True)
        return Name(parts[-2] if len(parts) > 1 else None, parts[-1])

    def _part(self, *, after_dot: bool) -> list[str]:
        if self.system != "bigquery":
            return [self.identifier(after_dot=after_dot)]
        text = self.identifier()
        while self.mark("-"):  # a project's name may hold hyphens
            self.index += 1
            token = self.peek()
            if token is None or token.kind not in ("word", "number"):
                raise Misread(f"a name is expected{self._here()}")
            text += f"-{token.text}"
            self.index += 1
        return text.split(".")

    def string(self) -> str:
        """The value of a plain string literal."""
        token = self.peek()
        if token is None or token.kind != "string" or token.text[0] not in "'\"":
            raise Misread(f"a plain string is expected{self._here()}")
        quote = token.text[0]
        if "\\" in token.text and self.system in ("mysql", "bigquery"):
            if self.system == "mysql" or not _ESCAPED.fullmatch(token.text):
                raise Misread("a string with escapes")
            self.index += 1
            return _ESCAPE.sub(lambda found: _MEANT[found[1]], token.text[1:-1])
        self.index += 1
        return token.text[1:-1].replace(quote * 2, quote)

    def group(self) -> "Cursor":
        """What stands in the brackets that come next."""
        token = self.peek()
        if token is None or not self.mark("("):
            raise Misread(f"( expected{self._here()}")
        inner = Cursor(self.script, self.index + 1, token.partner)
        self.index = token.partner + 1
        return inner

    def items(self) -> "Iterator[Cursor]":
        """The rest, cut at its commas."""
        start = self.index
        while self.index < self.end:
            if self.mark(","):
                yield Cursor(self.script, start, self.index)
                start = self.index + 1
            self.step()
        yield Cursor(self.script, start, self.end)

    def step(self) -> None:
        """Over one token, or a bracket with all that it holds."""
        token = self.script.tokens[self.index]
        inside = token.partner > self.index
        self.index = token.partner + 1 if inside else self.index + 1

    def names(self) -> tuple[str, ...]:
        """`(a, b)`: plain names only."""
        found = []
        for item in self.group().items():
            found.append(item.identifier())
            item.finish()
        return tuple(found)

    def rest(self) -> str:
        """The text of everything that is left."""
        text = self.script.slice(self.index, self.end)
        self.index = self.end
        return text

    def until(self, stops: Callable[["Cursor"], bool]) -> str:
        """The text up to where `stops` holds, at least one token; CASE ... END is one."""
        start, depth = self.index, 0
        while not self.done():
            depth += (self.word() == "CASE") - (self.word() == "END")
            self.step()
            if depth <= 0 and not self.done() and stops(self):
                break
        if self.index == start:
            raise Misread(f"an expression is expected{self._here()}")
        return self.script.slice(start, self.index)


def fold(token: Token, system: System) -> str:
    if token.kind == "quoted":
        quote = token.text[-1]
        return token.text[1:-1].replace(quote * 2, quote)
    if system == "postgresql":
        lowered = token.text.lower() if token.text.isascii() else _ascii_lower(token.text)
        return lowered.encode()[:_NAME_BYTES].decode(errors="ignore")
    return token.text.lower() if system in _LOWER else token.text


def _ascii_lower(text: str) -> str:
    """PostgreSQL folds ASCII letters only, in databases of several bytes a character."""
    return "".join(c.lower() if c.isascii() else c for c in text)
