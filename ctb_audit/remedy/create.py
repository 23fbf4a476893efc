"""A catalog of the model as the statements that create it on an empty server."""

from collections.abc import Iterable, Iterator

from ctb_audit.model import (
    Catalog,
    Column,
    Constraint,
    Index,
    IndexKey,
    Name,
    Sequence,
    Table,
    Trigger,
    UserType,
    View,
)
from ctb_audit.remedy.create_function import create_function
from ctb_audit.remedy.quoting import dollar_quoted, identifiers, relation, type_name
from ctb_audit.remedy.security import own_roles, policy_definition
from ctb_audit.semantics.quoting import identifier, literal

_OURS = ("public", "pg_catalog")


def creation(catalog: Catalog) -> Iterator[str]:
    """The statements, in an order that mostly works: run what fails again after the rest."""
    yield from map(create_role, sorted({r for t in catalog.tables for r in _policy_roles(t)}))
    for schema in sorted({s for s in _schemas(catalog) if s and s not in _OURS}):
        yield f"CREATE SCHEMA IF NOT EXISTS {identifier(schema)}"
    for extension in catalog.extensions:
        place = f" SCHEMA {identifier(extension.schema)}" if extension.schema else ""
        yield f"CREATE EXTENSION IF NOT EXISTS {identifier(extension.name)}{place}"
    yield from (text for type_ in catalog.types for text in _type(type_))
    owned = {c.serial for t in catalog.tables for c in t.columns if c.identity and c.serial}
    for sequence in catalog.sequences:
        if Name(sequence.schema, sequence.name) not in owned and not _is_identity(
            sequence, catalog
        ):
            yield _sequence(sequence)
    yield from (text for f in catalog.functions if (text := create_function(f)))
    tables = [t for t in catalog.tables if t.system == "postgresql"]
    yield from (_table(t) for t in tables)
    yield from _parts(catalog, tables)
    yield from _owned_sequences(catalog)


def _parts(catalog: Catalog, tables: list[Table]) -> Iterator[str]:
    """What stands on tables, and the views that read them."""
    for kinds in (("primary key", "unique", "exclusion"), ("check", "foreign key")):
        for table in tables:
            yield from _constraints(table, kinds)
    yield from (text for v in catalog.views if v.system == "postgresql" for text in _view(v))
    for table in _leaves_first(tables):
        yield from (_index(i, table.qualified) for i in table.indexes if not i.intended)
    for table in tables:
        yield from (text for t in table.triggers or () for text in _trigger(t, table))
        yield from (policy_definition(p, relation(table.qualified)) for p in table.policies or ())
        yield from _security(table)
        yield from _comments(table)


def _leaves_first(tables: Iterable[Table]) -> Iterable[Table]:
    """A partitioned table's index takes its partitions' into itself where they are there."""
    by_name = {t.qualified: t for t in tables}

    def depth(table: Table) -> int:
        parent = by_name.get(table.partition_of) if table.partition_of else None
        return 0 if parent is None else 1 + depth(parent)

    return sorted(by_name.values(), key=depth, reverse=True)


def _policy_roles(table: Table) -> Iterator[str]:
    return (role for policy in table.policies or () for role in own_roles(policy))


def create_role(name: str) -> str:
    """A role that policies name, unless another database of the server brought it."""
    there = f"SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(name)}"
    body = f"BEGIN IF NOT EXISTS ({there}) THEN CREATE ROLE {identifier(name)}; END IF; END"
    return f"DO {dollar_quoted(body, 'role')}"


def _schemas(catalog: Catalog) -> Iterator[str | None]:
    yield from (s.name for s in catalog.schemas)
    yield from (t.schema for t in catalog.tables)
    yield from (t.schema for t in catalog.types)
    yield from (f.schema for f in catalog.functions)
    yield from (v.schema for v in catalog.views)
    yield from (s.schema for s in catalog.sequences)
    yield from (e.schema for e in catalog.extensions)


def _type(type_: UserType) -> Iterator[str]:
    name = relation(Name(type_.schema, type_.name))
    if type_.kind == "enum":
        yield f"CREATE TYPE {name} AS ENUM ({', '.join(map(literal, type_.labels))})"
    elif type_.kind == "composite":
        fields = (f"{identifier(a.name)} {type_name(a.type)}" for a in type_.attributes)
        yield f"CREATE TYPE {name} AS ({', '.join(fields)})"
    elif type_.kind == "domain" and type_.base is not None:
        parts = [f"CREATE DOMAIN {name} AS {type_name(type_.base)}"]
        parts += [f"DEFAULT {type_.default}"] if type_.default is not None else []
        parts += [] if type_.nullable else ["NOT NULL"]
        parts += [
            f"CONSTRAINT {identifier(c.name)} CHECK ({c.expression})" if c.name else ""
            for c in type_.constraints
            if c.kind == "check"
        ]
        yield " ".join(parts)


