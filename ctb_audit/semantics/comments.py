"""Makes up for a defect of libpg_query: comments where the grammar looks one word ahead.

Its lexer hands comments on, so that the word after NOT, NULLS, WITH, WITHOUT or U&'..' is not
seen behind one: `timestamp with /* c */ time zone` is a syntax error there and none on a server.
"""

import re

from ctb_audit.lean import pattern

_QUOTED_OR_COMMENT = pattern(
    r"(?<![\w$])[eE]'(?:[^'\\]++|\\.|'')*+'|'[^']*+'"
    r'|"[^"]*+"'
    r"|(?<![\w$])\$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$"
    r"|(?P<line>--[^\n\r]*+)|(?P<block>/\*)",
    re.DOTALL,
)
_EDGE = pattern(r"/\*|\*/")


def without_comments(sql: str) -> str:
    """The text with spaces in place of comments, as many as their bytes in UTF-8."""
    kept: list[str] = []
    position = 0
    while (found := _QUOTED_OR_COMMENT.search(sql, position)) is not None:
        start, end = found.span()
        if found["block"]:
            end = _end_of_block(sql, end)
        is_comment = found["block"] or found["line"]
        kept.append(sql[position:start])
        kept.append(_blank(sql[start:end]) if is_comment else sql[start:end])
        position = end
    return "".join((*kept, sql[position:]))


def _blank(comment: str) -> str:
    return " " * len(comment.encode(errors="replace"))


def _end_of_block(sql: str, position: int) -> int:
    """Behind the comment that is open at the position, others in it included."""
    depth = 1
    while depth:
        edge = _EDGE.search(sql, position)
        if edge is None:
            return len(sql)
        depth += 1 if edge.group() == "/*" else -1
        position = edge.end()
    return position
