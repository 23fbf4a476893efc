"""Rows of the system catalogs, as far as the model knows them; a column that is not among a row's
is not known.
"""

from collections.abc import Callable, Iterator, Mapping

from ctb_audit.model import Constraint, Name, Table, View
from ctb_audit.sources.ddl.replay.blocks.values import Oid, Row, Undecided
from ctb_audit.sources.ddl.replay.state import State

Rows = Iterator[Row]

_KINDS = {"table": "r", "foreign table": "f", "view": "v", "materialized view": "m"}
_MORE_KINDS = {"sequence": "S", "index": "i", "type": "c"}
CONSTRAINT_KINDS = {
    "check": ("c", "CHECK"),
    "foreign key": ("f", "FOREIGN KEY"),
    "primary key": ("p", "PRIMARY KEY"),
    "unique": ("u", "UNIQUE"),
    "exclusion": ("x", ""),
}
_TYPE_KINDS = {
    **{"enum": "e", "domain": "d", "composite": "c", "range": "r"},
    **{"base": "b", "shell": "p"},
}
_POLICY_COMMANDS = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}
SERVER_SCHEMAS = ("pg_catalog", "information_schema", "pg_toast")


def tables(state: State, only: str | None) -> Iterator[Table]:
    for table in state.tables.ordered():
        if only is None or table.name == only:
            yield table


def columns_of_views(state: State, only: str | None) -> Iterator[tuple[View, tuple[str, ...]]]:
    """Raises Undecided for a view whose columns are not known."""
    for entry in state.views.ordered():
        if only is None or entry.view.name == only:
            if entry.view.columns is None:
                raise Undecided
            yield entry.view, entry.view.columns


def _relation(name: Name, catalog: str = "pg_class") -> Oid:
    return Oid(catalog, str(name.schema), name.name)


def _namespace(schema: str | None) -> Oid:
    return Oid("pg_namespace", "", str(schema))


def _pg_namespace(state: State, only: str | None) -> Rows:
    for schema in (*state.schemas, *SERVER_SCHEMAS):
        yield {"oid": _namespace(schema), "nspname": schema}


def _pg_class(state: State, only: str | None) -> Rows:
    for name, kind in [(n, state.relations[n]) for n in state.relations]:
        if (only is not None and name.name != only) or kind == "temporary":
            continue
        table = state.tables.get(name)
        letter = _KINDS.get(kind) or _MORE_KINDS[kind]
        row: dict[str, object] = {
            "oid": _relation(name),
            "relname": name.name,
            "relnamespace": _namespace(name.schema),
            "relkind": "p" if table is not None and table.partition_by else letter,
        }
        if table is not None:
            row |= {
                "relrowsecurity": bool(table.row_level_security),
                "relforcerowsecurity": bool(table.force_row_level_security),
                "relispartition": table.partition_of is not None,
            }
        yield row  # type: ignore[misc]


