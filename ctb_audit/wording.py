"""Suggestions for misspelt words, as messages end in them."""

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`, did you mean X?` for the nearest known word, "" where none is near."""
    from difflib import get_close_matches

    by_folded = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return f", did you mean {by_folded[near[0]]}?" if near else ""
