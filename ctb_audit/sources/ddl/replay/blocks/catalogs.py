"""Rows of the system catalogs and of the information schema, as far as the model knows them.

A column that is not among a row's is not known; a catalog that is not listed is not either.
"""

from collections.abc import Callable, Iterator, Mapping

from ctb_audit.model import Constraint, Name, Table
from ctb_audit.sources.ddl.replay.blocks.functions import DATABASE
from ctb_audit.sources.ddl.replay.blocks.values import Oid, Row, Undecided
from ctb_audit.sources.ddl.replay.state import State

Rows = Iterator[Row]

NAMED_BY: Mapping[str, str] = {
    "pg_class": "relname",
    "pg_attribute": "attrelid",
    "pg_tables": "tablename",
    "pg_indexes": "tablename",
    "pg_policies": "tablename",
    "pg_constraint": "conrelid",
    "pg_trigger": "tgrelid",
    "pg_index": "indrelid",
    "columns": "table_name",
    "tables": "table_name",
    "table_constraints": "table_name",
}
"""The column in which each has the name of a relation, or its number."""

_KINDS = {"table": "r", "foreign table": "f", "view": "v", "materialized view": "m"}
_MORE_KINDS = {"sequence": "S", "index": "i", "type": "c"}
_CONSTRAINT_KINDS = {
    "check": ("c", "CHECK"),
    "foreign key": ("f", "FOREIGN KEY"),
    "primary key": ("p", "PRIMARY KEY"),
    "unique": ("u", "UNIQUE"),
    "exclusion": ("x", ""),
}
_TYPE_KINDS = {"enum": "e", "domain": "d", "composite": "c", "range": "r"}
_POLICY_COMMANDS = {"all": "*", "select": "r", "insert": "a", "update": "w", "delete": "d"}
_SERVER_SCHEMAS = ("pg_catalog", "information_schema", "pg_toast")


def rows(state: State, schema: str | None, name: str, only: str | None) -> Rows:
    """The rows of a catalog; `only`: those of the relation of this name.

    Raises Undecided for any other relation: what rows it holds, only a run would tell.
    """
    views = _INFORMATION if schema == "information_schema" else _CATALOGS
    found = views.get(name) if schema in (None, "pg_catalog", "information_schema") else None
    if found is None or (schema is None and state.find(Name(None, name)) is not None):
        raise Undecided
    return found(state, only)


def _tables(state: State, only: str | None) -> Iterator[Table]:
    for table in state.tables.ordered():
        if only is None or table.name == only:
            yield table


def _relation(name: Name) -> Oid:
    return Oid("pg_class", name.schema or "", name.name)


def _namespace(schema: str | None) -> Oid:
    return Oid("pg_namespace", "", schema or "")


# ---- pg_catalog ------------------------------------------------------------------------------


def _pg_namespace(state: State, only: str | None) -> Rows:
    for schema in (*state.schemas, *_SERVER_SCHEMAS):
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
    for table in _tables(state, only):
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


def _pg_tables(state: State, only: str | None) -> Rows:
    for table in _tables(state, only):
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


def _constraints(state: State, only: str | None) -> Iterator[tuple[Table, Constraint]]:
    for table in _tables(state, only):
        for constraint in table.constraints:
            yield table, constraint


