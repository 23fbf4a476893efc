"""Whether two patterns accept the same texts, decided on automata.

Both are walked together, text by text in the order of length, over printable ASCII; the shortest
text on which they differ is the answer. Look-arounds, word edges and patterns with more states than
`MAX_STATES` are not decided.
"""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ctb_audit.semantics.patterns import (
    ANY,
    Chars,
    Edge,
    Either,
    Look,
    Pattern,
    Regex,
    Repeat,
    Untranslatable,
)
from ctb_audit.semantics.patterns import Sequence as InOrder

MAX_STATES = 6_000
MAX_PAIRS = 10_000
_PRINTABLE = tuple(map(chr, range(32, 127)))
_EDGES = ("start", "end", "line start", "line end")
States = frozenset[int]


@dataclass(frozen=True, slots=True)
class Language:
    """Texts in which every one of `found` has a match, of `shortest` to `longest` characters."""

    found: tuple[Regex, ...]
    shortest: int = 0
    longest: int | None = None


def difference(first: Language, second: Language) -> tuple[str, bool] | None:
    """The shortest text that only one accepts, with whether it is the first; None where they are
    equal. Untranslatable where that cannot be decided.
    """
    automata = [[_automaton(p) for p in _patterns(one)] for one in (first, second)]
    alphabet = _representatives([*_classes(first), *_classes(second)])
    start = tuple(tuple(a.start() for a in side) for side in automata)
    seen = {start}
    todo = deque([(start, "")])
    while todo:
        places, text = todo.popleft()
        accepted = [
            all(a.accepts(place) for a, place in zip(side, at, strict=True))
            for side, at in zip(automata, places, strict=True)
        ]
        if accepted[0] != accepted[1]:
            return text, accepted[0]
        for char in alphabet:
            following = tuple(
                tuple(a.step(place, char) for a, place in zip(side, at, strict=True))
                for side, at in zip(automata, places, strict=True)
            )
            if following not in seen and any(all(side) for side in following):
                seen.add(following)
                if len(seen) > MAX_PAIRS:
                    raise Untranslatable("the patterns are too large to be compared")
                todo.append((following, text + char))
    return None


def _patterns(language: Language) -> Iterator[Pattern]:
    anything = Repeat(ANY, 0, None)
    yield from (InOrder((anything, regex.pattern, anything)) for regex in language.found)
    if language.shortest or language.longest is not None:
        yield Repeat(ANY, language.shortest, language.longest)


def _classes(language: Language) -> Iterator[frozenset[str]]:
    todo = [regex.pattern for regex in language.found]
    while todo:
        match todo.pop():
            case Chars(chars):
                yield chars
            case InOrder(items) | Either(items):
                todo.extend(items)
            case Repeat(item):
                todo.append(item)


def _representatives(classes: Sequence[frozenset[str]]) -> list[str]:
    """One character for all that no pattern tells apart, letters and digits before signs."""
    found: dict[tuple[bool, ...], str] = {}
    for char in sorted(_PRINTABLE, key=lambda c: (not c.isalnum(), c)):
        found.setdefault(tuple(char in chars for chars in classes), char)
    return list(found.values())


# ---- automata -----------------------------------------------------------------------------------


@dataclass
class _Automaton:
    """`moves`: characters and the state behind them; `empty`: states reached without one, under
    an edge ("" for none).
    """

    moves: list[list[tuple[Chars, int]]] = field(default_factory=list)
    empty: list[list[tuple[str, int]]] = field(default_factory=list)
    last: int = 0

    def add(self) -> int:
        self.moves.append([])
        self.empty.append([])
        if len(self.moves) > MAX_STATES:
            raise Untranslatable("the pattern is too large to be compared")
        return len(self.moves) - 1

    def start(self) -> States:
        return self._reached(frozenset({0}), frozenset({"", "start", "line start"}))

    def step(self, states: States, char: str) -> States:
        moved = {to for state in states for chars, to in self.moves[state] if chars.holds(char)}
        return self._reached(frozenset(moved), frozenset({""}))

    def accepts(self, states: States) -> bool:
        return self.last in self._reached(states, frozenset({"", "end", "line end"}))

    def _reached(self, states: States, edges: frozenset[str]) -> States:
        found = set(states)
        todo = list(states)
        while todo:
            for edge, to in self.empty[todo.pop()]:
                if edge in edges and to not in found:
                    found.add(to)
                    todo.append(to)
        return frozenset(found)


def _automaton(pattern: Pattern) -> _Automaton:
    made = _Automaton()
    made.last = _build(made, pattern, made.add())
    return made


def _build(made: _Automaton, pattern: Pattern, start: int) -> int:
    """Adds the pattern behind a state; the state at its end."""
    match pattern:
        case Chars():
            end = made.add()
            made.moves[start].append((pattern, end))
            return end
        case InOrder(items):
            for item in items:
                start = _build(made, item, start)
            return start
        case Either():
            return _branched(made, pattern, start)
        case Repeat():
            return _repeated(made, pattern, start)
        case Edge(kind) if kind in _EDGES:
            end = made.add()
            made.empty[start].append((kind, end))
            return end
        case Edge() | Look():
            raise Untranslatable("a look-around or the edge of a word")


def _branched(made: _Automaton, either: Either, start: int) -> int:
    end = made.add()
    for branch in either.branches:
        inner = made.add()
        made.empty[start].append(("", inner))
        made.empty[_build(made, branch, inner)].append(("", end))
    return end


def _repeated(made: _Automaton, repeat: Repeat, start: int) -> int:
    for _ in range(repeat.least):
        start = _build(made, repeat.item, start)
    end = made.add()
    if repeat.most is None:
        loop = made.add()
        made.empty[start].append(("", loop))
        made.empty[_build(made, repeat.item, loop)].append(("", loop))
        made.empty[loop].append(("", end))
        return end
    made.empty[start].append(("", end))
    for _ in range(repeat.most - repeat.least):
        start = _build(made, repeat.item, start)
        made.empty[start].append(("", end))
    return end
