"""Guards libpg_query against trees that would exhaust its stack.

Brackets end in an error of the parser's own, but operators, joins and unions associate to the
left: the parser takes any number of them, and printing the tree then crashes the process.
"""

from ctb_audit.sources.ddl.parse_postgres.source import Source

TOO_DEEP = "an expression or query nested too deeply to be read"
SAFE_LENGTH = 40_000
"""Shorter texts cannot hold `_MOST` operators."""
_MOST = 20_000
"""A third of what 8 MB of stack were measured to hold."""


def is_too_deep(source: Source) -> bool:
    """Whether the tree could be deeper than libpg_query can print; only for texts longer than
    `SAFE_LENGTH`. What never ends is printed never.
    """
    if source.statement.unclosed:
        return False
    return _depth_bound(source) > _MOST


def _depth_bound(source: Source) -> int:
    """No tree is deeper: a list's items stand side by side, all else may nest."""
    outer: list[tuple[int, int]] = []
    count = deepest = 0
    for token in source.tokens():
        if token.text in "([":
            outer.append((count, deepest))
            count = deepest = 0
        elif token.text in ")]":
            inner = max(count, deepest)
            count, deepest = outer.pop() if outer else (0, 0)
            count += inner + 1
        elif token.text in ",;":
            count, deepest = 0, max(count, deepest)
        else:
            count += 1
    return max(count, deepest)
