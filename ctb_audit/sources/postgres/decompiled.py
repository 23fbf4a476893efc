"""Takes apart text that the server decompiled: quoting is its own, so a scanner is exact."""


def condition(definition: str) -> str:
    """The text in WHEN (...) of what pg_get_triggerdef gives.

    The server decompiles OLD and NEW only there: pg_get_expr knows one relation.
    """
    start = _outside(definition, 0, "WHEN (") + len("WHEN (")
    return definition[start : _closing(definition, start)].strip()


def split_list(text: str) -> tuple[str, ...]:
    """The expressions of an index, which pg_get_expr gives in one text joined by commas."""
    if "," not in text:
        return (text.strip(),)
    found, start, position, depth = [], 0, 0, 0
    while position < len(text):
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(text[position], 0)
        if depth == 0 and text[position] == ",":
            found.append(text[start:position].strip())
            start = position + 1
        position = _next(text, position)
    return (*found, text[start:].strip())


def _outside(text: str, start: int, wanted: str) -> int:
    """Where `wanted` stands outside of quotes; the server wrote the text, so it does."""
    position = start
    while not text.startswith(wanted, position):
        position = _next(text, position)
    return position


def _closing(text: str, start: int) -> int:
    depth, position = 1, start
    while True:
        depth += {"(": 1, ")": -1}.get(text[position], 0)
        if depth == 0:
            return position
        position = _next(text, position)


def _next(text: str, position: int) -> int:
    """The position after one character, or after a whole quoted text or name."""
    quote = text[position]
    if quote not in "'\"":
        return position + 1
    escapes = quote == "'" and text[position - 1] == "E"
    position += 1
    while text[position] != quote:
        position += 2 if escapes and text[position] == "\\" else 1
    return position + 1
