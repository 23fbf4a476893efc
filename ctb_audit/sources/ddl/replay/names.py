"""The names that the server generates (makeObjectName, ChooseRelationName, ChooseConstraintName).

A generated name has at most 63 bytes of UTF-8; the longer of its two parts is shortened first.
"""

from collections.abc import Iterable, Sequence

from ctb_audit.model import Name

LIMIT = 63


def home(name: Name) -> str:
    """The schema of a qualified name."""
    return name.schema or ""


def clip(text: str, size: int) -> str:
    """The longest prefix of `text` with at most `size` bytes of UTF-8 and whole characters."""
    if len(text) * 4 <= size:
        return text
    return text.encode()[: max(size, 0)].decode(errors="ignore")


def object_name(first: str, second: str | None, label: str) -> str:
    """`first_second_label` within 63 bytes."""
    plain = f"{first}_{label}" if second is None else f"{first}_{second}_{label}"
    if len(plain) <= LIMIT and plain.isascii():
        return plain
    room = LIMIT - len(label.encode()) - 1 - (0 if second is None else 1)
    one = len(first.encode())
    two = len(second.encode()) if second is not None else 0
    excess = one + two - room
    if excess > 0:
        level = min(abs(one - two), excess)
        one, two = (one - level, two) if one > two else (one, two - level)
        rest = excess - level
        two -= (rest + 1) // 2
        one -= rest // 2
    parts = [clip(first, one), *([] if second is None else [clip(second, two)]), label]
    return "_".join(parts)


def numbered(first: str, second: str | None, label: str, number: int) -> str:
    """`.._label` for 0, `.._label1` for 1 and so on."""
    return object_name(first, second, f"{label}{number}" if number else label)


def addition(columns: Iterable[str]) -> str:
    """The column part of an index's or foreign key's generated name."""
    joined = ""
    for column in columns:
        joined = f"{joined}_{column}" if joined else column
        if len(joined.encode()) > LIMIT:
            break
    return joined


def index_columns(names: Sequence[str]) -> list[str]:
    """Column names of an index, made different as the server makes them (`expr`, `expr1`)."""
    result: list[str] = []
    for origin in names:
        name, number = origin, 0
        while name in result:
            number += 1
            name = clip(origin, LIMIT - len(str(number))) + str(number)
        result.append(name)
    return result
