"""A table as the code block of a schema reference: readable, and read back as the same table."""

from collections.abc import Iterable, Iterator

from ctb_audit.model import Catalog, Column, Constraint, Index, IndexKey, Name, Table, Trigger, Type
from ctb_audit.remedy.quoting import identifiers, relation, type_name
from ctb_audit.semantics.quoting import identifier, literal
from ctb_audit.semantics.types import postgres_type

_SERIALS = {"integer": "SERIAL", "bigint": "BIGSERIAL", "smallint": "SMALLSERIAL"}
_EVENTS = {"insert": "INSERT", "delete": "DELETE", "update": "UPDATE", "truncate": "TRUNCATE"}


def block_of(table: Table, *, schemas: bool = True, skip: frozenset[str] = frozenset()) -> str:
    """The text of the code block, without a line break at its end. `skip`: indexes and triggers
    that stand elsewhere. `schemas`: with CREATE SCHEMA where it is not the default one.
    """
    if table.system == "firestore":
        return _interface(table)
    if table.system == "bigquery":
        return _bigquery(table)
    parts = []
    if schemas and table.system == "postgresql" and table.schema != "public":
        parts.append(f"CREATE SCHEMA IF NOT EXISTS {identifier(table.schema)};")
    parts.append(_create(table))
    more = [f"{_index(i, table)};" for i in table.indexes if not i.intended and i.name not in skip]
    more += [f"{_trigger(t, table)};" for t in table.triggers or () if t.name not in skip]
    more += list(_security(table))
    more += list(_comments(table))
    return "\n\n".join([*parts, *(["\n".join(more)] if more else [])])


def _shown(name: Name) -> str:
    return identifier(name.name) if name.schema == "public" else relation(name)


def _create(table: Table) -> str:
    kind = "UNLOGGED TABLE" if table.unlogged else "TABLE"
    head = f"CREATE {kind} {_shown(table.qualified)}"
    keys = [f"  {text}" for c in table.constraints if (text := _constraint(c, table))]
    if table.partition_of is not None:
        bound = table.partition_bound or "DEFAULT"
        return f"{head} PARTITION OF {_shown(table.partition_of)} {bound};"
    columns = [f"  {_column(c, table)}" for c in table.columns if not c.inherited]
    body = ",\n".join(columns)
    body += ",\n\n" + ",\n".join(keys) if keys else ""
    tail = f"\nINHERITS ({', '.join(map(_shown, table.inherits))})" if table.inherits else ""
    tail += f"\nPARTITION BY {table.partition_by}" if table.partition_by else ""
    return f"{head} (\n{body}\n){tail};"


def _column(column: Column, table: Table) -> str:
    parts = [identifier(column.name)]
    serial = _serial(column, table)
    parts.append(serial or _word(column.type))
    if column.collation is not None:
        parts.append(f"COLLATE {relation(column.collation)}")
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) {column.generated_kind.upper()}")
    elif column.identity:
        parts.append(f"GENERATED {column.identity.upper()} AS IDENTITY")
    elif column.default is not None and not serial:
        parts.append(f"DEFAULT {column.default}")
    keys = [c for c in table.constraints if c.kind == "primary key" and column.name in c.columns]
    if any(_is_inline(c, table) for c in keys):
        parts.append("PRIMARY KEY")
    elif not column.nullable and not keys and not serial:
        parts.append("NOT NULL")
    return " ".join(parts)


_SHORT = {
    "character varying": "VARCHAR",
    "character": "CHAR",
    "timestamp without time zone": "TIMESTAMP",
    "timestamp with time zone": "TIMESTAMPTZ",
    "time without time zone": "TIME",
    "time with time zone": "TIMETZ",
}


def _word(type_: Type) -> str:
    """A built-in type in capitals and in its short spelling; any other as the engine has it."""
    timed = type_.name.startswith(("time", "interval")) and type_.parameters
    odd = type_.qualifier or timed or type_.name.startswith('"') or type_.name == "name"
    if odd or postgres_type(type_.name) is None:
        return type_name(type_)
    sizes = f"({','.join(map(str, type_.parameters))})" if type_.parameters else ""
    return f"{_SHORT.get(type_.name, type_.name.upper())}{sizes}{'[]' * type_.dimensions}"


