"""PostgreSQL 18's additions to the grammar, read with that of 17.

Virtual columns, temporal keys, NOT ENFORCED and NOT NULL as a constraint of the table are
rewritten to what 17 reads; the facts go to the nodes of the tree under keys that start with
`ctb_`, and the tree's locations are those of the original text.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.sources.ddl.parse_postgres.queries import nodes
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source, Token


@dataclass(frozen=True, slots=True)
class Edit:
    """Replaces a part of the text; `key` and `value` go to the constraint it stands in, the last
    that starts before `at`, or the ALTER CONSTRAINT of `name`.
    """

    start: int
    end: int
    text: str
    key: str
    value: str | bool
    at: int
    name: str = ""


def parse_newer(source: Source) -> list[Node] | None:
    """The tree of a statement in PostgreSQL 18's grammar; None where it is not that."""
    import pgparse

    edits = list(_edits(list(source.tokens())))
    if not edits:
        return None
    text = _rewritten(source.text, edits)
    try:
        trees: list[Node] = pgparse.parse(source.real(text))
    except (pgparse.PGQueryError, RecursionError):
        return None
    _restore_locations(trees, edits)
    for edit in edits:
        _attach(trees, edit)
    return trees


def _edits(tokens: list[Token]) -> Iterator[Edit]:
    position = 0
    while position < len(tokens):
        rule = _RULES.get(tokens[position].word)
        edit = rule(tokens, position) if rule is not None else None
        if edit is not None:
            yield edit
            while position < len(tokens) and tokens[position].start < edit.end:
                position += 1
        position += 1


def _word(tokens: list[Token], position: int) -> str:
    return tokens[position].word if 0 <= position < len(tokens) else ""


def _generated(tokens: list[Token], position: int) -> Edit | None:
    """GENERATED ALWAYS AS (...) without STORED."""
    if [_word(tokens, position + n) for n in (1, 2, 3)] != ["ALWAYS", "AS", "("]:
        return None
    depth = tokens[position + 3].depth
    closing = position + 4
    while closing < len(tokens) and not (
        tokens[closing].text == ")" and tokens[closing].depth == depth
    ):
        closing += 1
    following = _word(tokens, closing + 1)
    if following == "STORED" or closing >= len(tokens):
        return None
    start = end = tokens[closing].end
    if following == "VIRTUAL":
        end = tokens[closing + 1].end
    return Edit(start, end, " STORED", "ctb_virtual", True, start)


def _overlaps(tokens: list[Token], position: int) -> Edit | None:
    if _word(tokens, position + 1) != "OVERLAPS":
        return None
    start, end = tokens[position].start, tokens[position + 1].end
    return Edit(start, end, "", "ctb_period", True, start)


def _period(tokens: list[Token], position: int) -> Edit | None:
    """PERIOD in front of the last column of a foreign key's lists."""
    if _word(tokens, position - 1) not in ("(", ",") or _word(tokens, position + 2) != ")":
        return None
    start, end = tokens[position].start, tokens[position].end
    return Edit(start, end, "", "ctb_period", True, start)


def _enforced(tokens: list[Token], position: int) -> Edit | None:
    negated = _word(tokens, position - 1) == "NOT"
    first = position - 1 if negated else position
    if _word(tokens, first - 1) in ("(", ","):
        return None
    return _constraint_edit(tokens, first, position, "ctb_enforced", not negated)


def _inherit(tokens: list[Token], position: int) -> Edit | None:
    """[NO] INHERIT of ALTER CONSTRAINT."""
    negated = _word(tokens, position - 1) == "NO"
    first = position - 1 if negated else position
    if _word(tokens, first - 2) != "CONSTRAINT" or _word(tokens, first - 3) != "ALTER":
        return None
    return _constraint_edit(tokens, first, position, "ctb_no_inherit", negated)


def _constraint_edit(tokens: list[Token], first: int, last: int, key: str, value: bool) -> Edit:
    start, end = tokens[first].start, tokens[last].end
    altered = _word(tokens, first - 2) == "CONSTRAINT" and _word(tokens, first - 3) == "ALTER"
    name = _name(tokens[first - 1]) if altered else ""
    return Edit(start, end, "", key, value, start, name)


def _not_null(tokens: list[Token], position: int) -> Edit | None:
    """NOT NULL column, as a constraint of the table, where a column's would end."""
    if _word(tokens, position + 1) != "NULL" or not _starts_constraint(tokens, position):
        return None
    column = tokens[position + 2] if position + 2 < len(tokens) else None
    if column is None or not (column.text[0] == '"' or column.text[0].isalpha()):
        return None
    start = tokens[position].start
    text = f"CHECK ({column.text} IS NOT NULL)"
    return Edit(start, column.end, text, "ctb_not_null", _name(column), start)


def _starts_constraint(tokens: list[Token], position: int) -> bool:
    before = _word(tokens, position - 1)
    if before in ("ADD", ",", "("):
        return True
    if _word(tokens, position - 2) != "CONSTRAINT":
        return False
    return _word(tokens, position - 3) in ("ADD", ",", "(")


def _name(token: Token) -> str:
    if token.text[0] == '"':
        return token.text[1:-1].replace('""', '"')
    return token.text.lower()


_RULES: dict[str, Callable[[list[Token], int], Edit | None]] = {
    "GENERATED": _generated,
    "WITHOUT": _overlaps,
    "PERIOD": _period,
    "ENFORCED": _enforced,
    "INHERIT": _inherit,
    "NOT": _not_null,
}


def _rewritten(text: str, edits: list[Edit]) -> str:
    pieces: list[str] = []
    last = 0
    for edit in edits:
        pieces.extend((text[last : edit.start], edit.text))
        last = edit.end
    return "".join([*pieces, text[last:]])


def _restore_locations(tree: Any, edits: list[Edit]) -> None:
    """Replace locations in the rewritten text by those in the original."""
    stack = [tree]
    while stack:
        value = stack.pop()
        if isinstance(value, dict):
            location = value.get("location")
            if isinstance(location, int) and location > 0:
                value["location"] = _original(location, edits)
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)


def _original(location: int, edits: list[Edit]) -> int:
    shift = 0
    for edit in edits:
        start = edit.start + shift
        if location < start:
            break
        if location < start + len(edit.text):
            return edit.start
        shift += len(edit.text) - (edit.end - edit.start)
    return location - shift


def _attach(trees: list[Node], edit: Edit) -> None:
    best: Node | None = None
    for node in nodes(trees, "Constraint"):
        if edit.name:
            if node.get("conname") == edit.name and "location" not in node:
                best = node
        elif best is None or best["location"] <= node.get("location", -1) <= edit.at:
            best = node if node.get("location", -1) <= edit.at else best
    if best is not None:
        best[edit.key] = edit.value
