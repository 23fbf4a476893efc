"""Texts before and after as one patch that `git apply` takes."""

from collections.abc import Iterator
from difflib import SequenceMatcher

CONTEXT = 3
_UNENDED = "\\ No newline at end of file\n"


def patch_of(path: str, before: str, after: str) -> str:
    """The unified diff of one file, "" where nothing differs. Only line feeds end lines."""
    if before == after:
        return ""
    old, new = before.split("\n"), after.split("\n")
    lines = [f"--- {_quoted(f'a/{path}')}\n", f"+++ {_quoted(f'b/{path}')}\n"]
    matcher = SequenceMatcher(None, _ended(old), _ended(new), autojunk=False)
    for group in matcher.get_grouped_opcodes(CONTEXT):
        first, last = group[0], group[-1]
        lines.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n")
        for kind, a, b, c, d in group:
            if kind == "equal":
                lines += _marked(" ", _ended(old)[a:b])
                continue
            lines += _marked("-", _ended(old)[a:b])
            lines += _marked("+", _ended(new)[c:d])
    return "".join(lines)


def _ended(parts: list[str]) -> list[str]:
    """Lines with their ends; the last one has none, and is no line where it is empty."""
    return [part + "\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def _marked(mark: str, lines: list[str]) -> Iterator[str]:
    for line in lines:
        yield mark + line if line.endswith("\n") else f"{mark}{line}\n{_UNENDED}"


def _range(start: int, stop: int) -> str:
    length = stop - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _quoted(path: str) -> str:
    """As git writes a path: in quotes and escaped where it holds what would break the line."""
    plain = all(c.isprintable() and c not in '"\\' for c in path)
    if plain and path.isascii():
        return path
    escaped = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n"}
    made = "".join(
        escaped.get(c) or (c if 32 <= ord(c) < 127 else "".join(f"\\{b:03o}" for b in c.encode()))
        for c in path
    )
    return f'"{made}"'
