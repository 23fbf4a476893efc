"""PostgreSQL's advanced regular expressions (ARE), read into `patterns`.

Refused (Untranslatable), because their answer could differ: back references, embedded options
`b`, `e`, `p`, `w` and `x`, collating elements, and whatever PostgreSQL itself rejects.
"""

from collections.abc import Mapping
from functools import lru_cache

from ctb_audit.semantics.character_classes import (
    CLASSES,
    CONTROLS,
    DIGITS,
    EDGES,
    LOOKS,
    SHORTHANDS,
)
from ctb_audit.semantics.patterns import (
    ANY,
    Chars,
    Edge,
    Either,
    Look,
    Pattern,
    Regex,
    Repeat,
    Sequence,
    Untranslatable,
    bounded,
)

_MOST_REPEATS = 255


@lru_cache(maxsize=1024)
def advanced(pattern: str, ignore_case: bool = False) -> Regex:
    """The pattern of `~` (`~*` with `ignore_case`); raises Untranslatable."""
    reader = _Reader(pattern, ignore_case)
    try:
        tree = reader.read()
    except RecursionError:
        raise Untranslatable("parentheses too deep in one another") from None
    return bounded(Regex(tree, reader.by_locale))


def similar(pattern: str, escape: str = "\\") -> str:
    """The advanced regular expression that SIMILAR TO stands for; raises Untranslatable."""
    out: list[str] = []
    rest = iter(pattern)
    in_brackets = False
    for char in rest:
        if escape and char == escape:
            out.append("\\" + _escaped(next(rest, "")))
        elif in_brackets:
            in_brackets = char != "]"
            out.append("\\\\" if char == "\\" else char)
        else:
            in_brackets = char == "["
            out.append(_SIMILAR.get(char, char))
    return "^(?:" + "".join(out) + ")$"


_SIMILAR: Mapping[str, str] = {"%": ".*", "_": ".", "(": "(?:", **{c: "\\" + c for c in ".^$\\"}}


def _escaped(char: str) -> str:
    if not char or char.isalnum() or char == '"':
        raise Untranslatable("an escape in SIMILAR TO that is not translated")
    return char


