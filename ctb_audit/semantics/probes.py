"""Probe values: strings that a documented pattern accepts, and mutations that it refuses."""

from collections.abc import Iterable
from functools import lru_cache

from ctb_audit.semantics.patterns import (
    Chars,
    Either,
    Pattern,
    Repeat,
    Sequence,
    full_match,
)
from ctb_audit.semantics.regex import advanced

_PREFERRED = "A1a0Zz9-_. @"
_VARIANTS = 3
NOT_EMAILS = (
    "",
    " ",
    "plain",
    "user.example.org",
    "us er@example.org",
    "user@exam ple.org",
    "user@@example.org",
    "user@a@example.org",
    "@example.org",
    "user@",
)


@lru_cache(maxsize=256)
def accepted_by(pattern: str) -> tuple[str, ...]:
    """Some texts that the pattern matches as a whole; raises Untranslatable."""
    regex = advanced(pattern)
    samples = (_sample(regex.pattern, variant) for variant in range(_VARIANTS))
    return tuple(dict.fromkeys(text for text in samples if full_match(regex, text)))


@lru_cache(maxsize=256)
def refused_by(pattern: str) -> tuple[str, ...]:
    """Near misses that the pattern does not match as a whole; raises Untranslatable."""
    regex = advanced(pattern)
    samples = accepted_by(pattern)
    tried: dict[str, None] = dict.fromkeys(("", " ", "x", "\n", "0", "-"))
    for text in samples:
        tried.update(dict.fromkeys(_mutations(text)))
    for text in samples[:1]:
        tried.update(dict.fromkeys(_edits(text)))
    return tuple(text for text in tried if full_match(regex, text) is False)


def refusing(pattern: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts that the pattern does not match as a whole; raises Untranslatable."""
    regex = advanced(pattern)
    return tuple(text for text in texts if full_match(regex, text) is False)


def _sample(pattern: Pattern, variant: int) -> str:
    match pattern:
        case Chars():
            return _char(pattern, variant)
        case Sequence(items):
            return "".join(_sample(item, variant) for item in items)
        case Either(branches):
            return _sample(branches[variant % len(branches)], variant)
        case Repeat(item, least, most):
            count = least + variant if most is None else min(max(least, 1) + variant, most)
            return "".join(_sample(item, variant + at) for at in range(max(count, least)))
    return ""


def _char(chars: Chars, variant: int) -> str:
    if chars.negated:
        fitting = [char for char in _PREFERRED if chars.holds(char)]
    else:
        fitting = sorted(chars.chars)
    return fitting[variant % len(fitting)] if fitting else ""


def _mutations(text: str) -> tuple[str, ...]:
    """Wrong ends, cases, parts and separators."""
    ends = ("\n", " ", "x", "X", "1", "-", "-1", "\nx", text)
    return (
        *(text + end for end in ends),
        *(end + text for end in ends[:-1]),
        *("x\n" + text, text + "\n" + text),
        *(text.lower(), text.upper(), text.swapcase(), text[::-1]),
        *(text.replace(old, new) for old in "-._@" for new in ("", "_", " ") if old in text),
        *_without_parts(text),
    )


def _without_parts(text: str) -> tuple[str, ...]:
    found: list[str] = []
    for separator in "-._@":
        parts = text.split(separator)
        if len(parts) > 1:
            dropped = (parts[:at] + parts[at + 1 :] for at in range(len(parts)))
            emptied = ([*parts[:at], "", *parts[at + 1 :]] for at in range(len(parts)))
            found.extend(separator.join(left) for left in (*dropped, *emptied))
    return tuple(found)


def _edits(text: str) -> tuple[str, ...]:
    """One character less, more, or of another kind, at each place."""
    found: list[str] = []
    for at, char in enumerate(text):
        before, after = text[:at], text[at + 1 :]
        other = "x" if char.isdigit() else "7"
        found.extend((before + after, before + char + char + after, before + other + after))
        found.append(before + char.swapcase() + after)
    return tuple(found)
