"""From changes to edits of the scripts that create the tables.

What a CREATE TABLE can hold is written into it; functions, triggers, indexes, and what depends on
statements that come later, follow the statement that they need.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ctb_audit.model import Catalog, Constraint, Location, Name, Table
from ctb_audit.remedy.backfill import Backfill
from ctb_audit.remedy.change import PHASES, Change
from ctb_audit.remedy.columns import AddColumn, SetDefault, SetNotNull, WidenColumn
from ctb_audit.remedy.constraints import AddCheck, AddForeignKey, AddUnique, ValidateConstraint
from ctb_audit.remedy.in_place.columns import new_column, new_constraint, touched
from ctb_audit.remedy.in_place.definition import Definition, definition_of, table_name
from ctb_audit.remedy.in_place.edits import Edit, insertions
from ctb_audit.remedy.in_place.following import Following, following_edits, statements_of
from ctb_audit.remedy.in_place.places import Place, Places
from ctb_audit.remedy.in_place.shipped import Refusal
from ctb_audit.remedy.in_place.style import Style, newline_of, style_of
from ctb_audit.remedy.in_place.tokens import tokens
from ctb_audit.remedy.indexes import CreateIndex
from ctb_audit.remedy.quoting import relation
from ctb_audit.remedy.routines import CreateFunction, CreateTrigger
from ctb_audit.remedy.security import CreatePolicy, SecureRows

WRITABLE = (AddColumn, SetDefault, SetNotNull, WidenColumn, AddCheck, AddForeignKey, AddUnique)
FOLLOWING = (ValidateConstraint, CreateIndex, CreateTrigger, SecureRows, CreatePolicy)
_WRITE_MIGRATIONS = "run ctb remediate without --in-place for this table"


def of_new_tables(changes: Iterable[Change], order: Sequence[str]) -> tuple[Change, ...]:
    """The changes as tables that hold no row need them: nothing is filled, new columns are
    NOT NULL at once. What no CREATE TABLE can say is left out. `order` is that of new columns.
    """
    ranks = {name: rank for rank, name in enumerate(order)}
    listed = sorted(changes, key=lambda c: ranks.get(getattr(c, "column", ""), len(ranks)))
    listed.sort(key=lambda c: (not isinstance(c, AddColumn), PHASES.index(c.phase)))
    added = {(c.table, c.column) for c in listed if isinstance(c, AddColumn)}
    found: list[Change] = []
    defaults: set[tuple[Name, str, str]] = set()
    for change in listed:
        if isinstance(change, AddColumn):
            found.append(replace(change, old=change.default))
        elif isinstance(change, SetNotNull) and (change.table, change.column) in added:
            continue
        elif isinstance(change, SetDefault):
            key = (change.table, change.column, change.default)
            found += [change] * (key not in defaults)
            defaults.add(key)
        elif isinstance(change, (CreateFunction, *WRITABLE, *FOLLOWING)):
            found.append(change)
    return tuple(found)


def is_written(change: Change) -> bool:
    """Whether the change, or what it stands for on a new table, is written in place."""
    return isinstance(change, (Backfill, CreateFunction, *WRITABLE, *FOLLOWING))


@dataclass(frozen=True)
class Written:
    """Edits by path; the changes that they make; tables that are not edited, and why."""

    edits: Mapping[str, tuple[Edit, ...]] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    refused: tuple[Refusal, ...] = ()


@dataclass
class _Draft:
    edits: defaultdict[str, list[Edit]] = field(default_factory=lambda: defaultdict(list))
    following: list[Following] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    added: dict[tuple[Name, str], Place] = field(default_factory=dict)


def written(catalog: Catalog, places: Places, changes: Sequence[Change]) -> Written:
    """The edits that make the changes, of tables that `catalog`, replayed from `places`, holds."""
    functions = tuple(c for c in changes if isinstance(c, CreateFunction))
    by_table: dict[Name, list[Change]] = {}
    for change in changes:
        if not isinstance(change, CreateFunction):
            by_table.setdefault(change.table, []).append(change)
    tables = {t.qualified: t for t in catalog.tables if t.system == "postgresql"}
    draft, refused = _Draft(), list[Refusal]()
    for name, table in tables.items():  # parents stand before their heirs
        if name in by_table:
            writer = _TableWriter(table, catalog, places, functions)
            refusal = writer.write(by_table[name], draft)
            refused += [refusal] if refusal else []
    following_edits(draft.following, catalog, places, draft.edits)
    used = [f for f in functions if any(f in item.functions for item in draft.following)]
    edits = {path: tuple(found) for path, found in draft.edits.items()}
    return Written(edits, (*used, *draft.changes), tuple(refused))


class _TableWriter:
    """The changes of one table, each at its place."""

    def __init__(
        self,
        table: Table,
        catalog: Catalog,
        places: Places,
        functions: Sequence[CreateFunction],
    ) -> None:
        self._table = table
        self._catalog = catalog
        self._places = places
        self._functions = functions

    def write(self, changes: Sequence[Change], draft: _Draft) -> Refusal | None:
        own = self._places.of(self._table.location)
        if own is None:
            return self._refused("is created by a file that no script of the sources is")
        statement = self._places.statement(own)
        named = table_name(statement.text)
        if named[-1:] != (self._table.name,):
            return self._refused(
                "is created by a statement that cannot be edited, or renamed later"
            )
        definition = definition_of(statement.text)
        file = self._places.pieces[own.script]
        attached = self._attached()
        newline = newline_of(statement.text, file.text)
        style = Style(newline=newline, schema=self._table.schema if len(named) == 1 else "")
        if definition is not None:
            before = file.text[: statement.offset]
            style = style_of(definition, before, file.text, self._table.schema)
        inline: list[Change] = []
        following: list[Following] = []
        for change in changes:
            place = max(own, attached or own, *self._needed(change, own, draft))
            if isinstance(change, AddColumn):
                draft.added[self._table.qualified, change.column] = place
            if definition is not None and place == own and isinstance(change, WRITABLE):
                inline.append(change)
            else:
                here = place.script == own.script and "search_path" not in file.text
                told = style if here or place == own else replace(style, schema="")
                following.append(self._following(change, place, told, definition))
        if definition is not None:
            edits, rest = self._inline(inline, definition, style)
            draft.edits[file.path] += [edit.moved(statement.offset) for edit in edits]
            draft.following += [self._following(c, own, style, definition) for c in rest]
        draft.following += following
        draft.changes += changes
        return None

    def _refused(self, problem: str) -> Refusal:
        place = str(self._table.location or self._catalog.source)
        return Refusal(self._table.qualified, place, problem, _WRITE_MIGRATIONS)

    def _attached(self) -> Place | None:
        """The last statement that joins a table to this one or copies its columns, which must
        find it as it was.
        """
        name = self._table.qualified
        found = [self._places.copied(name)]
        for child in self._catalog.tables:
            if child.partition_of == name or name in child.inherits:
                found.append(self._places.attached(child.qualified))
        return max((place for place in found if place), default=None)

    def _needed(self, change: Change, own: Place, draft: _Draft) -> Iterator[Place]:
        """The statements without which the change cannot be made."""
        for name in _columns(change):
            column = self._table.column(name)
            if column is None:
                yield from self._comes_with(name, draft)
            place = self._places.of(column.location if column else None) or own
            if column is not None and place == own and not self._defines(name):
                place = max(place, self._places.renamed(name) or place)
            yield place
        if isinstance(change, AddForeignKey):
            yield self._places.of(self._key(change)) or own
        if isinstance(change, ValidateConstraint):
            held = next((c for c in self._table.constraints if c.name == change.name), None)
            yield self._places.of(held.location if held else None) or own

    def _comes_with(self, column: str, draft: _Draft) -> Iterator[Place]:
        """Where the tables above this one receive the column."""
        waiting = [self._table]
        while waiting:
            table = waiting.pop()
            parents = (*table.inherits, *([table.partition_of] if table.partition_of else []))
            for parent in parents:
                if (place := draft.added.get((parent, column))) is not None:
                    yield place
                above = self._catalog.tables_by_name.get(("postgresql", parent))
                waiting += [above] if above is not None else []

    def _defines(self, column: str) -> bool:
        """Whether the text that creates the table names the column."""
        own = self._places.of(self._table.location)
        text = self._places.statement(own).text if own else ""
        return any(token.folded == column for token in tokens(text))

    def _key(self, change: AddForeignKey) -> Location | None:
        """Where the key that a foreign key refers to is defined."""
        target = self._catalog.tables_by_name.get(("postgresql", change.target))
        if target is None:
            return None
        keys: tuple[Constraint, ...] = target.constraints
        fitting = (
            c.location
            for c in keys
            if c.kind in ("primary key", "unique") and set(c.columns) == set(change.target_columns)
        )
        return next(fitting, target.location)

    def _inline(
        self, changes: Sequence[Change], definition: Definition, style: Style
    ) -> tuple[list[Edit], list[Change]]:
        """Edits of the statement, and the changes that it cannot hold."""
        edits: list[Edit] = []
        rest: list[Change] = []
        columns: list[str] = []
        constraints: list[str] = []
        for change in changes:
            match change:
                case AddColumn():
                    late = self._is_late(change)
                    columns.append(new_column(change, style, default=not late))
                    rest += [_default_of(change)] if late else []
                case AddCheck() | AddForeignKey() | AddUnique():
                    constraints.append(new_constraint(change, style))
                case SetDefault() | SetNotNull() | WidenColumn():
                    element = definition.column(change.column)
                    late = isinstance(change, SetDefault) and self._is_late(change)
                    made = None if element is None or late else touched(element, change, style)
                    if made is None:
                        rest.append(change)
                    else:
                        edits += made
        edits += insertions(definition, columns, constraints, style)
        return edits, rest

    def _is_late(self, change: AddColumn | SetDefault) -> bool:
        """Whether the default calls what only stands behind the table."""
        return change.sequence is not None or bool(_called(change.default, self._functions))

    def _following(
        self, change: Change, place: Place, style: Style, definition: Definition | None
    ) -> Following:
        again = definition is not None and definition.again
        text = tuple(style.sql(sql) for sql in statements_of(change, again=again))
        return Following(place, text, self._used(change), style)

    def _used(self, change: Change) -> tuple[CreateFunction, ...]:
        if isinstance(change, CreateTrigger):
            return tuple(f for f in self._functions if f.table == change.function)
        if isinstance(change, AddColumn | SetDefault):
            return _called(change.default, self._functions)
        return ()


def _called(sql: str, functions: Iterable[CreateFunction]) -> tuple[CreateFunction, ...]:
    return tuple(f for f in functions if f"{relation(f.table)}(" in sql)


def _default_of(change: AddColumn) -> SetDefault:
    return SetDefault(
        table=change.table,
        column=change.column,
        default=change.default,
        sequence=change.sequence,
        safety=change.safety,
    )


def _columns(change: Change) -> tuple[str, ...]:
    match change:
        case SetDefault() | SetNotNull() | WidenColumn():
            return (change.column,)
        case AddCheck() | AddForeignKey() | AddUnique() | CreateIndex():
            return change.columns
    return ()