class _Reader:
    """Recursive descent over one pattern. `by_locale`: PostgreSQL would ask the locale."""

    def __init__(self, pattern: str, ignore_case: bool) -> None:
        self.text = pattern
        self.at = 0
        self.ignore_case = ignore_case
        self.newlines = False
        self.by_locale = ignore_case

    def read(self) -> Pattern:
        self._director()
        tree = self._alternatives()
        if self.at < len(self.text):
            raise Untranslatable("parentheses () not balanced")
        return tree

    def _director(self) -> None:
        if self._take("***="):
            self.text = "".join("\\" + c if not c.isalnum() else c for c in self.text[self.at :])
            self.at = 0
        elif self.text.startswith("***") and not self._take("***:"):
            raise Untranslatable("quantifier operand invalid")
        elif self.text[self.at : self.at + 2] == "(?" and self.text[self.at + 2 :][:1].isalpha():
            self._options()

    def _options(self) -> None:
        end = self.text.find(")", self.at)
        for option in self.text[self.at + 2 : end]:
            if option in "ic":
                self.ignore_case = option == "i"
            elif option in "nms":
                self.newlines = option != "s"
            elif option != "t":
                raise Untranslatable(f"embedded option {option}")
        self.by_locale = self.by_locale or self.ignore_case
        self.at = end + 1

    def _take(self, token: str) -> bool:
        if self.text.startswith(token, self.at):
            self.at += len(token)
            return True
        return False

    def _next(self) -> str:
        if self.at >= len(self.text):
            raise Untranslatable("the pattern ends too early")
        self.at += 1
        return self.text[self.at - 1]

    def _alternatives(self) -> Pattern:
        branches = [self._branch()]
        while self._take("|"):
            branches.append(self._branch())
        return branches[0] if len(branches) == 1 else Either(tuple(branches))

    def _branch(self) -> Pattern:
        items: list[Pattern] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            items.append(self._quantified(self._atom()))
        return Sequence(tuple(items))

    def _quantified(self, atom: Pattern) -> Pattern:
        bounds = self._bounds()
        if bounds is None:
            return atom
        if isinstance(atom, Edge | Look):
            raise Untranslatable("quantifier operand invalid")
        self._take("?")  # greediness does not change whether there is a match
        if self._bounds() is not None:
            raise Untranslatable("quantifier operand invalid")
        return Repeat(atom, *bounds)

    def _bounds(self) -> tuple[int, int | None] | None:
        for token, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self._take(token):
                return bounds
        following = self.text[self.at + 1 : self.at + 2]
        if self.text[self.at : self.at + 1] != "{" or following not in DIGITS:
            return None
        end = self.text.find("}", self.at)
        if end < 0:
            raise Untranslatable("braces {} not balanced")
        inner = self.text[self.at + 1 : end]
        self.at = end + 1
        return _counts(inner)

    def _atom(self) -> Pattern:
        for token, (behind, negated) in LOOKS.items():
            if self._take(token):
                return Look(self._group(), behind, negated)
        if self._take("(?:") or self._take("("):
            if self.text.startswith("?", self.at):
                raise Untranslatable("a group of unknown kind")
            return self._group()
        char = self._next()
        special = self._special(char)
        if special is not None:
            return special
        if char in "*+?" or (char == "{" and self.text[self.at : self.at + 1] in DIGITS):
            raise Untranslatable("quantifier operand invalid")
        return self._folded(Chars(frozenset({char})))

    def _special(self, char: str) -> Pattern | None:
        match char:
            case "^" | "$":
                kind = "start" if char == "^" else "end"
                return Edge(f"line {kind}" if self.newlines else kind)
            case ".":
                return self._line_bound(ANY)
            case "\\":
                return self._escape()
            case "[":
                return self._brackets()
        return None

    def _group(self) -> Pattern:
        inner = self._alternatives()
        if not self._take(")"):
            raise Untranslatable("parentheses () not balanced")
        return inner

    def _escape(self) -> Pattern:
        char = self._next()
        if char in SHORTHANDS:
            self.by_locale = True
            return self._line_bound(SHORTHANDS[char])
        if char in EDGES:
            self.by_locale = self.by_locale or char in "mMyY"
            return Edge(EDGES[char])
        return self._folded(Chars(frozenset({self._escaped(char)})))

    def _escaped(self, char: str) -> str:
        """The character that an escape stands for."""
        if not char.isalnum():
            return char
        if char in "uUx":
            return self._code({"u": 4, "U": 8, "x": 255}[char], exact=char != "x")
        if char in CONTROLS and not (char == "0" and self.text[self.at : self.at + 1].isdigit()):
            return CONTROLS[char]
        raise Untranslatable(f"escape \\{char}")

    def _code(self, digits: int, exact: bool) -> str:
        found = ""
        while len(found) < digits and self.text[self.at : self.at + 1] in CLASSES["xdigit"]:
            found += self._next()
        code = int(found, 16) if found and (len(found) == digits or not exact) else -1
        if not 0 < code <= 0x10FFFF:
            raise Untranslatable("invalid escape sequence")
        return chr(code)

    def _brackets(self) -> Pattern:
        for token, kind in (("[:<:]]", "word start"), ("[:>:]]", "word end")):
            if self._take(token):
                return Edge(kind)
        negated = self._take("^")
        chars: set[str] = set()
        first = True
        while first or self.text[self.at : self.at + 1] != "]":
            first = False
            chars |= self._bracket_item()
        self.at += 1
        return self._line_bound(self._folded(Chars(frozenset(chars), negated)))

    def _bracket_item(self) -> frozenset[str]:
        if self._take("[:"):
            return self._named_class()
        if self.text.startswith(("[.", "[="), self.at):
            raise Untranslatable("collating elements")
        if self.text.startswith("\\", self.at):
            following = self.text[self.at + 1 : self.at + 2]
            if following in SHORTHANDS and following:
                self.at += 2
                self.by_locale = True
                if following.isupper():
                    raise Untranslatable(f"\\{following} within brackets")
                return SHORTHANDS[following].chars
        low = self._bracket_char()
        is_range = self.text.startswith("-", self.at) and self.text[self.at + 1 :][:1] != "]"
        if not is_range:
            return frozenset({low})
        self.at += 1
        return self._range(low, self._bracket_char())

    def _range(self, low: str, high: str) -> frozenset[str]:
        if low > high:
            raise Untranslatable("invalid character range")
        if ord(high) - ord(low) > 0x3000:
            raise Untranslatable("a character range too wide")
        return frozenset(map(chr, range(ord(low), ord(high) + 1)))

    def _bracket_char(self) -> str:
        char = self._next()
        return self._escaped(self._next()) if char == "\\" else char

    def _named_class(self) -> frozenset[str]:
        end = self.text.find(":]", self.at)
        name = self.text[self.at : end] if end >= 0 else ""
        if name not in CLASSES:
            raise Untranslatable("invalid character class")
        self.at = end + 2
        self.by_locale = True
        return CLASSES[name]

    def _folded(self, chars: Chars) -> Chars:
        if not self.ignore_case:
            return chars
        both = {case for c in chars.chars for case in (c.lower(), c.upper())}
        return Chars(frozenset(both), chars.negated)

    def _line_bound(self, chars: Chars) -> Chars:
        """In newline-sensitive mode a negated set never matches a newline."""
        if self.newlines and chars.negated:
            return Chars(chars.chars | {"\n"}, negated=True)
        return chars


def _counts(inner: str) -> tuple[int, int | None]:
    least, comma, most = inner.partition(",")
    if not least.isdigit() or (most and not most.isdigit()):
        raise Untranslatable("invalid repetition count(s)")
    low = int(least)
    high = low if not comma else int(most) if most else None
    if low > _MOST_REPEATS or (high is not None and not low <= high <= _MOST_REPEATS):
        raise Untranslatable("invalid repetition count(s)")
    return low, high
