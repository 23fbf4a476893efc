"""What replay knows while it folds statements: one state for each system."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import (
    Extension,
    Function,
    Name,
    Problem,
    Schema,
    Sequence,
    System,
    Table,
    UserType,
    View,
)
from ctb_audit.sources.ddl.operations import DefaultPrivileges, Script, StatementEffect
from ctb_audit.sources.ddl.replay.choice import Choice
from ctb_audit.sources.ddl.replay.ledger import Journal, Ledger, Links, Tally
from ctb_audit.sources.ddl.replay.privileges_model import PUBLIC_SCHEMA_GRANTS
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal, duplicate

if TYPE_CHECKING:
    from ctb_audit.semantics.query_columns import Output

Mode = Literal["server", "lenient"]
RelationKind = Literal[
    "table", "foreign table", "view", "materialized view", "sequence", "index", "type", "temporary"
]
TEMPORARY = "pg_temp"
DEFAULT_SCHEMAS: dict[System, str] = {
    "postgresql": "public",
    "sqlite": "main",
    "bigquery": "default",
    "mysql": "default",
    "firestore": "default",
}


@dataclass(frozen=True, slots=True)
class ViewEntry:
    """A view and the relations that it reads, resolved.

    `reads`: their columns, None where the query could not be followed; `output`: its own columns.
    """

    view: View
    sources: tuple[Name, ...] = ()
    reads: frozenset[tuple[Name, str]] | None = None
    output: "Output | None" = None


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """Whose index a name is; `constraint`: it backs the constraint of the same name.

    `parent`: the partitioned index that it belongs to.
    """

    owner: Name
    constraint: bool = False
    parent: Name | None = None


FunctionKey = tuple[Name, tuple[str, ...]]


class State:
    """Ledgers by kind of object, all undone by one journal; `relations` is pg_class.

    `users` holds, for a name, the tables and views that may refer to it: only ever added to, so
    whoever reads it verifies; so is `owned`, the sequences that columns of a table own.
    `local_parts`: what a child declares itself and inherits too; `typed`: tables OF a type.
    `open_tables`: made by a query whose columns could not all be told, so they may have any.
    `session` holds "path" and "local path". `scripts`: those that were begun; `trying`: how many
    blocks around may catch a refusal.
    """

    def __init__(
        self, system: System, mode: Mode, version: int, user: str | None, problems: list[Problem]
    ) -> None:
        self.system: System = system
        self.mode: Mode = mode
        self.postgres = system == "postgresql"
        self.strict = mode == "server"
        self.version = version
        self.user = user
        self.journal = journal = Journal()
        self.problems = problems
        self.effect: StatementEffect | None = None
        self.scripts: list[Script] = []
        self.trying = 0
        self.schemas: Ledger[str, Schema] = Ledger(journal)
        self.relations: Ledger[Name, RelationKind] = Ledger(journal)
        self.tables: Ledger[Name, Table] = Ledger(journal)
        self.views: Ledger[Name, ViewEntry] = Ledger(journal)
        self.sequences: Ledger[Name, Sequence] = Ledger(journal)
        self.indexes: Ledger[Name, IndexEntry] = Ledger(journal)
        self.types: Ledger[Name, UserType] = Ledger(journal)
        self.functions: Ledger[FunctionKey, Function] = Ledger(journal)
        self.overloads: Ledger[Name, tuple[FunctionKey, ...]] = Ledger(journal)
        self.extensions: Ledger[str, Extension] = Ledger(journal)
        self.defaults: Ledger[int, DefaultPrivileges] = Ledger(journal)
        self.session: Ledger[str, tuple[str, ...]] = Ledger(journal)
        self.constraint_names: Tally[Name] = Tally(journal)
        self.users: Links[Name, Name] = Links(journal)
        self.owned: Links[Name, Name] = Links(journal)
        self.local_parts: Ledger[tuple[Name, str, str], bool] = Ledger(journal)
        self.typed: Ledger[Name, Name] = Ledger(journal)
        self.open_tables: Ledger[Name, bool] = Ledger(journal)
        self.chosen = Choice(journal)
        if self.postgres:
            self.schemas["public"] = Schema("public", grants=PUBLIC_SCHEMA_GRANTS)
        journal.forget()

    # ---- problems ------------------------------------------------------------------------

    def record(self, refusal: Refusal) -> None:
        """List a refusal at the current statement."""
        effect = self.effect
        self.problems.append(
            Problem(
                refusal.kind,
                refusal.message,
                refusal.objects,
                effect.excerpt if effect else "",
                effect.location if effect else None,
            )
        )

    def complain(self, refusal: Refusal) -> None:
        """Refuse the statement in server mode; in lenient mode list the refusal and go on."""
        if self.strict:
            raise refusal
        if not (refusal.tolerable and self.effect and self.effect.guarded):
            self.record(refusal)

    # ---- schemas and names -----------------------------------------------------------------

    @property
    def path(self) -> tuple[str, ...]:
        """The schemas searched for names without one."""
        local = self.session.get("local path")
        if local is not None:
            return local
        path = self.session.get("path")
        return self.default_path if path is None else path

    @property
    def default_path(self) -> tuple[str, ...]:
        return (DEFAULT_SCHEMAS[self.system],)

    def creation_schema(self, schema: str | None) -> str:
        """Where a new object goes."""
        if schema is None:
            path = [s for s in self.path if s and not s.startswith("$") and s != "pg_catalog"]
            known = next((s for s in path if s in self.schemas), None)
            if known is not None and (self.strict or known == path[0]):
                return known
            if self.strict and self.postgres:
                raise Refusal("no schema has been selected to create in")
            schema = path[0] if path else DEFAULT_SCHEMAS[self.system]
        self.require_schema(schema)
        return schema

    def require_schema(self, schema: str) -> None:
        """The schema exists, or is made so in lenient mode."""
        if schema in self.schemas:
            return
        if self.strict and self.postgres:
            raise Refusal(f'schema "{schema}" does not exist')
        self.schemas[schema] = Schema(schema)

    def creation_name(self, name: Name) -> Name:
        return Name(self.creation_schema(name.schema), name.name)

    def candidates(self, name: Name) -> Iterator[Name]:
        """The qualified names that a name as written may mean, in order of search."""
        if name.schema is not None:
            yield name
            return
        yield Name(TEMPORARY, name.name)
        for schema in self.path:
            yield Name(schema, name.name)

    def find(self, name: Name) -> Name | None:
        """The relation that a name as written means."""
        if name.schema is not None:
            return name if name in self.relations else None
        return next((c for c in self.candidates(name) if c in self.relations), None)

    def assumed(self, name: Name) -> Name:
        """The qualified name where nothing defines the relation."""
        if name.schema is not None:
            return name
        path = [s for s in self.path if not s.startswith("$")]
        return Name(path[0] if path and path[0] else DEFAULT_SCHEMAS[self.system], name.name)

    def claim(self, name: Name, kind: RelationKind) -> None:
        """Enter a relation into its schema; refuse a name in use."""
        if name in self.relations:
            raise duplicate(f'relation "{name.name}" already exists', name)
        if kind in ("table", "view", "materialized view", "type") and name in self.types:
            raise duplicate(f'type "{name.name}" already exists', name)
        self.relations[name] = kind

    def claim_temporary(self, name: str) -> None:
        """Temporary objects are left out, but statements on them are no errors."""
        self.relations[Name(TEMPORARY, name)] = "temporary"

    # ---- tables -----------------------------------------------------------------------------

    def table_name(self, name: Name, what: str = "relation") -> Name:
        """The table that a name as written means."""
        found = self.find(name)
        if found is None:
            raise Refusal(f'{what} "{name}" does not exist', self.assumed(name))
        if self.relations[found] == "temporary":
            raise Ignored
        if found not in self.tables:
            raise Refusal(f'"{name.name}" is not a table', found)
        return found

    def put(self, table: Table) -> None:
        self.tables[table.qualified] = table

    def children(self, parent: Name) -> list[Name]:
        """Direct inheritance children and partitions."""
        found = []
        for name in self.users.of(parent):
            table = self.tables.get(name)
            if table and (table.partition_of == parent or parent in table.inherits):
                found.append(name)
        return found

    def partitions(self, parent: Name) -> list[Name]:
        table = self.tables.get(parent)  # None: the index of a materialized view
        if table is None or table.partition_by is None:
            return []
        return [n for n in self.children(parent) if self.tables[n].partition_of == parent]

    def using_tables(self, name: Name) -> Iterator[Table]:
        """Tables that may refer to `name`; the caller verifies."""
        for user in self.users.of(name):
            table = self.tables.get(user)
            if table is not None:
                yield table

    def using_views(self, names: Iterable[Name]) -> Iterator[ViewEntry]:
        """Views that read one of the relations."""
        for name in names:
            for user in self.users.of(name):
                entry = self.views.get(user)
                if entry is not None and name in entry.sources:
                    yield entry