def _is_inline(constraint: Constraint, table: Table) -> bool:
    """A primary key that may stand beside its column: one column, the usual name, no extras."""
    usual = constraint.name in ("", f"{table.name}_pkey")
    plain = not (constraint.include or constraint.deferrable or constraint.inherited)
    return constraint.kind == "primary key" and len(constraint.columns) == 1 and usual and plain


def _serial(column: Column, table: Table) -> str:
    """SERIAL where the column's sequence is the one that SERIAL makes."""
    if column.serial is None or column.identity:
        return ""
    usual = Name(table.schema, f"{table.name}_{column.name}_seq")
    return _SERIALS.get(column.type.name, "") if column.serial == usual else ""


def _constraint(constraint: Constraint, table: Table) -> str:
    if constraint.inherited or constraint.kind == "not null" or _is_inline(constraint, table):
        return ""
    name = f"CONSTRAINT {identifier(constraint.name)} " if constraint.name else ""
    if constraint.kind == "exclusion":
        keys = zip(constraint.elements, constraint.operators, strict=False)
        inner = ", ".join(f"{_key(k)} WITH {o}" for k, o in keys)
        where = f" WHERE ({constraint.predicate})" if constraint.predicate else ""
        return f"{name}EXCLUDE USING {constraint.method or 'gist'} ({inner}){where}"
    return name + _body(constraint) + _traits(constraint)


def _body(constraint: Constraint) -> str:
    columns = identifiers(constraint.columns)
    match constraint.kind:
        case "check":
            return f"CHECK ({constraint.expression})"
        case "foreign key":
            target = _shown(constraint.target) if constraint.target else ""
            into = (
                f" ({identifiers(constraint.target_columns)})" if constraint.target_columns else ""
            )
            text = f"FOREIGN KEY ({columns}) REFERENCES {target}{into}"
            text += " MATCH FULL" if constraint.match == "full" else ""
            for event, action in (
                ("DELETE", constraint.on_delete),
                ("UPDATE", constraint.on_update),
            ):
                text += f" ON {event} {action.upper()}" if action != "no action" else ""
            return text
    word = "PRIMARY KEY" if constraint.kind == "primary key" else "UNIQUE"
    distinct = " NULLS NOT DISTINCT" if constraint.nulls_not_distinct else ""
    include = f" INCLUDE ({identifiers(constraint.include)})" if constraint.include else ""
    return f"{word}{distinct} ({columns}){include}"


def _traits(constraint: Constraint) -> str:
    text = " NO INHERIT" if constraint.no_inherit else ""
    if constraint.deferrable:
        text += " DEFERRABLE"
        text += " INITIALLY DEFERRED" if constraint.initially_deferred else ""
    return text


def _index(index: Index, table: Table) -> str:
    unique = "UNIQUE " if index.unique else ""
    method = f" USING {index.method}" if index.method != "btree" else ""
    keys = ", ".join(map(_key, index.keys))
    place = f"{identifier(index.name)} ON {_shown(table.qualified)}"
    text = f"CREATE {unique}INDEX {place}{method} ({keys})"
    text += f" INCLUDE ({identifiers(index.include)})" if index.include else ""
    text += " NULLS NOT DISTINCT" if index.nulls_not_distinct else ""
    if index.options:
        text += f" WITH ({', '.join(f'{k} = {v}' for k, v in index.options)})"
    return text + (f" WHERE {index.predicate}" if index.predicate else "")


def _key(key: IndexKey) -> str:
    text = identifier(key.column) if key.column is not None else f"({key.expression})"
    text += f" COLLATE {relation(key.collation)}" if key.collation else ""
    text += f" {relation(key.opclass)}" if key.opclass else ""
    text += " DESC" if key.descending else ""
    if key.nulls_first is not None and key.nulls_first != key.descending:
        text += " NULLS FIRST" if key.nulls_first else " NULLS LAST"
    return text


