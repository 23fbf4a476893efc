"""Tries every regular expression of the product with long runs of what it repeats.

    python -m bench.backtracking [--size 4000] [--seconds 1.0]

For each repetition without a bound: the shortest text that leads to it, a long run of what it
repeats, and an end that fits nothing. Prints what takes longer than `--seconds`, matched from the
start of the text, or searched where the module does that. Exits 1 where a pattern does.
"""

import argparse
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any, NamedTuple

import ctb_audit

PARSER: Any = import_module("re._parser")
NAMES: Any = import_module("re._constants")
REPEATS = (NAMES.MAX_REPEAT, NAMES.MIN_REPEAT, NAMES.POSSESSIVE_REPEAT)
ALPHABET = " \n'\"a0-/*.,=(_A;:" + "".join(map(chr, range(33, 127)))
CATEGORIES = {
    NAMES.CATEGORY_SPACE: r"\s",
    NAMES.CATEGORY_NOT_SPACE: r"\S",
    NAMES.CATEGORY_DIGIT: r"\d",
    NAMES.CATEGORY_NOT_DIGIT: r"\D",
    NAMES.CATEGORY_WORD: r"\w",
    NAMES.CATEGORY_NOT_WORD: r"\W",
}
ENDS = ("\0", "\n\0", "")
FEW = 26
"""Enough for what takes exponential time."""
UNBOUNDED = 50


class Attack(NamedTuple):
    lead: str
    run: str
    end: str


def patterns() -> Iterator[tuple[str, str, "re.Pattern[str]"]]:
    """Module, name and pattern of every constant that is one, or that holds one."""
    seen = set()
    for module in walk_packages(ctb_audit.__path__, "ctb_audit."):
        if module.name.endswith("__main__"):
            continue
        for name, value in list(vars(import_module(module.name)).items()):
            for found in _within(value):
                if isinstance(found.pattern, str) and (found.pattern, found.flags) not in seen:
                    seen.add((found.pattern, found.flags))
                    yield module.name, name, re.compile(found.pattern, found.flags)


def _within(value: Any, depth: int = 2) -> Iterator[Any]:
    if isinstance(value, re.Pattern) or type(value).__name__ == "_Pattern":
        yield value
    elif depth and isinstance(value, tuple | list | frozenset | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _within(item, depth - 1)


def attacks(pattern: "re.Pattern[str]") -> Iterator[Attack]:
    tree = PARSER.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for lead, run in dict.fromkeys(_runs(tree, "", {})):
        for end in ENDS:
            yield Attack(lead, run, end)


def _runs(tree: Any, lead: str, groups: dict[int, str]) -> Iterator[tuple[str, str]]:
    for operator, value in tree:
        for inner in _inner(operator, value):
            if operator in REPEATS and value[1] > UNBOUNDED:
                yield from ((lead, run) for run in _alternatives(inner, groups))
            yield from _runs(inner, lead, groups)
        lead += _shortest([(operator, value)], groups)


def _inner(operator: Any, value: Any) -> list[Any]:
    if operator in REPEATS:
        return [value[2]]
    if operator is NAMES.SUBPATTERN:
        return [value[3]]
    if operator is NAMES.ATOMIC_GROUP:
        return [value]
    return list(value[1]) if operator is NAMES.BRANCH else []


def _alternatives(tree: Any, groups: dict[int, str]) -> Iterator[str]:
    """Texts that one round of a repetition takes."""
    operator, value = tree[0] if len(tree) == 1 else (None, None)
    if operator is NAMES.IN:
        yield from (c for c in " \n'\"a0-/*.,(" if _holds(value, c))
    elif operator in (NAMES.BRANCH, NAMES.SUBPATTERN):
        for inner in _inner(operator, value):
            yield from _alternatives(inner, groups)
    else:
        yield _shortest(tree, groups) or "a"


def _shortest(tree: Any, groups: dict[int, str]) -> str:
    made = ""
    for operator, value in tree:
        inner = _inner(operator, value)
        if operator in REPEATS:
            made += _shortest(inner[0], groups) * value[0]
        elif inner:
            found = _shortest(inner[0], groups)
            if operator is NAMES.SUBPATTERN:
                groups[value[0]] = found
            made += found
        elif operator is NAMES.GROUPREF:
            made += groups.get(value, "")
        elif operator in (NAMES.LITERAL, NAMES.NOT_LITERAL, NAMES.ANY, NAMES.IN):
            held = value if operator is NAMES.IN else [(operator, value)]
            made += next((c for c in ALPHABET if _holds(held, c)), "\xe9")
    return made


def _holds(members: Any, character: str) -> bool:
    """Whether a set, or one literal, takes the character."""
    found = negated = False
    for operator, value in members:
        if operator is NAMES.NEGATE or operator is NAMES.NOT_LITERAL:
            negated = True
        if operator in (NAMES.LITERAL, NAMES.NOT_LITERAL):
            found |= ord(character) == value
        elif operator is NAMES.RANGE:
            found |= value[0] <= ord(character) <= value[1]
        elif operator is NAMES.CATEGORY:
            found |= re.match(CATEGORIES[value], character) is not None
        elif operator is NAMES.ANY:
            found |= character != "\n"
    return found != negated


def _seconds(pattern: "re.Pattern[str]", text: str, searched: bool) -> float:
    start = time.perf_counter()
    (pattern.search if searched else pattern.match)(text)
    return time.perf_counter() - start


def _is_searched(module: str, name: str) -> bool:
    """Whether its module looks for the pattern anywhere in a text; True where it cannot be told."""
    text = Path(str(import_module(module).__file__)).read_text(encoding="utf-8")
    if re.search(rf"\b{name}\.(?:search|finditer|findall|subn?|split)\b", text):
        return True
    return re.search(rf"\b{name}\.(?:match|fullmatch)\b", text) is None


def tried(module: str, name: str, pattern: "re.Pattern[str]", size: int, limit: float) -> int:
    """How many attacks take too long; a process of its own, which a signal can end."""
    searched = _is_searched(module, name)
    bad = 0
    for attack in attacks(pattern):
        for count in (FEW, size):
            signal.setitimer(signal.ITIMER_VIRTUAL, 10 * limit)
            shown = f"{module}.{name} {attack.lead[-40:]!r} + {attack.run!r} * {count}"
            text = attack.lead + attack.run * count + attack.end
            if (taken := _seconds(pattern, text, searched)) > limit:
                print(f"{shown}: {taken:.1f} s", flush=True)
                bad += 1
                break
    return bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=4000, help="rounds of a repetition")
    parser.add_argument("--seconds", type=float, default=1.0)
    given = parser.parse_args()
    found = list(patterns())
    bad = 0
    for module, name, pattern in found:
        if (child := os.fork()) == 0:
            os._exit(min(1, tried(module, name, pattern, given.size, given.seconds)))
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            print(f"{module}.{name} does not end: {pattern.pattern[:120]}", flush=True)
        bad += status != 0
    print(f"{len(found)} patterns, {bad} take longer than {given.seconds} s")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
