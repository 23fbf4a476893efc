"""Tells another dialect's DDL by words that PostgreSQL's grammar does not have there."""

import re

from ctb_audit.lean import pattern
from ctb_audit.sources.ddl.parse_postgres.source import Source

_BLANKED = pattern(r"'(?:[^'\\]|\\.|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
_TICKED = pattern(r"`[^`\n]+`")

_MARKERS = (
    (
        "BigQuery",
        r"\b(?:STRUCT|ARRAY)\s*<|\bINT64\b|\bFLOAT64\b|`[^`]+\.[^`]+\.[^`]+`"
        r"|\bCLUSTER\s+BY\b|\bOPTIONS\s*\(\s*\w+\s*=|\bSTRING\b[^(].*\bOPTIONS\s*\(",
    ),
    (
        "SQLite",
        r"\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|\)\s*STRICT\s*\Z|\bINTEGER\s+PRIMARY\s+KEY\s+ON\s+CONFLICT\b",
    ),
    (
        "MySQL",
        r"\bAUTO_INCREMENT\b|\bENGINE\s*=|\b(?:UN)?SIGNED\b|\bZEROFILL\b"
        r"|\bON\s+UPDATE\s+(?:CURRENT_TIMESTAMP|NOW)\b|\bCHARACTER\s+SET\b|\bCHARSET\s*="
        r"|\b(?:MODIFY|CHANGE)\s+(?:COLUMN\s+)?\w+\s+\w|[(,]\s*(?:UNIQUE|FULLTEXT|SPATIAL)\s+(?:KEY|INDEX)\b"
        r"|[(,]\s*(?:KEY|INDEX)\s*(?:[`\w]+\s*)?\(|\bADD\s+(?:UNIQUE\s+|FULLTEXT\s+)?(?:KEY|INDEX)\b"
        r"|\bCOMMENT\s*=?\s*''|(?<!\s)(?<!\bas)\s++ENUM\s*\(\s*''|\bDROP\s+INDEX\s+\S+\s+ON\b"
        r"|\b(?:TINY|MEDIUM|LONG)(?:TEXT|BLOB)\b",
    ),
    (
        "SQL Server",
        r"(?<![\w\])\[\"'])\[[A-Za-z_][\w ]*\]|\bIDENTITY\s*\(\s*\d+\s*,"
        r"|\bN?VARCHAR\s*\(\s*MAX\s*\)"
        r"|\b(?:NON)?CLUSTERED\b|^[^\S\n]*+GO\s*$|\bWITH\s+NOCHECK\b",
    ),
    ("Oracle", r"\bVARCHAR2\b|\bNUMBER\s*\(|\bENABLE\s*\)|\bNUMBER\b"),
)
_COMPILED = tuple(
    (name, pattern(marker, re.IGNORECASE | re.MULTILINE)) for name, marker in _MARKERS
)


def dialect_of(source: Source) -> str:
    """`MySQL`, `SQLite`, `BigQuery`, `SQL Server`, `Oracle`, or "" for none of them.

    Only for statements that PostgreSQL's grammar rejects. Backticks alone mean MySQL.
    """
    text = _BLANKED.sub("''", source.statement.text)
    for name, marker in _COMPILED:
        if marker.search(text):
            return name
    return "MySQL" if _TICKED.search(text) else ""
