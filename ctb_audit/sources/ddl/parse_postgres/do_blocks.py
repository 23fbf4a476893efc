"""The steps of a DO block.

The block is read from its tokens, not from libpg_query's PL/pgSQL tree: that gives line numbers
only and refuses whole blocks for a name that it cannot resolve.
"""

from collections.abc import Callable, Iterator

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass
from ctb_audit.sources.ddl.parse_postgres.literals import Literal, read_literal
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source, Token
from ctb_audit.sources.ddl.parse_postgres.steps import (
    Assign,
    Attempt,
    Branch,
    Choice,
    Execute,
    Fail,
    Handler,
    Leave,
    Loop,
    Query,
    Sql,
    Step,
)
from ctb_audit.sources.ddl.statement import Statement

DDL = frozenset(
    (
        *("CREATE", "ALTER", "DROP", "COMMENT", "GRANT", "REVOKE", "SET", "RESET", "IMPORT"),
        *("SECURITY", "REASSIGN", "DISCARD"),
    )
)
"""First words of statements that PL/pgSQL hands to the server and that may change a schema."""

DEEPEST = 200
"""Blocks in blocks that are read; what stands deeper is no step."""

_HARMLESS_LEVELS = frozenset(("DEBUG", "LOG", "INFO", "NOTICE", "WARNING"))