def _pg_constraint(state: State, only: str | None) -> Rows:
    for table, constraint in _constraints(state, only):
        numbers = {column.name: number for number, column in enumerate(table.columns, 1)}
        target = constraint.target
        yield {
            "conname": constraint.name,
            "connamespace": _namespace(table.schema),
            "contype": _CONSTRAINT_KINDS[constraint.kind][0],
            "conrelid": _relation(table.qualified),
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
            "typtype": _TYPE_KINDS.get(type_.kind, "b"),
        }
    for name in (*state.tables, *state.views):
        yield {
            "oid": Oid("pg_type", name.schema or "", name.name),
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
    for table in _tables(state, only):
        for trigger in table.triggers or ():
            yield {
                "tgname": trigger.name,
                "tgrelid": _relation(table.qualified),
                "tgisinternal": False,
            }


def _pg_policies(state: State, only: str | None) -> Rows:
    for table in _tables(state, only):
        for policy in table.policies or ():
            yield {
                "schemaname": table.schema,
                "tablename": table.name,
                "policyname": policy.name,
                "permissive": "PERMISSIVE" if policy.permissive else "RESTRICTIVE",
                "cmd": policy.command.upper(),
            }


def _pg_policy(state: State, only: str | None) -> Rows:
    for table in _tables(state, only):
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


_CATALOGS: Mapping[str, Callable[[State, str | None], Rows]] = {
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


# ---- information_schema ----------------------------------------------------------------------


def _schemata(state: State, only: str | None) -> Rows:
    for schema in (*state.schemas, *_SERVER_SCHEMAS):
        yield {"catalog_name": DATABASE, "schema_name": schema}


def _place(table: Table) -> dict[str, str]:
    return {"table_catalog": DATABASE, "table_schema": table.schema, "table_name": table.name}


def _all_tables(state: State, only: str | None) -> Rows:
    for table in _tables(state, only):
        kind = "FOREIGN" if table.kind == "foreign" else "BASE TABLE"
        yield {**_place(table), "table_type": kind}
    for entry in state.views.ordered():
        view = entry.view
        if not view.materialized and only in (None, view.name):
            yield {
                "table_catalog": DATABASE,
                "table_schema": view.schema,
                "table_name": view.name,
                "table_type": "VIEW",
            }


def _columns(state: State, only: str | None) -> Rows:
    for table in _tables(state, only):
        for number, column in enumerate(table.columns, 1):
            type_ = column.type
            row: dict[str, str | int | None] = {
                **_place(table),
                "column_name": column.name,
                "ordinal_position": number,
                "is_nullable": "YES" if column.nullable else "NO",
                "is_identity": "YES" if column.identity else "NO",
            }
            if type_.dimensions:
                row["data_type"] = "ARRAY"
            elif "." in type_.name:
                row |= {"data_type": "USER-DEFINED", "udt_name": type_.name.rpartition(".")[2]}
            elif type_.family != "unknown":
                row["data_type"] = type_.name
            if column.default is None:
                row["column_default"] = None
            yield row


def _table_constraints(state: State, only: str | None) -> Rows:
    for table, constraint in _constraints(state, only):
        kind = _CONSTRAINT_KINDS[constraint.kind][1]
        if kind:
            yield {
                **_place(table),
                "constraint_catalog": DATABASE,
                "constraint_schema": table.schema,
                "constraint_name": constraint.name,
                "constraint_type": kind,
            }


def _key_column_usage(state: State, only: str | None) -> Rows:
    for table, constraint in _constraints(state, only):
        if constraint.kind in ("foreign key", "primary key", "unique"):
            for number, column in enumerate(constraint.columns, 1):
                yield {
                    **_place(table),
                    "constraint_catalog": DATABASE,
                    "constraint_schema": table.schema,
                    "constraint_name": constraint.name,
                    "column_name": column,
                    "ordinal_position": number,
                }


def _constraint_column_usage(state: State, only: str | None) -> Rows:
    """Of a foreign key the columns that it points to; of a check those that it reads."""
    for table, constraint in _constraints(state, only):
        target = constraint.target or table.qualified
        columns = constraint.target_columns or constraint.columns
        for column in columns:
            yield {
                "table_catalog": DATABASE,
                "table_schema": target.schema or "",
                "table_name": target.name,
                "column_name": column,
                "constraint_schema": table.schema,
                "constraint_name": constraint.name,
            }
        if not columns:
            yield {
                **_place(table),
                "constraint_schema": table.schema,
                "constraint_name": constraint.name,
            }


def _views(state: State, only: str | None) -> Rows:
    for row in _all_tables(state, only):
        if row["table_type"] == "VIEW":
            yield row


def _triggers(state: State, only: str | None) -> Rows:
    """One row for each event, as there."""
    for table in _tables(state, only):
        for trigger in table.triggers or ():
            for event in trigger.events:
                if event == "truncate":
                    continue
                yield {
                    "trigger_catalog": DATABASE,
                    "trigger_schema": table.schema,
                    "trigger_name": trigger.name,
                    "event_manipulation": event.upper(),
                    "event_object_catalog": DATABASE,
                    "event_object_schema": table.schema,
                    "event_object_table": table.name,
                }


_INFORMATION: Mapping[str, Callable[[State, str | None], Rows]] = {
    "schemata": _schemata,
    "tables": _all_tables,
    "columns": _columns,
    "table_constraints": _table_constraints,
    "key_column_usage": _key_column_usage,
    "constraint_column_usage": _constraint_column_usage,
    "views": _views,
    "triggers": _triggers,
}
