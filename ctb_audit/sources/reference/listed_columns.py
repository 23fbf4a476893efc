"""Tables that a document gives as a list of columns in place of SQL.

The list is written as CREATE TABLE, each column on its own line of the document, so that the DDL
reader resolves its types and every location is right.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from ctb_audit.document_model import ColumnNote, DocumentTable
from ctb_audit.lean import pattern
from ctb_audit.model import Name, System
from ctb_audit.semantics.types import bigquery_type, mysql_type, postgres_type
from ctb_audit.sources.ddl.operations import Script

if TYPE_CHECKING:
    from ctb_audit.sources.ddl.read import Parser

_TYPE = pattern(
    r"^(?P<name>[A-Za-z][A-Za-z0-9_]*+(?: ++[A-Za-z0-9_]++)*?)"
    r"(?:\s*+(?P<size>\(\s*+\d++\s*+(?:,\s*+\d++\s*+)?\)))?"
    r"(?:\s*+(?P<zone>with(?:out)? time zone))?\s*+(?P<array>(?:\[\])*+)$",
    re.I,
)
_DEFAULT = pattern(
    r"^(?:-?\d+(?:\.\d+)?|'[^']*'|true|false|null|now\(\)|current_timestamp(?:\(\))?|current_date"
    r"|gen_random_uuid\(\)|uuid_generate_v4\(\)|'[^']*'::[\w ]+)$",
    re.I,
)
_COMMON = {"string": "text", "str": "text", "number": "numeric", "datetime": "timestamp"}
_COMMON |= {"double": "double precision", "int": "integer", "blob": "bytea", "id": "integer"}


def listed_scripts(
    tables: Iterable[DocumentTable],
    made: Iterable[tuple[System, Name]],
    path: str,
    parser: "Parser",
) -> Iterator[Script]:
    """One script for each listed table that no SQL of the document creates."""
    from ctb_audit.sources.ddl.read import read_script

    known = set(made)
    for table in tables:
        wanted = table.columns and table.kind == "table" and table.system != "firestore"
        if wanted and (table.system, table.name) not in known:
            known.add((table.system, table.name))
            columns = _unique(table.columns or ())
            first = min(c.location.line for c in columns)
            text = _create(table, columns, first)
            yield read_script(text, path, table.system, start_line=first, parser=parser)


def _unique(columns: tuple[ColumnNote, ...]) -> tuple[ColumnNote, ...]:
    return tuple({c.name.lower(): c for c in reversed(columns)}.values())[::-1]


def _create(table: DocumentTable, columns: tuple[ColumnNote, ...], first: int) -> str:
    """CREATE TABLE with line breaks where the document has them."""
    name = ".".join(_quoted(part, table.system) for part in table.name if part)
    text, line = f"CREATE TABLE {name} (", first
    keys = [_quoted(c.name, table.system) for c in columns if c.key == "PK"]
    parts = []
    for column in sorted(columns, key=lambda c: c.location.line):
        gap = "\n" * max(column.location.line - line, 0)
        line = max(line, column.location.line)
        parts.append(gap + _definition(column, table.system))
    if keys and table.system != "bigquery":
        parts.append(f" PRIMARY KEY ({', '.join(keys)})")
    return f"{text}{','.join(parts)});"


def _definition(column: ColumnNote, system: System) -> str:
    words = [_quoted(column.name, system), _type(column.type, system)]
    if column.nullable is False:
        words.append("NOT NULL")
    if re.search(r"\bunique\b|\bUK\b", column.key, re.I) and system != "bigquery":
        words.append("UNIQUE")
    if _DEFAULT.match(column.default.strip("`")):
        words.append(f"DEFAULT {column.default.strip('`')}")
    return " ".join(words)


def _quoted(name: str, system: System) -> str:
    if re.fullmatch(r"[a-z_][a-z0-9_]*", name) and system == "postgresql":
        return f'"{name}"'
    mark = "`" if system in ("bigquery", "mysql") else '"'
    return f"{mark}{name.replace(mark, mark * 2)}{mark}"


def _type(text: str, system: System) -> str:
    """The type as the engine spells it; an unknown one in quotes, which stays unknown."""
    cleaned = re.sub(r"\b(?:not\s+)?null\b|\bprimary\s+key\b|\bunique\b", "", text, flags=re.I)
    found = _TYPE.match(cleaned.strip().strip("`"))
    if found:
        name = " ".join(found["name"].lower().split())
        name = name if _is_known(name, system) else _COMMON.get(name, name)
        if _is_known(name, system):
            zone = f" {found['zone']}" if found["zone"] else ""
            return f"{name}{found['size'] or ''}{zone}{found['array']}"
    if system == "bigquery":
        return "STRING"
    return _quoted(cleaned.strip().lower()[:60] or "unknown", system)


def _is_known(name: str, system: System) -> bool:
    if system == "bigquery":
        return bigquery_type(name) is not None
    if system == "mysql":
        return mysql_type(name) is not None
    return system == "sqlite" or postgres_type(name) is not None
