"""Names of tables as a document writes them, folded and resolved."""

import re
from collections.abc import Iterable, Iterator

from ctb_audit.lean import pattern
from ctb_audit.model import Name, System
from ctb_audit.sources.ddl.replay.state import DEFAULT_SCHEMAS

_PARTS = pattern(r'"([^"]+)"|`([^`]+)`|([^."`\s]+)')
_CREATE = pattern(
    r"\bCREATE\s+(?:OR\s+REPLACE\s+)?(?:(?:GLOBAL|LOCAL)\s+)?"
    r"(?:TEMP(?:ORARY)?\s+|UNLOGGED\s+|FOREIGN\s+|EXTERNAL\s+)?TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    r"(?P<name>(?:\"[^\"]+\"|`[^`]+`|[\w$-]+)(?:\s*\.\s*(?:\"[^\"]+\"|`[^`]+`|[\w$-]+)){0,3})",
    re.IGNORECASE,
)
_LINE_COMMENT = pattern(r"--[^\n]*")
_FOLDING = ("postgresql", "sqlite")


def parse_name(text: str, system: System) -> Name:
    """A name folded as its engine folds it; `schema` None where not given, projects dropped."""
    if system == "firestore":
        return Name(None, text.strip('`" /'))
    if system == "bigquery":
        text = text.replace("`", "")
    parts = [
        quoted or ticked or (bare.lower() if system in _FOLDING else bare)
        for quoted, ticked, bare in _PARTS.findall(text)
    ]
    if not parts:
        return Name(None, "")
    return Name(parts[-2] if len(parts) > 1 else None, parts[-1])


def created_names(sql: str, system: System) -> Iterator[Name]:
    """The tables that a text seems to create, without parsing it."""
    for found in _CREATE.finditer(_LINE_COMMENT.sub("", sql)):
        yield parse_name(found["name"], system)


def qualify(name: Name, system: System, schema: str | None) -> Name:
    """The name in its own schema, else the enclosing section's, else the engine's default."""
    if name.schema is not None:
        return name
    return Name(schema or DEFAULT_SCHEMAS[system], name.name)


class Documented:
    """The tables that sections document, to resolve what summaries and lists write."""

    def __init__(self, keys: Iterable[tuple[System, Name]]) -> None:
        self._keys: dict[tuple[System, Name], None] = dict.fromkeys(keys)
        self._by_name: dict[str, list[tuple[System, Name]]] = {}
        for system, name in self._keys:
            self._by_name.setdefault(name.name.lower(), []).append((system, name))

    def resolve(
        self, text: str, system: System | None, schema: str | None, default: System
    ) -> tuple[System, Name]:
        """The table meant: the documented one where the words fit exactly one, else as written."""
        assumed = system or default
        written = parse_name(text, assumed)
        exact = (assumed, qualify(written, assumed, schema))
        if exact in self._keys and system is not None:
            return exact
        fitting = [
            (s, n)
            for s, n in self._by_name.get(written.name.lower(), ())
            if (system is None or s == system) and (written.schema or schema) in (None, n.schema)
        ]
        return fitting[0] if len(fitting) == 1 else exact