def _is_identity(sequence: Sequence, catalog: Catalog) -> bool:
    if sequence.owned_by is None:
        return False
    schema, table, column = sequence.owned_by
    found = catalog.tables_by_name.get(("postgresql", Name(schema, table)))
    owner = found.column(column) if found else None
    return owner is not None and bool(owner.identity)


def _sequence(sequence: Sequence) -> str:
    parts = [
        f"CREATE SEQUENCE {relation(Name(sequence.schema, sequence.name))} AS {sequence.type}",
        f"INCREMENT BY {sequence.increment}",
    ]
    parts += [f"MINVALUE {sequence.minimum}"] if sequence.minimum is not None else []
    parts += [f"MAXVALUE {sequence.maximum}"] if sequence.maximum is not None else []
    parts += [f"START WITH {sequence.start}", f"CACHE {sequence.cache}"]
    return " ".join(parts + ["CYCLE"] * sequence.cycle)


def _owned_sequences(catalog: Catalog) -> Iterator[str]:
    for sequence in catalog.sequences:
        if sequence.owned_by is not None and not _is_identity(sequence, catalog):
            schema, table, column = sequence.owned_by
            owner = f"{relation(Name(schema, table))}.{identifier(column)}"
            name = relation(Name(sequence.schema, sequence.name))
            yield f"ALTER SEQUENCE {name} OWNED BY {owner}"


def _table(table: Table) -> str:
    name = relation(table.qualified)
    kind = "UNLOGGED TABLE" if table.unlogged else "TABLE"
    if table.partition_of is not None:
        bound = table.partition_bound or "DEFAULT"
        text = f"CREATE {kind} {name} PARTITION OF {relation(table.partition_of)} {bound}"
    else:
        own = [c for c in table.columns if not c.inherited]
        text = f"CREATE {kind} {name} ({', '.join(_column(c) for c in own)})"
        if table.inherits:
            text += f" INHERITS ({', '.join(map(relation, table.inherits))})"
    return text + (f" PARTITION BY {table.partition_by}" if table.partition_by else "")


def _column(column: Column) -> str:
    parts = [identifier(column.name), type_name(column.type)]
    if column.collation is not None:
        parts.append(f"COLLATE {relation(column.collation)}")
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) {column.generated_kind.upper()}")
    elif column.identity:
        parts.append(f"GENERATED {column.identity.upper()} AS IDENTITY")
    elif column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    elif column.serial is not None:
        parts.append(f"DEFAULT nextval({literal(relation(column.serial))})")
    return " ".join(parts + ["NOT NULL"] * (not column.nullable))


def _constraints(table: Table, kinds: tuple[str, ...]) -> Iterator[str]:
    for constraint in table.constraints:
        if constraint.kind in kinds and not constraint.inherited:
            name = f"CONSTRAINT {identifier(constraint.name)} " if constraint.name else ""
            text = _constraint(constraint)
            yield f"ALTER TABLE {relation(table.qualified)} ADD {name}{text}"


def _constraint(constraint: Constraint) -> str:
    made = {
        "check": lambda: f"CHECK ({constraint.expression})",
        "foreign key": lambda: _foreign_key(constraint),
        "exclusion": lambda: _exclusion(constraint),
    }.get(constraint.kind, lambda: _key(constraint))()
    parts = [made]
    parts += ["NO INHERIT"] * constraint.no_inherit
    parts += ["DEFERRABLE"] * constraint.deferrable
    parts += ["INITIALLY DEFERRED"] * constraint.initially_deferred
    return " ".join(parts + ["NOT VALID"] * (not constraint.validated))


def _key(constraint: Constraint) -> str:
    text = "PRIMARY KEY" if constraint.kind == "primary key" else "UNIQUE"
    if constraint.nulls_not_distinct:
        text += " NULLS NOT DISTINCT"
    over = " WITHOUT OVERLAPS" if constraint.period else ""
    text += f" ({identifiers(constraint.columns)}{over})"
    include = constraint.include
    return text + (f" INCLUDE ({identifiers(include)})" if include else "")


