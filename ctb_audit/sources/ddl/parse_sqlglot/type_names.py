"""Types as columns spell them."""

from dataclasses import replace

from ctb_audit.model import Column, Type
from ctb_audit.semantics.types import bigquery_type, mysql_type, postgres_type, sqlite_family
from ctb_audit.sources.ddl.parse_sqlglot.cursor import Cursor
from ctb_audit.sources.ddl.parse_sqlglot.lexemes import Misread

_SECOND = {
    "DOUBLE": ("PRECISION",),
    "CHARACTER": ("VARYING",),
    "CHAR": ("VARYING",),
    "BIT": ("VARYING",),
}
_INTERVAL = ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND")
_IMPLIED_LENGTH = ("character", "bit")
_EXTENSION_TYPES = frozenset(("citext", "hstore", "geometry", "geography"))
_MYSQL_ATTRIBUTES = ("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY")


def read_type(cursor: Cursor) -> tuple[Type, tuple[Column, ...]]:
    """A type and, for a STRUCT or an array of them, its fields."""
    start = cursor.index
    match cursor.system:
        case "bigquery":
            type_, fields = _bigquery(cursor)
        case "mysql":
            type_, fields = _mysql(cursor), ()
        case "sqlite":
            type_, fields = _sqlite(cursor), ()
        case _:
            type_, fields = _postgres(cursor), ()
    return replace(type_, spelling=cursor.script.slice(start, cursor.index)), fields


def _words(cursor: Cursor) -> str:
    """The name's words, lower case; `double precision` and the like are one name."""
    first = cursor.word()
    name = cursor.identifier() if cursor.system == "postgresql" else cursor.identifier().lower()
    if cursor.word() in _SECOND.get(first, ()):
        name = f"{name} {cursor.identifier().lower()}"
    return name


def _postgres(cursor: Cursor) -> Type:
    quoted = _is_quoted(cursor)
    if cursor.word() == "NATIONAL":
        raise Misread("NATIONAL CHARACTER")
    written = _words(cursor)
    schema = ""
    while cursor.take_mark("."):
        schema, quoted = written, _is_quoted(cursor)
        written = cursor.identifier()
    modifiers = _modifiers(cursor)
    name = written if quoted else _timed(cursor, written)
    if name == "interval" and not quoted:
        return _interval(cursor, modifiers)
    canonical, family = _canonical(schema, name, quoted)
    numbers = tuple(int(m) for m in modifiers if m.isdecimal())
    if len(numbers) != len(modifiers):
        canonical, numbers = f"{canonical}({','.join(modifiers)})", ()
    if canonical in _IMPLIED_LENGTH and not numbers and name not in ("bpchar", "character varying"):
        numbers = (1,)
    if name == "float" and numbers:
        canonical = "real" if numbers[0] <= 24 else "double precision"
        numbers = ()
    return Type(canonical, family, numbers, _dimensions(cursor))


def _is_quoted(cursor: Cursor) -> bool:
    token = cursor.peek()
    return token is not None and token.kind == "quoted"


def _canonical(schema: str, name: str, quoted: bool) -> tuple[str, str]:
    if schema and schema != "pg_catalog" and name not in _EXTENSION_TYPES:
        return f"{schema}.{name}", "unknown"
    found = postgres_type('"char"' if quoted and name == "char" else name)
    return found or (name, "unknown")


def _modifiers(cursor: Cursor) -> tuple[str, ...]:
    if not cursor.mark("("):
        return ()
    found = []
    for item in cursor.group().items():
        token = item.peek()
        negative = "-" if item.take_mark("-") else ""
        if item.peek(1) or not token:
            raise Misread("type parameters")
        text = item.rest()
        found.append(negative + (text.lower() if token.kind == "word" else text))
    return tuple(found)


def _timed(cursor: Cursor, name: str) -> str:
    if name in ("timestamp", "time"):
        for words in (("WITH", "TIME", "ZONE"), ("WITHOUT", "TIME", "ZONE")):
            if cursor.take(*words):
                return f"{name} {' '.join(words).lower()}"
    return name