def _trigger(trigger: Trigger, table: Table) -> str:
    events = " OR ".join(_EVENTS[e] for e in trigger.events)
    if trigger.columns and "update" in trigger.events:
        events = events.replace("UPDATE", f"UPDATE OF {identifiers(trigger.columns)}")
    kind = "CONSTRAINT TRIGGER" if trigger.constraint else "TRIGGER"
    lines = [
        f"CREATE {kind} {identifier(trigger.name)}",
        f"  {trigger.timing.upper()} {events} ON {_shown(table.qualified)}",
    ]
    if trigger.deferrable:
        lines.append(f"  DEFERRABLE{' INITIALLY DEFERRED' * trigger.initially_deferred}")
    tables = [f"OLD TABLE AS {trigger.old_table}"] if trigger.old_table else []
    tables += [f"NEW TABLE AS {trigger.new_table}"] if trigger.new_table else []
    lines += [f"  REFERENCING {' '.join(tables)}"] if tables else []
    lines.append(f"  FOR EACH {'ROW' if trigger.row else 'STATEMENT'}")
    lines += [f"  WHEN ({trigger.when})"] if trigger.when else []
    arguments = ", ".join(map(literal, trigger.arguments))
    lines.append(f"  EXECUTE FUNCTION {_shown(trigger.function)}({arguments})")
    text = "\n".join(lines)
    if trigger.enabled != "origin":
        state = {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}
        name = f"{state[trigger.enabled]} TRIGGER {identifier(trigger.name)}"
        text += f";\nALTER TABLE {_shown(table.qualified)} {name}"
    return text


def _security(table: Table) -> Iterator[str]:
    name = _shown(table.qualified)
    if table.row_level_security:
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;"
    if table.force_row_level_security:
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY;"
    for policy in table.policies or ():
        text = f"CREATE POLICY {identifier(policy.name)} ON {name}"
        text += "" if policy.permissive else " AS RESTRICTIVE"
        text += f" FOR {policy.command.upper()}" if policy.command != "all" else ""
        roles = ", ".join("PUBLIC" if r == "public" else identifier(r) for r in policy.roles)
        text += f" TO {roles}" if policy.roles != ("public",) else ""
        text += f" USING ({policy.using})" if policy.using else ""
        text += f" WITH CHECK ({policy.check})" if policy.check else ""
        yield f"{text};"


def _comments(table: Table) -> Iterator[str]:
    if table.comment:
        yield f"COMMENT ON TABLE {_shown(table.qualified)} IS {literal(table.comment)};"
    for column in table.columns:
        if column.comment:
            place = f"{_shown(table.qualified)}.{identifier(column.name)}"
            yield f"COMMENT ON COLUMN {place} IS {literal(column.comment)};"


def _bigquery(table: Table) -> str:
    lines = []
    for column in table.columns:
        text = f"  {column.name} {column.type.spelling or column.type}"
        text += f" DEFAULT {column.default}" if column.default is not None else ""
        lines.append(text + ("" if column.nullable else " NOT NULL"))
    body = ",\n".join(lines)
    tail = f"\nPARTITION BY {table.partition_by}" if table.partition_by else ""
    cluster = dict(table.options).get("cluster_by")
    tail += f"\nCLUSTER BY {cluster}" if cluster else ""
    return f"CREATE TABLE `{table.schema}.{table.name}` (\n{body}\n){tail};"


def _interface(table: Table) -> str:
    title = "".join(part.capitalize() for part in table.name.split("_"))
    return "\n".join([f"interface {title} {{", *_members(table.columns, "  "), "}"])


def _members(columns: Iterable[Column], margin: str) -> Iterator[str]:
    for column in columns:
        mark = "?" if column.nullable else ""
        if column.fields:
            yield f"{margin}{column.name}{mark}: {{"
            yield from _members(column.fields, margin + "  ")
            yield f"{margin}}};"
        else:
            yield f"{margin}{column.name}{mark}: {column.type.spelling or column.type};"


def rest_of(catalogs: Iterable[Catalog]) -> tuple[list[str], list[str]]:
    """Statements for types, sequences and functions, and for views; each object once."""
    from ctb_audit.remedy.create import creation

    found = list(catalogs)
    before = Catalog(
        types=tuple({(t.schema, t.name): t for c in found for t in c.types}.values()),
        functions=tuple(
            {(f.schema, f.name, f.arguments): f for c in found for f in c.functions}.values()
        ),
        sequences=tuple(
            {
                (s.schema, s.name): s for c in found for s in c.sequences if s.owned_by is None
            }.values()
        ),
    )
    views = {(v.schema, v.name): v for c in found for v in c.views if v.system == "postgresql"}
    after = Catalog(views=tuple(views.values()))
    return [f"{t};" for t in creation(before)], [f"{t};" for t in creation(after)]