@dataclass(slots=True)
class Reader:
    """Goes through the tokens of a PL/pgSQL body once."""

    body: Source
    tokens: list[Token]
    at: int = 0
    depth: int = 0

    @property
    def word(self) -> str:
        return self.tokens[self.at].word if self.at < len(self.tokens) else ""

    def steps(self, *ends: str) -> tuple[Step, ...]:
        """The steps up to one of the words, which stays unread."""
        found: list[Step] = []
        self.depth += 1
        while self.at < len(self.tokens) and self.word not in ends:
            start = self.at
            found.extend(self._step())
            self.at = max(self.at, start + 1)  # also where a statement is cut off
        self.depth -= 1
        return tuple(found)

    def _step(self) -> Iterator[Step]:
        word = self.word
        if self.depth > DEEPEST:
            self._to_semicolon()
        elif word in DDL:
            yield Sql(self._statement())
        elif word in _STEPS:
            yield from _STEPS[word](self)
        else:
            yield from self._other()

    # ---- moving on -----------------------------------------------------------------------------

    def _until(self, *words: str) -> tuple[int, int]:
        """The tokens before the next of these words that is in no brackets and no CASE ... END;
        moves behind it.
        """
        first, cases = self.at, 0
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.depth > 0:
                continue
            if cases == 0 and token.word in words:
                return first, self.at - 1
            cases += (token.word == "CASE") - (token.word == "END")
        return first, self.at

    def _to_semicolon(self) -> tuple[int, int]:
        """The tokens before the next semicolon outside of brackets; moves behind it."""
        first = self.at
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            self.at += 1
            if token.text == ";" and token.depth <= 0:
                return first, self.at - 1
        return first, self.at

    def _text(self, first: int, stop: int) -> str:
        if first >= stop:
            return ""
        return self.body.slice(self.tokens[first].start, self.tokens[stop - 1].end)

    def _piece(self, first: int, stop: int) -> Statement:
        """Tokens as a statement of their own, at their place in the file."""
        last = max(first, min(stop, len(self.tokens)) - 1)
        first = min(first, len(self.tokens) - 1)
        return piece(self.body, self.tokens[first].start, self.tokens[last].end)

    def _statement(self) -> Statement:
        return self._piece(*self._to_semicolon())

    # ---- blocks --------------------------------------------------------------------------------

    def declare(self) -> Iterator[Step]:
        """Variables; a cursor is one that holds nothing known."""
        self.at += 1
        while self.at < len(self.tokens) and self.word != "BEGIN":
            first, stop = self._to_semicolon()
            yield Assign(name_of(self.tokens[first]), self._initial(first + 1, stop))

    def _initial(self, first: int, stop: int) -> str | None:
        for place in range(first, stop):
            token = self.tokens[place]
            assigned = token.text == ":" and self.tokens[place + 1 : place + 2][0].text == "="
            if token.depth > 0:
                continue
            if assigned:
                return self._text(place + 2, stop)
            if token.word == "DEFAULT" or token.text == "=":
                return self._text(place + 1, stop)
            if token.word == "CURSOR":
                return None
        return "NULL"

    def begin(self) -> Iterator[Step]:
        self.at += 1
        steps = self.steps("END", "EXCEPTION")
        handlers: tuple[Handler, ...] = ()
        if self.word == "EXCEPTION":
            self.at += 1
            handlers = tuple(self._handlers())
        self._to_semicolon()
        if handlers:
            yield Attempt(steps, handlers)
        else:
            yield from steps

    def _handlers(self) -> Iterator[Handler]:
        while self.word == "WHEN":
            self.at += 1
            first, stop = self._until("THEN")
            yield Handler(self._conditions(first, stop), self.steps("WHEN", "END"))

    def _conditions(self, first: int, stop: int) -> tuple[str, ...]:
        found = []
        for token in self.tokens[first:stop]:
            if token.word not in ("OR", "SQLSTATE"):
                found.append(token.text.strip("'").lower())
        return tuple(found)

    def choose(self) -> Iterator[Step]:
        start = self.at
        branches = []
        while self.word in ("IF", "ELSIF", "ELSEIF"):
            self.at += 1
            condition = self._text(*self._until("THEN"))
            branches.append(Branch(condition, self.steps("ELSIF", "ELSEIF", "ELSE", "END")))
        yield self._chosen(start, branches)

    def _chosen(self, start: int, branches: list[Branch]) -> Choice:
        if self.word == "ELSE":
            self.at += 1
            branches.append(Branch(None, self.steps("END")))
        stop = self.at
        self._to_semicolon()
        return Choice(self._piece(start, stop), tuple(branches))

    def case(self) -> Iterator[Step]:
        start = self.at
        self.at += 1
        subject = self._text(*self._until("WHEN"))
        self.at -= 1
        branches = []
        while self.word == "WHEN":
            self.at += 1
            condition = self._text(*self._until("THEN"))
            if subject:
                condition = f"({subject}) IN ({condition})"
            branches.append(Branch(condition, self.steps("WHEN", "ELSE", "END")))
        if self.word != "ELSE" and branches:
            none = Fail(self._piece(start, self.at), "case_not_found")
            branches.append(Branch(None, (none,)))
        yield self._chosen(start, branches)

    # ---- loops ---------------------------------------------------------------------------------

    def loop(self) -> Iterator[Step]:
        yield self._loop(self.at, "endless", "", "")

    def while_(self) -> Iterator[Step]:
        start = self.at
        self.at += 1
        condition = self._text(*self._until("LOOP"))
        self.at -= 1
        yield self._loop(start, "while", "", condition)

    def foreach(self) -> Iterator[Step]:
        start = self.at
        self.at += 1
        name = self._text(*self._until("IN"))
        first, stop = self._until("LOOP")
        self.at -= 1
        if self.tokens[first : first + 1] and self.tokens[first].word == "ARRAY":
            yield self._loop(start, "array", name.lower(), self._text(first + 1, stop))

    def for_(self) -> Iterator[Step]:
        start = self.at
        self.at += 1
        name = self._text(*self._until("IN")).lower()
        first, stop = self._until("LOOP")
        self.at -= 1
        reverse = first < stop and self.tokens[first].word == "REVERSE"
        source = self._text(first + reverse, stop)
        if first < stop and self.tokens[first].word == "EXECUTE":
            yield self._loop(start, "execute", name, self._text(first + 1, stop))
        elif ".." in source and self.tokens[first].word not in ("SELECT", "WITH", "("):
            yield self._loop(start, "range", name, source, reverse)
        else:
            yield self._loop(start, "query", name, source)

    def _loop(self, start: int, kind: str, name: str, source: str, reverse: bool = False) -> Loop:
        self.at += 1  # LOOP
        steps = self.steps("END")
        stop = self.at
        self._to_semicolon()
        return Loop(self._piece(start, stop), kind, name, source, steps, reverse)  # type: ignore[arg-type]

    # ---- single statements ---------------------------------------------------------------------

    def execute(self) -> Iterator[Step]:
        first, stop = self._to_semicolon()
        names: tuple[str, ...] = ()
        last = stop
        for place in range(first + 1, stop):
            token = self.tokens[place]
            if token.depth == 0 and token.word in ("INTO", "USING"):
                last = min(last, place)
                if token.word == "INTO":
                    names = self._names(place + 1, stop)
        if first + 1 < last:
            yield Execute(self._piece(first, stop), self._text(first + 1, last), names)

    def _names(self, first: int, stop: int) -> tuple[str, ...]:
        """Variables in a list, up to what cannot belong to it."""
        found: list[str] = []
        for place in range(first, stop):
            token = self.tokens[place]
            if token.word == "STRICT" and place == first:
                continue
            expected = not found or self.tokens[place - 1].text == ","
            if expected and (token.text[:1].isalpha() or token.text[:1] in '_"'):
                found.append(name_of(token))
            elif token.text != ",":
                break
        return tuple(found)

    def perform(self) -> Iterator[Step]:
        first, stop = self._to_semicolon()
        text = self._text(first + 1, stop)
        place = self.body.at(self.tokens[first].start)
        yield Query(Statement(f"SELECT {text}", 0, place.line, place.column))

    def select(self) -> Iterator[Step]:
        first, stop = self._to_semicolon()
        place = self.body.at(self.tokens[first].start)
        into = next((p for p in range(first, stop) if self._is_into(p)), None)
        if into is None:
            yield Query(self._piece(first, stop))
            return
        names = self._names(into + 1, stop)
        strict = self.tokens[into + 1].word == "STRICT" if into + 1 < stop else False
        rest = min(stop, into + 1 + strict + max(0, 2 * len(names) - 1))
        text = f"{self._text(first, into)} {self._text(rest, stop)}"
        yield Query(Statement(text, 0, place.line, place.column), names)

    def _is_into(self, place: int) -> bool:
        token = self.tokens[place]
        return token.depth == 0 and token.word == "INTO"

    def leave(self) -> Iterator[Step]:
        first, stop = self._to_semicolon()
        word = self.tokens[first].word
        if word == "RETURN":
            yield Leave("return")
            return
        label = ""
        if first + 1 < stop and self.tokens[first + 1].word != "WHEN":
            label = name_of(self.tokens[first + 1])
        whens = [p for p in range(first + 1, stop) if self.tokens[p].word == "WHEN"]
        condition = self._text(whens[0] + 1, stop) if whens else ""
        yield Leave("exit" if word == "EXIT" else "continue", condition, label)

    def raise_(self) -> Iterator[Step]:
        first, stop = self._to_semicolon()
        level = self.tokens[first + 1].word if first + 1 < stop else ""
        if level not in _HARMLESS_LEVELS:
            named = level and level != "EXCEPTION" and self.tokens[first + 1].text[:1].isalpha()
            yield Fail(self._piece(first, stop), level.lower() if named else "raise_exception")

    def label(self) -> Iterator[Step]:
        start = self.at
        while self.at < len(self.tokens) and self.tokens[self.at].text != ">":
            self.at += 1
        name = name_of(self.tokens[self.at - 1])
        self.at += 2
        if self.word == "DECLARE":
            yield from self.declare()
        if self.word not in _LABELLED:
            return
        found = tuple(self._step())
        if len(found) == 1 and isinstance(found[0], Loop):
            yield replace(found[0], label=name)
        else:
            stop = self.at
            yield Loop(self._piece(start, stop), "once", "", "", found, label=name)

    def end(self) -> Iterator[Step]:
        """A word that no open block waits for."""
        self.at += 1
        yield from ()

    def _other(self) -> Iterator[Step]:
        """An assignment, or a statement that reads and writes rows."""
        first, stop = self._to_semicolon()
        assigned = self._assignment(first, stop)
        if assigned is not None:
            skip = assigned + 1 + (self.tokens[assigned].text == ":")
            written = [token.text for token in self.tokens[first + 1 : assigned]]
            whole = not written or (len(written) == len("._") and written[0] == ".")
            part = name_of(self.tokens[first + 2]) if written and whole else ""
            value = self._text(skip, stop) if whole else None
            yield Assign(name_of(self.tokens[first]), value, part)
            return
        place = next((p for p in range(stop - 1, first + 1, -1) if self._is_into(p)), None)
        yield Assign("found", None)
        for name in self._names(place + 1, stop) if place is not None else ():
            yield Assign(name, None)

    def _assignment(self, first: int, stop: int) -> int | None:
        """Where `:=` or `=` stands behind a variable, a field or an element of it."""
        for place in range(first + 1, min(stop, first + 12)):
            text = self.tokens[place].text
            if self.tokens[place].depth > 0 or text in "[].":
                continue
            if text == "=" or (text == ":" and self.tokens[place + 1].text == "="):
                return place
            if self.tokens[place - 1].text != ".":
                return None
        return None


