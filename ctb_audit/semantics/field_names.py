"""Names of fields and tables across systems that write them differently."""

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")
_AFFIXES = frozenset({"schema", "model", "document", "doc", "type", "interface", "entity", "zod"})
_PLURALS = (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("ches", "ch"), ("shes", "sh"))
_NO_PLURAL = ("ss", "us", "is")


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in the singular, lower case."""
    return tuple(_singular(word.lower()) for word in _WORDS.findall(name))


def _singular(word: str) -> str:
    for ending, single in _PLURALS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + single
    if word.endswith("s") and not word.endswith(_NO_PLURAL) and len(word) > 2:
        return word[:-1]
    return word


def means(name: str, table: str) -> bool:
    """Whether a type, schema or file of this name describes the table: `UserSession`,
    `UserSessionSchema` and `user_sessions` the collection `users_sessions`.
    """
    wanted = words_of(table)
    found = words_of(name)
    return bool(wanted) and (found == wanted or _bare(found) == wanted)


def _bare(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without `Schema`, `Model`, `Document` and the like at its end."""
    while len(words) > 1 and words[-1] in _AFFIXES:
        words = words[:-1]
    return words


@lru_cache(maxsize=4096)
def folded(name: str) -> str:
    """A field's name as a column's: `createdAt` is `created_at`."""
    return "_".join(word.lower() for word in _WORDS.findall(name))
