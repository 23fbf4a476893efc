"""The `allow` statements of a rules text, where they stand and written anew."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from ctb_audit.model import Location
from ctb_audit.remedy.in_place.edits import Edit
from ctb_audit.rules_model import WIDER
from ctb_audit.sources.firestore_rules.lexer import Token, tokens

_BEGINS = ("allow", "match", "function")
SIGNED_IN = "request.auth != null"


@dataclass(frozen=True, slots=True)
class Statement:
    """`operations` as written; `condition` "" for none. `words`, `rule` and `whole` are spans of
    the operations, the condition and the statement with its semicolon.
    """

    text: str
    operations: tuple[str, ...]
    condition: str
    words: tuple[int, int]
    rule: tuple[int, int]
    whole: tuple[int, int]

    @property
    def margin(self) -> str:
        """The line end and the indentation before the statement."""
        at = self.text.rfind("\n", 0, self.whole[0])
        head = self.text[at + 1 : self.whole[0]]
        end = "\r\n" if self.text[at - 1 : at] == "\r" else "\n"
        return end + (head if not head.strip() else "")

    def narrowed(self, without: Sequence[str]) -> tuple[str, ...]:
        """The operations but for some, `write` and `read` spelled out where they lose one."""
        found = []
        for word in self.operations:
            narrower = WIDER.get(word, (word,))
            kept = [o for o in narrower if o not in without]
            found += [word] if len(kept) == len(narrower) else kept
        return tuple(found)

    def restricted(self, clause: str) -> Edit:
        """The condition with a clause before it that must hold as well."""
        if self.condition in ("", "true"):
            return self._under(clause)
        return self._under(f"{clause} && {guarded(self.condition)}")

    def _under(self, condition: str) -> Edit:
        return Edit(*self.rule, condition if self.condition else f": if {condition}")

    def split(self, operations: Sequence[str], condition: str) -> tuple[Edit, ...]:
        """The operations under a condition of their own, the others as they are."""
        if not self.narrowed(operations):
            return (self._under(condition),)
        own = [o for o in operations if o in self.covered]
        made = f"{self.margin}allow {', '.join(own)}: if {condition};"
        rest = ", ".join(self.narrowed(operations))
        return (Edit(*self.words, rest), Edit(self.whole[1], self.whole[1], made))

    @property
    def covered(self) -> frozenset[str]:
        return frozenset(o for word in self.operations for o in WIDER.get(word, (word,)))

    def incoming(self) -> str:
        """The condition asked of the document that is written, not of the stored one."""
        return replaced(self.condition)


def guarded(condition: str) -> str:
    """In parentheses where something weaker than && binds it together."""
    return f"({condition})" if "||" in condition or "?" in condition else condition


def replaced(condition: str) -> str:
    """`resource` as `request.resource`; "" where the condition does not name it itself."""
    found = list(tokens(condition))
    parts, position = [], 0
    for before, token in zip([None, *found], found, strict=False):
        if token.kind == "word" and token.text == "resource" and (not before or before.text != "."):
            parts += [condition[position : token.start], "request.resource"]
            position = token.end
    return "".join((*parts, condition[position:])) if parts else ""


def statement_at(text: str, place: Location) -> Statement | None:
    """The `allow` that begins at `place`, None for none."""
    found = list(tokens(text))
    for number, token in enumerate(found):
        if (token.line, token.column) == (place.line, place.column) and token.text == "allow":
            return _statement(text, found[number:])
    return None


def _statement(text: str, found: Sequence[Token]) -> Statement | None:
    ends = (
        n for n, t in enumerate(found) if n and t.text in (";", *_BEGINS) and t.kind != "string"
    )
    end = next(ends, None)
    if end is None or found[end].text != ";":
        return None  # the semicolon is missing, and where it ends is for its author to say
    colon = next((n for n in range(end) if found[n].text == ":"), end)
    words = [t for t in found[1:colon] if t.kind == "word"]
    if not words:
        return None
    rule = (found[colon - 1].end, found[end].start)
    if colon < end:
        rule = (found[colon + 2].start, found[end - 1].end)
    return Statement(
        text=text,
        operations=tuple(token.text for token in words),
        condition=text[slice(*rule)] if colon < end else "",
        words=(words[0].start, words[-1].end),
        rule=rule,
        whole=(found[0].start, found[end].end),
    )


@dataclass(frozen=True, slots=True)
class Scope:
    """The block around a statement, by the place of its brace, and the functions seen there."""

    block: int
    functions: frozenset[str]


def scope_at(text: str, place: Location) -> Scope:
    """The scope of the statement at `place`; functions count before and behind it."""
    blocks: list[tuple[int, set[str]]] = [(0, set())]
    around = list(blocks)
    found = list(tokens(text))
    for token, behind in pairwise(found):
        if (token.line, token.column) == (place.line, place.column):
            around = list(blocks)
        if token.kind == "string":
            continue
        if token.text == "{":
            blocks.append((token.start, set()))
        elif token.text == "}" and len(blocks) > 1:
            blocks.pop()
        elif token.text == "function" and behind.kind == "word":
            blocks[-1][1].add(behind.text)
    return Scope(around[-1][0], frozenset().union(*(names for _, names in around)))