_LABELLED = frozenset(("LOOP", "WHILE", "FOR", "FOREACH", "BEGIN"))


def name_of(token: Token) -> str:
    """A variable's name, folded."""
    text = token.text
    return text[1:-1].replace('""', '"') if text[:1] == '"' else text.lower()


_STEPS: dict[str, Callable[[Reader], Iterator[Step]]] = {
    "<": Reader.label,
    "BEGIN": Reader.begin,
    "DECLARE": Reader.declare,
    "IF": Reader.choose,
    "CASE": Reader.case,
    "LOOP": Reader.loop,
    "WHILE": Reader.while_,
    "FOR": Reader.for_,
    "FOREACH": Reader.foreach,
    "EXECUTE": Reader.execute,
    "PERFORM": Reader.perform,
    "SELECT": Reader.select,
    "WITH": Reader.select,
    "RETURN": Reader.leave,
    "EXIT": Reader.leave,
    "CONTINUE": Reader.leave,
    "RAISE": Reader.raise_,
    **dict.fromkeys(("END", "ELSE", "ELSIF", "ELSEIF", "EXCEPTION", "WHEN"), Reader.end),
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


def steps_of(body: Source) -> tuple[Step, ...]:
    """The steps of a PL/pgSQL block."""
    return Reader(body, list(body.tokens())).steps()
