"""Text patterns as trees: PostgreSQL's advanced regular expressions, LIKE and SIMILAR TO.

A pattern is matched here by sets of positions, in time polynomial in the text: no text can
make it backtrack without end. The same tree generates probe strings (`probes`). What
PostgreSQL would decide by locale (word characters, `[[:alpha:]]`, `~*` on letters beyond ASCII) is
answered for ASCII texts only.
"""

from functools import lru_cache

from ctb_audit.lean import dataclass

ASCII = frozenset(map(chr, range(128)))


class Untranslatable(Exception):
    """The pattern is no valid one, or holds what is not translated exactly."""


@dataclass(frozen=True, slots=True)
class Chars:
    """One character out of (or, `negated`, outside of) a set."""

    chars: frozenset[str]
    negated: bool = False

    def holds(self, char: str) -> bool:
        return (char in self.chars) != self.negated


@dataclass(frozen=True, slots=True)
class Sequence:
    items: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    branches: "tuple[Pattern, ...]"


@dataclass(frozen=True, slots=True)
class Repeat:
    """`most` None: without bound."""

    item: "Pattern"
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """A place between characters: `start`, `end`, `line start`, `line end`, `word start`,
    `word end`, `word edge`, `not word edge`.
    """

    kind: str


@dataclass(frozen=True, slots=True)
class Look:
    """A look-around constraint."""

    item: "Pattern"
    behind: bool
    negated: bool


Pattern = Chars | Sequence | Either | Repeat | Edge | Look
ANY = Chars(frozenset(), negated=True)
MOST_STEPS = 10_000
"""Of a pattern for each place of a text; formats of identifiers take some hundreds."""
WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


@dataclass(frozen=True, slots=True)
class Regex:
    """A whole pattern; `ascii_only`: its answer on other texts depends on the locale."""

    pattern: Pattern
    ascii_only: bool = False


def bounded(regex: Regex) -> Regex:
    """The pattern; raises Untranslatable where it repeats so much that matching would take long."""
    if _steps(regex.pattern) > MOST_STEPS:
        raise Untranslatable("the pattern is too long, or repeats too often")
    return regex


def _steps(pattern: Pattern) -> int:
    match pattern:
        case Sequence(parts) | Either(parts):
            return 1 + sum(_steps(part) for part in parts)
        case Repeat(item, least, most):
            return 1 + _steps(item) * max(least, 1 if most is None else most, 1)
        case Look(item):
            return 1 + _steps(item)
    return 1


def search(regex: Regex, text: str) -> bool | None:
    """Whether the text holds a match (`text ~ pattern`); None where the locale decides."""
    if regex.ascii_only and not text.isascii():
        return None
    return bool(_ends(regex.pattern, text, frozenset(range(len(text) + 1))))


def full_match(regex: Regex, text: str) -> bool | None:
    """Whether the whole text is a match; None where the locale decides."""
    if regex.ascii_only and not text.isascii():
        return None
    return len(text) in _ends(regex.pattern, text, frozenset({0}))


Positions = frozenset[int]


def _ends(pattern: Pattern, text: str, starts: Positions) -> Positions:
    """Where matches that begin at one of `starts` can end."""
    match pattern:
        case Chars():
            return frozenset(i + 1 for i in starts if i < len(text) and pattern.holds(text[i]))
        case Sequence(items):
            for item in items:
                starts = _ends(item, text, starts)
            return starts
        case Either(branches):
            return frozenset().union(*(_ends(b, text, starts) for b in branches))
        case Repeat():
            return _repeated(pattern, text, starts)
        case Edge(kind):
            return frozenset(i for i in starts if _at_edge(kind, text, i))
        case Look():
            return frozenset(i for i in starts if _looks(pattern, text, i) != pattern.negated)


def _repeated(repeat: Repeat, text: str, starts: Positions) -> Positions:
    current = starts
    for _ in range(repeat.least):
        if not current:
            break
        current = _ends(repeat.item, text, current)
    found = current
    rounds = len(text) + 1 if repeat.most is None else repeat.most - repeat.least
    for _ in range(rounds):
        current = _ends(repeat.item, text, current) - found
        if not current:
            break
        found |= current
    return found


def _looks(look: Look, text: str, at: int) -> bool:
    if not look.behind:
        return bool(_ends(look.item, text, frozenset({at})))
    return any(at in _ends(look.item, text, frozenset({start})) for start in range(at + 1))


def _at_edge(kind: str, text: str, at: int) -> bool:
    match kind:
        case "start":
            return at == 0
        case "end":
            return at == len(text)
        case "line start":
            return at == 0 or text[at - 1] == "\n"
        case "line end":
            return at == len(text) or text[at] == "\n"
    before = at > 0 and text[at - 1] in WORD
    after = at < len(text) and text[at] in WORD
    return {
        "word start": after and not before,
        "word end": before and not after,
        "word edge": before != after,
        "not word edge": before == after,
    }[kind]


@lru_cache(maxsize=1024)
def like(pattern: str, ignore_case: bool = False, escape: str = "\\") -> Regex:
    """A LIKE or ILIKE pattern, which matches whole texts; raises Untranslatable."""
    items: list[Pattern] = []
    rest = iter(pattern)
    for char in rest:
        if escape and char == escape:
            following = next(rest, "")
            if not following:
                raise Untranslatable("LIKE pattern must not end with its escape character")
            items.append(literal(following, ignore_case))
        elif char == "%":
            items.append(Repeat(ANY, 0, None))
        else:
            items.append(ANY if char == "_" else literal(char, ignore_case))
    return bounded(Regex(Sequence((Edge("start"), *items, Edge("end"))), ignore_case))


def literal(char: str, ignore_case: bool) -> Chars:
    """One character, in both cases where case does not count."""
    return Chars(frozenset({char.lower(), char.upper()}) if ignore_case else frozenset({char}))
