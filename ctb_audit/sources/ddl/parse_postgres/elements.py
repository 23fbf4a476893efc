"""CREATE TABLE by definitions that were read before.

The tables of one organisation repeat their columns (`created_at timestamp with time zone DEFAULT
now() NOT NULL`). A definition is read by the grammar once, whatever table it stands in; a table
all of whose definitions are known costs a third of what the grammar takes for it. What is not the
plain `CREATE TABLE name (` with one definition on each line goes to the grammar whole.
"""

from typing import NamedTuple

from ctb_audit.copies import replace
from ctb_audit.lean import pattern
from ctb_audit.model import Column, Constraint, Location, Table
from ctb_audit.sources.ddl.operations import CreateTable, Operation
from ctb_audit.sources.ddl.parse_postgres.columns import read_column
from ctb_audit.sources.ddl.parse_postgres.constraints import read_constraint
from ctb_audit.sources.ddl.parse_postgres.inline_indexes import inline_index
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source
from ctb_audit.sources.ddl.parse_postgres.spelling import IDENTIFIER, NAME, identifier, qualified
from ctb_audit.sources.ddl.parse_postgres.tables import valid_when_new
from ctb_audit.sources.ddl.statement import Statement

_HEAD = pattern(rf"CREATE TABLE (IF NOT EXISTS )?{NAME} \(\n")
_NAMED = pattern(rf"CONSTRAINT ({IDENTIFIER})(?=\s)")
_TAIL = "\n)"
_LONGEST = 1000
_MOST = 20_000


class _Definition(NamedTuple):
    """A column with its constraints, or one constraint of the table; places count from the
    definition's start, rows and columns from 0.
    """

    column: Column | None
    constraints: tuple[Constraint, ...] = ()


class _Item(NamedTuple):
    """One definition of a statement. `known_by`: its text, without the name of a constraint."""

    text: str
    known_by: str
    name: str
    line: int
    column: int


_KNOWN: dict[str, _Definition] = {}


def create_table(source: Source) -> tuple[Operation, ...] | None:
    """The operation of a plain CREATE TABLE, None for any other statement."""
    text = source.text
    head = _HEAD.match(text)
    if head is None or not text.endswith(_TAIL) or "--" in text or "/*" in text:
        return None
    name = qualified(head[2], head[3])
    items = _items(
        text[head.end() : -len(_TAIL)], source.statement.line + text.count("\n", 0, head.end())
    )
    if name is None or items is None or not _learn(items):
        return None
    columns: list[Column] = []
    constraints: list[Constraint] = []
    for item in items:
        _put(item, source.path, columns, constraints)
    table = Table(
        "postgresql",
        name.schema or "",
        name.name,
        tuple(columns),
        tuple(constraints),
        location=source.here,
    )
    return (CreateTable(table, name, head[1] is not None),)


def _items(body: str, line: int) -> list[_Item] | None:
    """The definitions, each on a line of its own; None where one is too long to be remembered."""
    found: list[_Item] = []
    for part in body.split(",\n"):
        text = part.strip(" \n")
        if not text or len(text) > _LONGEST:
            return None
        gap = part[: part.index(text[0])]
        row = gap.count("\n")
        column = len(gap) - gap.rfind("\n")
        named = _NAMED.match(text) if text[0] == "C" else None
        name = identifier(named[1]) if named else ""
        if name is None:
            return None
        known_by = f"CONSTRAINT{text[named.end() :]}" if named else text
        found.append(_Item(text, known_by, name, line + row, column))
        line += part.count("\n") + 1
    return found


def _learn(items: list[_Item]) -> bool:
    """Have the grammar read the definitions that are new; False where one is out of the common."""
    new = {item.known_by: item for item in items if item.known_by not in _KNOWN}
    if not new:
        return True
    import pgparse

    texts = [item.text for item in new.values()]
    script = "CREATE TABLE t (\n" + ",\n".join(texts) + _TAIL
    try:
        trees = pgparse.parse(script)
    except pgparse.PGQueryError:
        return False
    nodes = trees[0]["stmt"].get("CreateStmt", {}).get("tableElts", ())
    if len(nodes) != len(texts):
        return False
    source = Source(Statement(script, 0, 1, 1), "")
    offset = script.index("\n") + 1
    if len(_KNOWN) > _MOST:
        _KNOWN.clear()
    for item, node in zip(new.values(), nodes, strict=True):
        definition = _read(node, source, offset)
        if definition is None:
            return False
        _KNOWN[item.known_by] = _unnamed(definition) if item.name else definition
        offset += len(item.text) + len(",\n")
    return True


def _unnamed(definition: _Definition) -> _Definition:
    """A constraint as it is known by all its names."""
    constraints = tuple(replace(c, name="") for c in definition.constraints)
    return definition._replace(constraints=constraints)


def _read(wrapped: Node, source: Source, offset: int) -> _Definition | None:
    """The definition that starts at the offset; None where it is not plain."""
    tag, node = next(iter(wrapped.items()))
    if node.get("location") != offset:
        return None
    start = source.at(offset)
    if tag == "Constraint":
        constraint = read_constraint(node, source)
        if constraint is None or constraint.kind == "not null":
            return None
        return _Definition(None, (_from(start, valid_when_new(constraint)),))
    if tag != "ColumnDef" or inline_index(node, source) is not None:
        return None
    read = read_column(node, source)
    if read.not_null_name:
        return None
    column = replace(read.column, location=None)
    constraints = (valid_when_new(c) for c in read.constraints)
    return _Definition(column, tuple(_from(start, c) for c in constraints))


def _from(start: Location, constraint: Constraint) -> Constraint:
    """With a place that counts from the definition's start."""
    place = constraint.location
    assert place is not None  # read_constraint gives one
    row = place.line - start.line
    column = place.column - (0 if row else start.column)
    return replace(constraint, location=Location("", row, column))


def _put(item: _Item, path: str, columns: list[Column], constraints: list[Constraint]) -> None:
    """Add the definition of an item as it stands in its script."""
    column, own = _KNOWN[item.known_by]
    if column is not None:
        columns.append(replace(column, location=Location(path, item.line, item.column)))
    for constraint in own:
        place = constraint.location
        assert place is not None  # as learnt
        row, at = place.line, place.column
        location = Location(path, item.line + row, at if row else item.column + at)
        constraints.append(
            replace(constraint, name=item.name or constraint.name, location=location)
        )
