"""The DDL that stands in a DO block.

The block is read from its tokens, not from libpg_query's PL/pgSQL tree: that gives line numbers
only and refuses whole blocks for a name that it cannot resolve. A statement that every run reaches
is taken as it is; under IF, CASE, a loop or a block with EXCEPTION it is guarded.
"""

from collections.abc import Callable, Iterator
from dataclasses import field

from ctb_audit.lean import dataclass
from ctb_audit.sources.ddl.parse_postgres.literals import Literal, read_literal
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source, Token
from ctb_audit.sources.ddl.statement import Statement

DDL = frozenset(
    (
        *("CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SET", "RESET", "IMPORT"),
        *("SECURITY", "REASSIGN", "DISCARD"),
    )
)
"""First words of statements that PL/pgSQL hands to the server and that may change a schema."""

_LOOPS = frozenset(("FOR", "FOREACH", "WHILE"))


@dataclass(frozen=True, slots=True)
class Embedded:
    """A statement of the block. `dynamic`: the argument of EXECUTE as tokens, else ()."""

    statement: Statement
    guarded: bool
    dynamic: tuple[Token, ...] = ()


@dataclass(slots=True)
class _Block:
    """An open BEGIN, IF, CASE or loop; `first` counts the statements found before it."""

    kind: str
    first: int
    guards: bool


@dataclass(slots=True)
class Walk:
    """Goes through the tokens of a PL/pgSQL body once."""

    body: Source
    tokens: list[Token]
    at: int = 0
    blocks: list[_Block] = field(default_factory=list)
    found: list[Embedded] = field(default_factory=list)

    def run(self) -> list[Embedded]:
        """The statements of the body that may be DDL, in order."""
        while self.at < len(self.tokens):
            word = self.tokens[self.at].word
            step = _STEPS.get(word)
            if step is not None:
                step(self)
            elif word in _LOOPS:
                self._past("LOOP")
                self._open("loop", True)
            elif word in DDL:
                self._keep(self.at, ())
            else:
                self._to_semicolon()
        return self.found

    def _open(self, kind: str, guards: bool) -> None:
        self.blocks.append(_Block(kind, len(self.found), guards))

    def _past(self, *words: str) -> None:
        """Move behind the next of these words that is not inside brackets or CASE ... END."""
        cases = 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.depth:
                continue
            if cases == 0 and token.word in words:
                return
            cases += (token.word == "CASE") - (token.word == "END")

    def _to_semicolon(self) -> int:
        """Move behind the next semicolon outside brackets; gives its position."""
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.text == ";" and token.depth <= 0:
                return self.at - 1
        return self.at

    def _keep(self, first: int, dynamic: tuple[Token, ...]) -> None:
        """Record the statement from the token `first` to its semicolon."""
        stop = self._to_semicolon() if not dynamic else self.at
        start = self.tokens[first].start
        statement = piece(self.body, start, self.tokens[stop - 1].end)
        guarded = any(block.guards for block in self.blocks)
        self.found.append(Embedded(statement, guarded, dynamic))

    def begin(self) -> None:
        self.at += 1
        self._open("begin", False)

    def declare(self) -> None:
        self._past("BEGIN")
        self._open("begin", False)

    def condition(self) -> None:
        self._past("THEN")
        self._open("if", True)

    def case(self) -> None:
        self.at += 1
        self._open("case", True)
        depth = 0
        while self.at < len(self.tokens):
            word = self.tokens[self.at].word
            if word == "WHEN" and depth == 0:
                return
            depth += (word == "CASE") - (word == "END")
            self.at += 1

    def branch(self) -> None:
        self.at += 1
        self._past("THEN")

    def word(self) -> None:
        self.at += 1

    def loop(self) -> None:
        self.at += 1
        self._open("loop", True)

    def exception(self) -> None:
        """What the block holds may fail without harm, and its handlers may not run."""
        self.at += 1
        if self.blocks:
            block = self.blocks[-1]
            block.guards = True
            for position in range(block.first, len(self.found)):
                found = self.found[position]
                self.found[position] = Embedded(found.statement, True, found.dynamic)

    def end(self) -> None:
        if self.blocks:
            self.blocks.pop()
        self._to_semicolon()

    def execute(self) -> None:
        first = self.at
        stop = self._to_semicolon()
        dynamic = tuple(self.tokens[first + 1 : stop])
        self.at = stop
        if dynamic:
            self._keep(first, dynamic)
        self.at = stop + 1

    def perform(self) -> None:
        """PERFORM is a SELECT whose result is dropped; only a search path matters here."""
        first = self.at
        stop = self._to_semicolon()
        text = self.body.slice(self.tokens[first].end, self.tokens[stop - 1].end)
        if "search_path" in text:
            place = self.body.at(self.tokens[first].start)
            statement = Statement(f"SELECT {text}", 0, place.line, place.column)
            guarded = any(block.guards for block in self.blocks)
            self.found.append(Embedded(statement, guarded))

    def label(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at].text != ">":
            self.at += 1
        self.at += 2


_STEPS: dict[str, Callable[[Walk], None]] = {
    "<": Walk.label,
    "BEGIN": Walk.begin,
    "DECLARE": Walk.declare,
    "EXCEPTION": Walk.exception,
    "IF": Walk.condition,
    "ELSIF": Walk.branch,
    "ELSEIF": Walk.branch,
    "ELSE": Walk.word,
    "WHEN": Walk.branch,
    "CASE": Walk.case,
    "LOOP": Walk.loop,
    "END": Walk.end,
    "EXECUTE": Walk.execute,
    "PERFORM": Walk.perform,
}


def piece(body: Source, start: int, end: int) -> Statement:
    """Part of a text as a statement of its own, at its place in the file."""
    place = body.at(start)
    return Statement(body.slice(start, end), 0, place.line, place.column)


def language(node: Node) -> str:
    """The language of a DO block, lower case."""
    for wrapped in node["args"]:
        element = wrapped["DefElem"]
        if element["defname"] == "language":
            name: str = element["arg"]["String"]["sval"]
            return name.lower()
    return "plpgsql"


def block_body(node: Node, source: Source) -> Source:
    """The code of a DO block, at its place in the file where the literal is written plainly."""
    for wrapped in node["args"]:
        element = wrapped["DefElem"]
        if element["defname"] == "as":
            literal = read_literal(next(source.tokens(element["location"])))
            return within(source, literal)
    return Source(Statement("", 0, 1, 1), source.path)


def within(source: Source, literal: Literal) -> Source:
    """The value of a literal as a text of its own."""
    place = source.at(literal.start)
    return Source(Statement(source.real(literal.value), 0, place.line, place.column), source.path)


def embedded(node: Node, source: Source) -> Iterator[Embedded]:
    """The statements of a DO block that may be DDL."""
    body = block_body(node, source)
    yield from Walk(body, list(body.tokens())).run()
