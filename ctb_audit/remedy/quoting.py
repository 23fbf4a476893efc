"""Names and values as PostgreSQL reads them back: whatever is more than one word."""

from collections.abc import Iterable

from ctb_audit.lean import pattern
from ctb_audit.model import Name, Type
from ctb_audit.semantics.quoting import identifier

LONGEST_NAME = 63  # bytes
_UNSAFE = pattern(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")


def identifiers(names: Iterable[str]) -> str:
    return ", ".join(map(identifier, names))


def relation(name: Name) -> str:
    """A table, index, sequence or function with its schema."""
    parts = (name.schema, name.name) if name.schema else (name.name,)
    return ".".join(identifier(part) for part in parts)


def type_name(type_: Type) -> str:
    """A column's type; a type of the users' own has `schema.name` in `Type.name`."""
    if type_.family in ("enum", "domain", "composite", "unknown") and "." in type_.name:
        schema, _, name = type_.name.partition(".")
        return relation(Name(schema, name)) + "[]" * type_.dimensions
    return str(type_)


def comment(text: str) -> str:
    """The text as one comment line that nothing in it can end."""
    return f"-- {_UNSAFE.sub(' ', text)}"


def dollar_quoted(body: str, tag: str = "ctb") -> str:
    """A body between dollar quotes whose tag it does not hold."""
    while f"${tag}$" in body:
        tag += "_"
    return f"${tag}${body}${tag}$"


def free_name(parts: Iterable[str], suffix: str, taken: Iterable[str]) -> str:
    """`parts` and `suffix` joined by `_`, at most 63 bytes, with a number where it is taken."""
    base, used = "_".join(parts), frozenset(taken)
    number = 0
    while True:
        end = f"_{suffix}{number or ''}"
        room = LONGEST_NAME - len(end.encode())
        made = base.encode()[:room].decode(errors="ignore") + end
        if made not in used:
            return made
        number += 1