def _pg_attribute(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        for number, column in enumerate(table.columns, 1):
            yield {
                "attrelid": _relation(table.qualified),
                "attname": column.name,
                "attnum": number,
                "attnotnull": not column.nullable,
                "attisdropped": False,
                "attidentity": {"always": "a", "by default": "d"}.get(column.identity, ""),
                "atthasdef": column.default is not None or column.generated is not None,
            }
    for view, names in columns_of_views(state, only):
        for number, name in enumerate(names, 1):
            yield {
                "attrelid": _relation(Name(view.schema, view.name)),
                "attname": name,
                "attnum": number,
                "attnotnull": False,
                "attisdropped": False,
                "attidentity": "",
                "atthasdef": False,
            }


def _pg_tables(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        if table.kind != "foreign":
            yield {
                "schemaname": table.schema,
                "tablename": table.name,
                "rowsecurity": bool(table.row_level_security),
            }


def _pg_views(state: State, only: str | None) -> Rows:
    for entry in state.views.ordered():
        if not entry.view.materialized:
            yield {"schemaname": entry.view.schema, "viewname": entry.view.name}


def _pg_matviews(state: State, only: str | None) -> Rows:
    for entry in state.views.ordered():
        if entry.view.materialized:
            yield {"schemaname": entry.view.schema, "matviewname": entry.view.name}


def _pg_sequences(state: State, only: str | None) -> Rows:
    for sequence in state.sequences.ordered():
        yield {"schemaname": sequence.schema, "sequencename": sequence.name}


def _pg_indexes(state: State, only: str | None) -> Rows:
    for name in state.indexes:
        owner = state.indexes[name].owner
        if only is None or owner.name == only:
            yield {"schemaname": name.schema, "tablename": owner.name, "indexname": name.name}


def _pg_index(state: State, only: str | None) -> Rows:
    for name in state.indexes:
        owner = state.indexes[name].owner
        if only is None or owner.name == only:
            yield {"indexrelid": _relation(name), "indrelid": _relation(owner)}


def constraints(state: State, only: str | None) -> Iterator[tuple[Table, Constraint]]:
    for table in tables(state, only):
        for constraint in table.constraints:
            yield table, constraint


def _pg_constraint(state: State, only: str | None) -> Rows:
    for table, constraint in constraints(state, only):
        numbers = {column.name: number for number, column in enumerate(table.columns, 1)}
        target = constraint.target
        yield {
            "conname": constraint.name,
            "connamespace": _namespace(table.schema),
            "contype": CONSTRAINT_KINDS[constraint.kind][0],
            "conrelid": _relation(table.qualified),
            "contypid": 0,
            "confrelid": 0 if target is None else _relation(target),
            "convalidated": constraint.validated,
            "condeferrable": constraint.deferrable,
            "conkey": [numbers[c] for c in constraint.columns if c in numbers],
        }
    for type_ in state.types.ordered() if only is None else ():
        for constraint in type_.constraints:
            yield {
                "conname": constraint.name,
                "connamespace": _namespace(type_.schema),
                "contype": "c",
                "contypid": Oid("pg_type", type_.schema, type_.name),
                "conrelid": 0,
                "confrelid": 0,
                "convalidated": constraint.validated,
                "condeferrable": False,
                "conkey": None,
            }


def _pg_type(state: State, only: str | None) -> Rows:
    for type_ in state.types.ordered():
        yield {
            "oid": Oid("pg_type", type_.schema, type_.name),
            "typname": type_.name,
            "typnamespace": _namespace(type_.schema),
            "typtype": _TYPE_KINDS[type_.kind],
            "typrelid": _relation(Name(type_.schema, type_.name))
            if type_.kind == "composite"
            else 0,
        }
    for name in (*state.tables, *state.views):
        yield {
            "oid": _relation(name, "pg_type"),
            "typname": name.name,
            "typnamespace": _namespace(name.schema),
            "typtype": "c",
            "typrelid": _relation(name),
        }


def _pg_enum(state: State, only: str | None) -> Rows:
    for type_ in state.types.ordered():
        for number, label in enumerate(type_.labels or (), 1):
            yield {
                "enumtypid": Oid("pg_type", type_.schema, type_.name),
                "enumlabel": label,
                "enumsortorder": number,
            }


def _pg_trigger(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        for trigger in table.triggers or ():
            yield {
                "tgname": trigger.name,
                "tgrelid": _relation(table.qualified),
                "tgisinternal": False,
            }


def _pg_policies(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        for policy in table.policies or ():
            yield {
                "schemaname": table.schema,
                "tablename": table.name,
                "policyname": policy.name,
                "permissive": "PERMISSIVE" if policy.permissive else "RESTRICTIVE",
                "cmd": policy.command.upper(),
            }


def _pg_policy(state: State, only: str | None) -> Rows:
    for table in tables(state, only):
        for policy in table.policies or ():
            yield {
                "polname": policy.name,
                "polrelid": _relation(table.qualified),
                "polcmd": _POLICY_COMMANDS[policy.command],
            }


def _pg_extension(state: State, only: str | None) -> Rows:
    yield {"extname": "plpgsql", "extnamespace": _namespace("pg_catalog")}
    for extension in state.extensions.ordered():
        yield {"extname": extension.name, "extnamespace": _namespace(extension.schema)}


def _pg_roles(state: State, only: str | None) -> Rows:
    """The scripts' own role; which others a server has, no script tells."""
    if state.user is not None:
        yield {"rolname": state.user, "usename": state.user}
    raise Undecided


CATALOGS: Mapping[str, Callable[[State, str | None], Rows]] = {
    "pg_namespace": _pg_namespace,
    "pg_class": _pg_class,
    "pg_attribute": _pg_attribute,
    "pg_tables": _pg_tables,
    "pg_views": _pg_views,
    "pg_matviews": _pg_matviews,
    "pg_sequences": _pg_sequences,
    "pg_indexes": _pg_indexes,
    "pg_index": _pg_index,
    "pg_constraint": _pg_constraint,
    "pg_type": _pg_type,
    "pg_enum": _pg_enum,
    "pg_trigger": _pg_trigger,
    "pg_policies": _pg_policies,
    "pg_policy": _pg_policy,
    "pg_extension": _pg_extension,
    "pg_roles": _pg_roles,
    "pg_authid": _pg_roles,
    "pg_user": _pg_roles,
}