def _foreign_key(constraint: Constraint) -> str:
    assert constraint.target is not None
    text = (
        f"FOREIGN KEY ({identifiers(constraint.columns)}) REFERENCES {relation(constraint.target)}"
    )
    if constraint.target_columns:
        text += f" ({identifiers(constraint.target_columns)})"
    if constraint.match != "simple":
        text += f" MATCH {constraint.match.upper()}"
    text += f" ON DELETE {constraint.on_delete.upper()}"
    if constraint.on_delete_columns:
        text += f" ({identifiers(constraint.on_delete_columns)})"
    return f"{text} ON UPDATE {constraint.on_update.upper()}"


def _exclusion(constraint: Constraint) -> str:
    pairs = zip(constraint.elements, constraint.operators, strict=False)
    listed = ", ".join(f"{_index_key(key)} WITH {operator}" for key, operator in pairs)
    text = f"EXCLUDE USING {identifier(constraint.method or 'gist')} ({listed})"
    return text + (f" WHERE ({constraint.predicate})" if constraint.predicate else "")


def _index(index: Index, on: Name) -> str:
    unique = "UNIQUE " * index.unique
    keys = ", ".join(map(_index_key, index.keys))
    text = f"CREATE {unique}INDEX {identifier(index.name)} ON {relation(on)}"
    text += f" USING {identifier(index.method)} ({keys})"
    text += f" INCLUDE ({identifiers(index.include)})" if index.include else ""
    text += " NULLS NOT DISTINCT" * index.nulls_not_distinct
    if index.options:
        text += f" WITH ({', '.join(f'{k} = {literal(v)}' for k, v in index.options)})"
    return text + (f" WHERE {index.predicate}" if index.predicate is not None else "")


def _index_key(key: IndexKey) -> str:
    text = identifier(key.column) if key.column is not None else f"({key.expression})"
    text += f" COLLATE {relation(key.collation)}" if key.collation else ""
    text += f" {relation(key.opclass)}" if key.opclass else ""
    text += " DESC" * key.descending
    if key.nulls_first is not None:
        text += f" NULLS {'FIRST' if key.nulls_first else 'LAST'}"
    return text


def _trigger(trigger: Trigger, table: Table) -> Iterator[str]:
    if trigger.inherited:
        return
    events = [
        f"UPDATE OF {identifiers(trigger.columns)}" if e == "update" and trigger.columns else e
        for e in trigger.events
    ]
    name, on = identifier(trigger.name), relation(table.qualified)
    text = f"CREATE {'CONSTRAINT ' * trigger.constraint}TRIGGER {name}"
    text += f" {trigger.timing.upper()} {' OR '.join(events)} ON {on}"
    text += " DEFERRABLE" * trigger.deferrable
    text += " INITIALLY DEFERRED" * trigger.initially_deferred
    tables = (("OLD", trigger.old_table), ("NEW", trigger.new_table))
    seen = " ".join(f"{which} TABLE AS {identifier(t)}" for which, t in tables if t)
    text += f" REFERENCING {seen}" if seen else ""
    text += f" FOR EACH {'ROW' if trigger.row else 'STATEMENT'}"
    text += f" WHEN ({trigger.when})" if trigger.when else ""
    arguments = ", ".join(map(literal, trigger.arguments))
    yield f"{text} EXECUTE FUNCTION {relation(trigger.function)} ({arguments})"
    states = {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}
    if trigger.enabled in states:
        yield f"ALTER TABLE {on} {states[trigger.enabled]} TRIGGER {name}"


def _security(table: Table) -> Iterator[str]:
    alter = f"ALTER TABLE {relation(table.qualified)}"
    if table.row_level_security:
        yield f"{alter} ENABLE ROW LEVEL SECURITY"
    if table.force_row_level_security:
        yield f"{alter} FORCE ROW LEVEL SECURITY"


def _comments(table: Table) -> Iterator[str]:
    name = relation(table.qualified)
    if table.comment:
        yield f"COMMENT ON TABLE {name} IS {literal(table.comment)}"
    for column in table.columns:
        if column.comment:
            place = f"{name}.{identifier(column.name)}"
            yield f"COMMENT ON COLUMN {place} IS {literal(column.comment)}"


def _view(view: View) -> Iterator[str]:
    name = relation(Name(view.schema, view.name))
    columns = f" ({identifiers(view.columns)})" if view.columns else ""
    kind = "MATERIALIZED VIEW" if view.materialized else "VIEW"
    definition = view.definition.strip().rstrip(";")
    yield f"CREATE {kind} {name}{columns} AS {definition}"
    yield from (_index(i, Name(view.schema, view.name)) for i in view.indexes)
