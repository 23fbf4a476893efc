"""What the indexes and constraints of one table serve (STANDARD section 4)."""

from collections.abc import Sequence
from functools import lru_cache

from ctb_audit.lean import dataclass
from ctb_audit.model import Constraint, Index, IndexKey, Location, Table
from ctb_audit.semantics.latest import latest
from ctb_audit.semantics.parse import Unreadable, parse_expression
from ctb_audit.semantics.tree import Logic, NullTest, Ref

_BACKED = ("primary key", "unique", "exclusion")


@dataclass(frozen=True, slots=True)
class Access:
    """An index, or the one behind a constraint (`constraint`)."""

    name: str
    index: Index
    constraint: bool
    location: Location | None


@dataclass(frozen=True, slots=True)
class Redundancy:
    """`index` serves nothing that `covered_by` (an index or a constraint) does not serve."""

    index: Index
    covered_by: str


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Two unique indexes or constraints on the same columns; `second` is the later one."""

    columns: tuple[str, ...]
    first: str
    second: str
    location: Location | None


@latest
def accesses(table: Table) -> tuple[Access, ...]:
    """All valid indexes of a table: those behind constraints first, then its own, in order."""
    backed = tuple(
        Access(c.name, _backing(c), True, c.location)
        for c in table.constraints
        if c.kind in _BACKED
    )
    own = tuple(
        Access(index.name, index, False, index.location)
        for index in table.indexes
        if index.valid and not index.intended
    )
    return backed + own


def _backing(constraint: Constraint) -> Index:
    keys = constraint.elements or tuple(IndexKey(column) for column in constraint.columns)
    gist = constraint.kind == "exclusion" or constraint.period
    return Index(
        constraint.name,
        keys,
        (constraint.method or "gist") if gist else "btree",
        unique=constraint.kind != "exclusion",
        include=constraint.include,
        predicate=constraint.predicate,
        nulls_not_distinct=constraint.nulls_not_distinct,
    )


def leads(table: Table, columns: Sequence[str]) -> bool:
    """Whether some valid index, primary key or unique constraint starts with the columns.

    Several columns (a composite foreign key) may lead in any order. A partial index counts
    only where its predicate says no more than that the columns are not null.
    """
    wanted = set(columns)
    for access in accesses(table):
        keys = access.index.keys
        if keys and keys[0].column in wanted and _leads(access.index, wanted):
            return True
    return False


def _leads(index: Index, wanted: set[str]) -> bool:
    if index.method in ("gin", "brin", "bloom"):
        return False
    first = {key.column for key in index.keys[: len(wanted)]}
    return first == wanted and (index.predicate is None or _only_not_null(index.predicate, wanted))


@lru_cache(maxsize=1024)
def _not_null_columns(predicate: str) -> frozenset[str] | None:
    """Columns of a predicate that consists of IS NOT NULL only; None for any other."""
    try:
        node = parse_expression(predicate)
    except Unreadable:
        return None
    parts = node.args if isinstance(node, Logic) and node.operator == "and" else (node,)
    names: set[str] = set()
    for part in parts:
        match part:
            case NullTest(Ref(path), True):
                names.add(path[-1])
            case _:
                return None
    return frozenset(names)


def _only_not_null(predicate: str, columns: set[str]) -> bool:
    names = _not_null_columns(predicate)
    return names is not None and names <= columns


def redundant(table: Table) -> tuple[Redundancy, ...]:
    """Non-unique indexes whose key is a leading prefix of another valid index's."""
    everything = accesses(table)
    found: list[Redundancy] = []
    for position, access in enumerate(everything):
        if access.constraint or access.index.unique:
            continue
        others = (o for at, o in enumerate(everything) if at != position)
        cover = next((o for o in others if _covers(o, access, everything, position)), None)
        if cover is not None:
            found.append(Redundancy(access.index, cover.name))
    return tuple(found)


def _covers(other: Access, access: Access, everything: Sequence[Access], position: int) -> bool:
    if not is_prefix(access.index, other.index):
        return False
    mutual = not other.index.unique and is_prefix(other.index, access.index)
    return not mutual or everything.index(other) < position


def is_prefix(short: Index, long: Index) -> bool:
    """Whether every query that `short` serves is served by `long`."""
    if short.method != long.method or short.method == "gin":
        return False
    if not 0 < len(short.keys) <= len(long.keys) or short.keys[0].column != long.keys[0].column:
        return False
    if any(key.expression is not None for key in short.keys):
        return False
    if _predicate(short) != _predicate(long) or not set(short.include) <= _stored(long):
        return False
    if short.method != "btree" and len(short.keys) != len(long.keys):
        return False
    single = len(short.keys) == 1
    pairs = zip(short.keys, long.keys, strict=False)
    return all(_same_key(a, b, single) for a, b in pairs)


def _stored(index: Index) -> set[str]:
    return {*index.include, *(key.column for key in index.keys if key.column is not None)}


def _predicate(index: Index) -> object:
    if index.predicate is None:
        return None
    try:
        return parse_expression(index.predicate)
    except Unreadable:
        return index.predicate


def _same_key(a: IndexKey, b: IndexKey, single: bool) -> bool:
    """One column is read backwards as well as forwards: there only the null order counts."""
    if (a.column, a.collation, a.opclass) != (b.column, b.collation, b.opclass):
        return False
    if a.expression != b.expression:
        return False
    same_way = a.descending == b.descending
    same_nulls = (_nulls_first(a) == _nulls_first(b)) == same_way
    return same_nulls and (same_way or single)


def _nulls_first(key: IndexKey) -> bool:
    return key.descending if key.nulls_first is None else key.nulls_first


def duplicate_unique(table: Table) -> tuple[Duplicate, ...]:
    """Two separate unique indexes or constraints on the same columns."""
    seen: dict[object, Access] = {}
    found: list[Duplicate] = []
    for access in _unique(table):
        columns = tuple(key.column or "" for key in access.index.keys)
        key = (frozenset(columns), _predicate(access.index), access.index.nulls_not_distinct)
        first = seen.setdefault(key, access)
        if first is not access:
            found.append(Duplicate(columns, first.name, access.name, access.location))
    return tuple(found)


@latest
def _unique(table: Table) -> tuple[Access, ...]:
    """Unique indexes and constraints on plain columns."""
    return tuple(
        access
        for access in accesses(table)
        if access.index.unique and all(key.column is not None for key in access.index.keys)
    )


def is_unique(table: Table, columns: Sequence[str]) -> bool:
    """Whether no two rows can hold the same values in the columns.

    By a primary key, a unique constraint or a valid unique index on them or some of them; a
    partial index counts only where its predicate says no more than that they are not null.
    """
    wanted = set(columns)
    return any(_holds_apart(access.index, wanted) for access in _unique(table))


def _holds_apart(index: Index, columns: set[str]) -> bool:
    whole = index.predicate is None or _only_not_null(index.predicate, columns)
    return whole and {key.column for key in index.keys} <= columns