def _interval(cursor: Cursor, modifiers: tuple[str, ...]) -> Type:
    fields = []
    if cursor.word() in _INTERVAL:
        fields.append(cursor.identifier())
        if cursor.take("TO"):
            fields.append(cursor.identifier())
    precision = modifiers or _modifiers(cursor)
    numbers = _integers(precision)
    return Type("interval", "interval", numbers, _dimensions(cursor), "", " to ".join(fields))


def _dimensions(cursor: Cursor) -> int:
    if cursor.take("ARRAY"):
        if cursor.mark("["):
            cursor.step()
        return 1
    count = 0
    while cursor.mark("["):
        cursor.step()
        count += 1
    return count


def _bigquery(cursor: Cursor) -> tuple[Type, tuple[Column, ...]]:
    word = cursor.word()
    if word == "ARRAY":
        cursor.index += 1
        _angle(cursor, "<")
        inner, fields = _bigquery(cursor)
        _angle(cursor, ">")
        return replace(inner, dimensions=inner.dimensions + 1), fields
    if word == "STRUCT":
        cursor.index += 1
        return Type("STRUCT", "struct"), _struct(cursor)
    name = cursor.identifier()
    canonical, family = bigquery_type(name) or (name, "unknown")
    if word == "RANGE" and cursor.take_mark("<"):
        canonical = f"RANGE<{cursor.identifier().upper()}>"
        _angle(cursor, ">")
    return Type(canonical, family, _integers(_modifiers(cursor))), ()


def _integers(modifiers: tuple[str, ...]) -> tuple[int, ...]:
    if not all(text.isdecimal() for text in modifiers):
        raise Misread(f"type parameters {', '.join(modifiers)}")
    return tuple(map(int, modifiers))


def _angle(cursor: Cursor, mark: str) -> None:
    if not cursor.take_mark(mark):
        raise Misread(f"{mark} expected in a type")


def _struct(cursor: Cursor) -> tuple[Column, ...]:
    from ctb_audit.sources.ddl.parse_sqlglot.columns import read_column

    _angle(cursor, "<")
    fields = []
    while not cursor.take_mark(">"):
        fields.append(read_column(cursor, inside_struct=True).column)
        if not cursor.take_mark(",") and not cursor.mark(">"):
            raise Misread("a STRUCT's fields")
    return tuple(fields)


def _mysql(cursor: Cursor) -> Type:
    """An integer's display width means nothing, but `tinyint(1)` is what BOOL stands for."""
    name = _words(cursor)
    modifiers = _modifiers(cursor)
    family = mysql_type(name)
    if family is None:
        raise Misread(f"the type {name}")
    if family == "enum":
        name, modifiers = f"{name}({','.join(modifiers)})", ()
    numbers = _integers(modifiers)
    if (name, numbers) == ("tinyint", (1,)):
        family = "boolean"
    elif family == "integer":
        numbers = ()
    attributes = []
    while cursor.word() in _MYSQL_ATTRIBUTES:
        attributes.append(cursor.identifier().lower())
    if cursor.take("CHARACTER", "SET") or cursor.take("CHARSET"):
        cursor.identifier()
    return Type(name, family, numbers, qualifier=" ".join(attributes))


def _sqlite(cursor: Cursor) -> Type:
    """Any words are a type, none is one too; the affinity is what the engine makes of them."""
    words: list[str] = []
    while cursor.word() and cursor.word() not in _SQLITE_STOPS:
        words.append(cursor.identifier().lower())
    name = " ".join(words)
    return Type(name, sqlite_family(name), _integers(_modifiers(cursor)) if words else ())


_SQLITE_STOPS = frozenset(
    (
        *("CONSTRAINT", "PRIMARY", "NOT", "NULL", "UNIQUE", "CHECK", "DEFAULT", "COLLATE"),
        *("REFERENCES", "GENERATED", "AS"),
    )
)
