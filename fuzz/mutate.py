"""Changes to a text that keep its words whole, so that more of them get past the first parser."""

import random
import re
from collections.abc import Callable, Sequence

_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
_ODD = (
    *("'", '"', "`", "$$", "$a$", "/*", "*/", "--", ";", "(", ")", "[", "]", "{", "}", "\\", "\0"),
    *("\n", "\r\n", "\u2028", "\ufeff", "\u00e9", "\U0001f384", "\ud7ff", "0", "-1", "9" * 25),
    *("NULL", "DROP", "CASCADE", "IF EXISTS", "LIKE", "AS", "NOT", "x" * 70, "1e999", "|", "#"),
)
_MOST = 4

Edit = Callable[[list[str], Sequence[str], random.Random], None]


def mutated(text: str, other: str, most: int, dice: random.Random) -> str:
    """`text` with one to four changes, some of which take words of `other`; at most `most` bytes
    long in UTF-8.
    """
    words, foreign = _WORDS.findall(text), _WORDS.findall(other) or list(_ODD)
    for _ in range(dice.randint(1, _MOST)):
        dice.choice(_EDITS)(words, foreign, dice)
    made = "".join(words).encode("utf-8", errors="replace")[:most]
    return made.decode("utf-8", errors="ignore")


def _span(words: Sequence[str], dice: random.Random) -> tuple[int, int]:
    start = dice.randint(0, len(words))
    return start, min(len(words), start + dice.choice((1, 1, 2, 5, 20, 80)))


def _delete(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    start, end = _span(words, dice)
    del words[start:end]


def _repeat(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    start, end = _span(words, dice)
    words[start:start] = words[start:end] * dice.choice((1, 1, 2, 12))


def _move(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    start, end = _span(words, dice)
    moved = words[start:end]
    del words[start:end]
    to = dice.randint(0, len(words))
    words[to:to] = moved


def _splice(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    start, end = _span(foreign, dice)
    to = dice.randint(0, len(words))
    words[to:to] = foreign[start:end]


def _lines(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    """Whole lines of the other text, at the start of a line."""
    breaks = [n + 1 for n, word in enumerate(foreign) if "\n" in word]
    start, end = sorted(dice.choice((0, *breaks, len(foreign))) for _ in range(2))
    starts = [n + 1 for n, word in enumerate(words) if "\n" in word]
    to = dice.choice((0, *starts, len(words)))
    words[to:to] = ["\n", *foreign[start:end], "\n"]


def _swap_word(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    if words:
        pool = words if dice.random() < 0.5 else foreign
        words[dice.randrange(len(words))] = dice.choice(pool)


def _odd(words: list[str], foreign: Sequence[str], dice: random.Random) -> None:
    to = dice.randint(0, len(words))
    words[to:to] = [dice.choice(_ODD)]


_EDITS: tuple[Edit, ...] = (_delete, _repeat, _move, _splice, _lines, _swap_word, _odd)
