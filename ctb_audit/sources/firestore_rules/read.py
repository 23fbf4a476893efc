"""Rules files: services, matches, functions and allows.

What cannot be read is passed over to the end of its statement, listed, and marks the result
as broken. Of several services only `cloud.firestore` is kept; a fragment without a service, as
documents show, is read as if it stood at the root of the documents.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from ctb_audit.model import Coverage, Problem
from ctb_audit.names import Location
from ctb_audit.rules_model import (
    OPERATIONS,
    WIDER,
    Allow,
    Binding,
    Match,
    RuleFunction,
    Rules,
    Segment,
)
from ctb_audit.semantics.firestore import undefined_calls
from ctb_audit.sources.firestore_rules.expression import Expressions, literal_segment
from ctb_audit.sources.firestore_rules.lexer import Token, tokens
from ctb_audit.sources.firestore_rules.stream import RulesSyntaxError, Stream

MAX_NESTING = 40
_ROOT = ("databases", "documents")


@dataclass(frozen=True, slots=True)
class RulesRead:
    """`problems` are of kind `not-understood`; `coverage` counts allows and functions."""

    rules: Rules
    problems: tuple[Problem, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    other_service: bool = False


@dataclass
class _Body:
    """What a block holds."""

    allows: list[Allow] = field(default_factory=list)
    functions: list[RuleFunction] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)


def read_rules(text: str, path: str, *, first_line: int = 1, margin: int = 0) -> RulesRead:
    """The rules in a text; never fails. `path` is what locations carry."""
    return _Reader(text, path, first_line, margin).file()


class _Reader:
    def __init__(self, text: str, path: str, first_line: int, margin: int) -> None:
        self._path = path
        self._lines = text.split("\n")
        self._first_line = first_line
        self._stream = Stream(tuple(tokens(text, first_line, margin)))
        self._expressions = Expressions(self._stream)
        self._problems: list[Problem] = []
        self._understood = 0
        self._nesting = 0
        self._version = "1"
        self._services: list[str] = []

    def file(self) -> RulesRead:
        body = _Body()
        while self._stream.now.kind != "end":
            if not self._stream.take("}"):
                self._guarded(body, self._top)
        foreign = bool(self._services) and "cloud.firestore" not in self._services
        rules = Rules(
            self._path,
            self._version,
            _from_root(body.matches),
            tuple(body.functions),
            partial=not self._services,
            broken=bool(self._problems),
        )
        calls = () if rules.partial or foreign else self._undefined_calls(rules)
        count = self._understood + len(self._problems)
        coverage = Coverage(count, self._understood - len(calls))
        return RulesRead(rules, (*self._problems, *calls), coverage, foreign)

    def _undefined_calls(self, rules: Rules) -> tuple[Problem, ...]:
        """Rules that call what nothing defines, which the service refuses; in a fragment it may be
        defined elsewhere.
        """
        return tuple(
            self._problem_at(f"{name}() is defined nowhere", location)
            for location, name in undefined_calls(rules)
        )

    # ---- statements -----------------------------------------------------------------------------

    def _guarded(self, body: _Body, read: Callable[[_Body], None]) -> None:
        """One statement; after what cannot be read, on behind it."""
        since = self._stream.place
        try:
            read(body)
        except RulesSyntaxError as error:
            self._problem(str(error), error.token)
            self._stream.skip_statement(since)
            if self._stream.place == since:
                self._stream.next()

    def _problem(self, message: str, token: Token) -> None:
        location = Location(self._path, token.line, token.column)
        self._problems.append(self._problem_at(message, location))

    def _problem_at(self, message: str, location: Location) -> Problem:
        index = (location.line or 0) - self._first_line
        excerpt = self._lines[index].strip() if 0 <= index < len(self._lines) else ""
        return Problem("not-understood", f"security rules: {message}", (), excerpt[:200], location)

    def _top(self, body: _Body) -> None:
        if self._stream.at("rules_version"):
            self._stream.next()
            self._stream.expect("=")
            self._version = self._stream.expect_kind("string").text
            self._stream.take(";")
        elif self._stream.at("service"):
            self._service(body)
        else:
            self._statement(body)

    def _service(self, body: _Body) -> None:
        self._stream.next()
        name = self._stream.expect_kind("word").text
        while self._stream.take("."):
            name += "." + self._stream.expect_kind("word").text
        self._services.append(name)
        self._stream.expect("{")
        kept = body if name == "cloud.firestore" else _Body()
        self._block(kept)

    def _block(self, body: _Body) -> None:
        """Statements up to the closing brace, which is taken."""
        self._nesting += 1
        if self._nesting > MAX_NESTING:
            raise RulesSyntaxError(f"nested deeper than {MAX_NESTING}", self._stream.now)
        try:
            while not self._stream.take("}"):
                if self._stream.now.kind == "end":
                    self._problem("expected '}', found the end", self._stream.now)
                    return
                if not self._stream.take(";"):
                    self._guarded(body, self._statement)
        finally:
            self._nesting -= 1

    def _statement(self, body: _Body) -> None:
        if self._stream.at("match"):
            body.matches.append(self._match())
        elif self._stream.at("function"):
            body.functions.append(self._function())
            self._understood += 1
        elif self._stream.at("allow"):
            body.allows.append(self._allow())
            self._understood += 1
        else:
            found = self._stream.now
            raise RulesSyntaxError(f"expected match, allow or function, found {found.shown}", found)

    def _match(self) -> Match:
        opening = self._stream.next()
        segments = self._segments()
        self._stream.expect("{")
        body = _Body()
        self._block(body)
        return Match(
            segments,
            self._at(opening),
            tuple(body.allows),
            tuple(body.functions),
            tuple(body.matches),
        )

    def _segments(self) -> tuple[Segment, ...]:
        found: list[Segment] = []
        while self._stream.take("/"):
            if self._stream.at("{") and self._stream.ahead().kind != "word":
                break  # "match /path/ {"
            found.append(self._segment())
        if not found:
            raise RulesSyntaxError(
                f"expected a path, found {self._stream.now.shown}", self._stream.now
            )
        return tuple(found)

    def _segment(self) -> Segment:
        if self._stream.at("{") and self._stream.touches():
            self._stream.next()
            name = self._stream.expect_kind("word").text
            recursive = self._stream.take("=**") is not None
            self._stream.expect("}")
            return Segment("recursive" if recursive else "wildcard", name)
        if self._stream.take("("):
            name = self._stream.expect_kind("word").text
            self._stream.expect(")")
            return Segment("literal", f"({name})")
        name = literal_segment(self._stream)
        if not name:
            found = self._stream.now
            raise RulesSyntaxError(f"expected a part of a path, found {found.shown}", found)
        return Segment("literal", name)

    def _allow(self) -> Allow:
        opening = self._stream.next()
        operations = [self._operation()]
        while self._stream.take(","):
            operations.append(self._operation())
        condition = None
        if self._stream.take(":"):
            self._stream.expect("if")
            condition = self._expressions.read()
        if not self._stream.take(";") and not self._stream.at("}", "allow", "match", "function"):
            raise RulesSyntaxError(
                f"expected ';', found {self._stream.now.shown}", self._stream.now
            )
        return Allow(tuple(operations), self._at(opening), condition)

    def _operation(self) -> str:
        token = self._stream.expect_kind("word")
        if token.text not in WIDER and token.text not in OPERATIONS:
            raise RulesSyntaxError(f"{token.shown} is no operation", token)
        return token.text

    def _function(self) -> RuleFunction:
        opening = self._stream.next()
        name = self._stream.expect_kind("word").text
        parameters: list[str] = []
        self._stream.expect("(")
        while not self._stream.take(")"):
            parameters.append(self._stream.expect_kind("word").text)
            if not self._stream.take(","):
                self._stream.expect(")")
                break
        self._stream.expect("{")
        bindings = []
        while self._stream.take("let"):
            bound = self._stream.expect_kind("word").text
            self._stream.expect("=")
            bindings.append(Binding(bound, self._expressions.read()))
            self._stream.take(";")
        self._stream.expect("return")
        result = self._expressions.read()
        self._stream.take(";")
        self._stream.expect("}")
        return RuleFunction(name, tuple(parameters), result, self._at(opening), tuple(bindings))

    def _at(self, token: Token) -> Location:
        return Location(self._path, token.line, token.column)


def _from_root(matches: list[Match]) -> tuple[Match, ...]:
    """Without `/databases/{database}/documents`: paths count from the documents."""
    found: list[Match] = []
    for match in matches:
        rest = _below_documents(match.segments)
        if rest is None or rest:
            found.append(match if rest is None else _with_path(match, rest))
        else:
            found.extend(_hoisted(match))
    return tuple(found)


def _below_documents(segments: tuple[Segment, ...]) -> tuple[Segment, ...] | None:
    if len(segments) >= 3 and (segments[0].name, segments[2].name) == _ROOT:
        return segments[3:]
    return None


def _with_path(match: Match, segments: tuple[Segment, ...]) -> Match:
    return Match(segments, match.location, match.allows, match.functions, match.matches)


def _hoisted(match: Match) -> list[Match]:
    """The matches of the root, its functions kept in reach: the root stays as an empty path."""
    return [Match((), match.location, (), match.functions, match.matches)]
