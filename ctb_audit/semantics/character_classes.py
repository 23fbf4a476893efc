"""Character classes and escapes of PostgreSQL's regular expressions, for ASCII."""

from collections.abc import Mapping

from ctb_audit.semantics.patterns import WORD, Chars

LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
UPPER = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
LETTERS = LOWER | UPPER
DIGITS = frozenset("0123456789")
SPACE = frozenset(" \t\n\r\f\v")
CLASSES: Mapping[str, frozenset[str]] = {
    "alpha": LETTERS,
    "digit": DIGITS,
    "alnum": LETTERS | DIGITS,
    "upper": UPPER,
    "lower": LOWER,
    "space": SPACE,
    "blank": frozenset(" \t"),
    "punct": frozenset(r"""!"#$%&'()*+,-./:;<=>?@[\]^_`{|}~"""),
    "xdigit": DIGITS | frozenset("abcdefABCDEF"),
    "cntrl": frozenset(map(chr, (*range(32), 127))),
    "print": frozenset(map(chr, range(32, 127))),
    "graph": frozenset(map(chr, range(33, 127))),
    "word": WORD,
    "ascii": frozenset(map(chr, range(128))),
}
SHORTHANDS: Mapping[str, Chars] = {
    "d": Chars(DIGITS),
    "D": Chars(DIGITS, negated=True),
    "w": Chars(WORD),
    "W": Chars(WORD, negated=True),
    "s": Chars(SPACE),
    "S": Chars(SPACE, negated=True),
}
EDGES: Mapping[str, str] = {
    "A": "start",
    "Z": "end",
    "m": "word start",
    "M": "word end",
    "y": "word edge",
    "Y": "not word edge",
}
CONTROLS: Mapping[str, str] = {
    **{"a": "\a", "b": "\b", "B": "\\", "e": "\x1b", "f": "\f"},
    **{"n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"},
}
LOOKS: Mapping[str, tuple[bool, bool]] = {  # behind, negated
    "(?=": (False, False),
    "(?!": (False, True),
    "(?<=": (True, False),
    "(?<!": (True, True),
}
