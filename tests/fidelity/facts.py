"""A Catalog as flat facts, so that two catalogs can be compared without tolerance.

A fact's key names an object and a trait of it; its value is plain, or `Sql`, whose two spellings
only a server or a normal form can compare. Owners, locations, row estimates, declarations and
waivers are not facts of a schema.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ctb_audit.model import (
    Argument,
    Catalog,
    Column,
    Constraint,
    Function,
    Grant,
    Index,
    IndexKey,
    Name,
    Table,
    Trigger,
    Type,
    UserType,
    View,
)
from ctb_audit.model import Sequence as DatabaseSequence

Key = tuple[str, ...]
Fact = tuple[Key, object]
SqlKind = Literal["row", "default", "trigger", "view", "domain", "value", "text"]


NOWHERE = Name(None, "")


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL text: `row` is an expression over `relation`'s columns, `default` one of its `column`,
    `trigger` a condition on OLD and NEW, `view` a query, `domain` one over VALUE of the type
    `relation`, `value` a constant expression, `text` anything else.
    """

    kind: SqlKind
    text: str
    relation: Name = NOWHERE
    column: str = ""
    context: str = ""  # of a trigger its timing and events, of a value its type
    names: tuple[str, ...] = ()  # of a view's columns


_NO_DEFAULT = re.compile(r"null(::[\w .]+(\(\d+\))?(\[\])*)?", re.IGNORECASE)  # kept where typed
UNKNOWN = object()  # the source cannot say


def facts(catalog: Catalog) -> dict[Key, object]:
    found: dict[Key, object] = {}
    for table in (*catalog.tables, *catalog.foreign_tables):
        found.update(_table(table))
    for view in catalog.views:
        found.update(_view(view))
    for function in catalog.functions:
        found.update(_function(function))
    for type_ in catalog.types:
        found.update(_user_type(type_))
    for sequence in catalog.sequences:
        found.update(_sequence(sequence))
    for extension in catalog.extensions:
        found[("extension", extension.name)] = True
    for schema in catalog.schemas:
        found[("schema", schema.name)] = schema.comment
    return found


def type_text(type_: Type) -> str:
    """Types by their format; an extension's type may lack its schema, an array its bounds."""
    element = Type(type_.name, "", type_.parameters, 0, "", type_.qualifier)
    name = str(element)
    if type_.family == "unknown":
        name = name.rpartition(".")[2]
    return name + "[]" * bool(type_.dimensions)


def _sql(
    kind: SqlKind, text: str | None, relation: Name, column: str = "", context: str = ""
) -> Sql | None:
    return None if text is None else Sql(kind, text, relation, column, context)


def _table(table: Table) -> Iterator[Fact]:
    name = str(table.qualified)
    key: Key = ("table", name)
    yield (*key, "kind"), table.kind
    yield (*key, "columns"), tuple(c.name for c in table.columns)
    yield (*key, "inherits"), tuple(map(str, table.inherits))
    yield (*key, "partition of"), str(table.partition_of)
    yield (*key, "partition by"), _sql("text", table.partition_by, table.qualified)
    yield (*key, "bound"), _sql("text", table.partition_bound, table.qualified)
    yield (*key, "unlogged"), table.unlogged
    yield (*key, "options"), tuple(sorted(o for o in table.options if o[0] != "server"))
    yield (*key, "comment"), table.comment
    yield (*key, "rls"), (bool(table.row_level_security), table.force_row_level_security)
    yield from _grants(key, table.grants)
    for column in table.columns:
        yield from _column((*key, "column", column.name), column, table.qualified)
    for constraint in table.constraints:
        yield from _constraint((*key, "constraint", constraint.name), constraint, table.qualified)
    yield from _indexes(key, table.indexes, table.qualified)
    yield from _triggers(key, table.triggers or (), table.qualified)
    for policy in table.policies or ():
        base = (*key, "policy", policy.name)
        yield base, (policy.command, policy.permissive, tuple(sorted(policy.roles)))
        yield (*base, "using"), _sql("row", policy.using, table.qualified)
        yield (*base, "check"), _sql("row", policy.check, table.qualified)
        yield (*base, "comment"), policy.comment


def _grants(key: Key, grants: tuple[Grant, ...] | None) -> Iterator[Fact]:
    kept = {g for g in grants or () if g.privilege != "MAINTAIN" and g.grantee != "postgres"}
    order = sorted((g.grantee, g.privilege, g.column, g.grantable) for g in kept)
    yield (*key, "grants"), tuple(order)


def _column(key: Key, column: Column, table: Name) -> Iterator[Fact]:
    unknown = column.type.name == "unknown"  # of CREATE TABLE AS, which no DDL states
    yield (*key, "type"), UNKNOWN if unknown else type_text(column.type)
    yield (*key, "family"), UNKNOWN if unknown else column.type.family
    yield (*key, "nullable"), column.nullable
    text = None if _NO_DEFAULT.fullmatch(column.default or "") else column.default
    yield (*key, "default"), _sql("default", text, table, column.name)
    yield (*key, "identity"), column.identity
    yield (*key, "generated"), _sql("row", column.generated, table)
    yield (*key, "generated kind"), column.generated_kind
    yield (*key, "serial"), str(column.serial)
    yield (*key, "collation"), column.collation.name if column.collation else None
    yield (*key, "inherited"), column.inherited
    yield (*key, "comment"), column.comment


def _constraint(key: Key, constraint: Constraint, table: Name) -> Iterator[Fact]:
    kind: SqlKind = "row"
    yield (*key, "kind"), constraint.kind
    yield (
        (*key, "traits"),
        (
            constraint.match,
            constraint.deferrable,
            constraint.initially_deferred,
            constraint.validated,
            constraint.enforced,
            constraint.no_inherit,
            constraint.nulls_not_distinct,
            constraint.period,
            constraint.inherited,
        ),
    )
    if constraint.kind != "check":
        yield (*key, "columns"), constraint.columns
    if constraint.kind == "foreign key":
        target = (str(constraint.target), constraint.target_columns)
        actions = (constraint.on_delete, constraint.on_update, constraint.on_delete_columns)
        yield (*key, "target"), (target, actions)
    yield (*key, "expression"), _sql(kind, constraint.expression, table)
    yield (*key, "predicate"), _sql("row", constraint.predicate, table)
    yield (*key, "include"), constraint.include
    if constraint.kind == "exclusion":
        yield (*key, "exclusion"), (constraint.method or "gist", constraint.operators)
        yield from _index_keys(key, constraint.elements, table)
    yield (*key, "comment"), constraint.comment


def _indexes(key: Key, indexes: Sequence[Index], table: Name) -> Iterator[Fact]:
    for index in indexes:
        if index.intended:
            continue
        base = (*key, "index", index.name)
        traits = (index.method, index.unique, index.nulls_not_distinct, index.valid)
        yield base, (*traits, index.include, tuple(sorted(index.options)))
        yield (*base, "predicate"), _sql("row", index.predicate, table)
        yield (*base, "comment"), index.comment
        yield from _index_keys(base, index.keys, table)


def _index_keys(base: Key, keys: Sequence[IndexKey], table: Name) -> Iterator[Fact]:
    for number, one in enumerate(keys, 1):
        at = (*base, f"key {number}")
        collation = one.collation.name if one.collation else None
        opclass = one.opclass.name if one.opclass else None
        first = one.descending if one.nulls_first is None else one.nulls_first
        yield at, (one.column, collation, opclass, one.descending, first)
        yield (*at, "expression"), _sql("row", one.expression, table)


def _triggers(key: Key, triggers: Sequence[Trigger], table: Name) -> Iterator[Fact]:
    for trigger in triggers:
        base = (*key, "trigger", trigger.name)
        timing = (trigger.timing, trigger.events, tuple(sorted(trigger.columns)), trigger.row)
        yield (*base, "timing"), timing
        yield (*base, "function"), (str(trigger.function), trigger.arguments)
        deferral = (trigger.constraint, trigger.deferrable, trigger.initially_deferred)
        yield (*base, "traits"), (*deferral, trigger.enabled, trigger.inherited)
        yield (*base, "transition"), (trigger.old_table, trigger.new_table)
        context = f"{trigger.timing} {' or '.join(trigger.events)}"
        yield (*base, "when"), _sql("trigger", trigger.when, table, context=context)
        yield (*base, "comment"), trigger.comment


def _view(view: View) -> Iterator[Fact]:
    name = Name(view.schema, view.name)
    key: Key = ("view", str(name))
    yield (*key, "kind"), view.materialized
    yield (*key, "columns"), UNKNOWN if view.columns is None else view.columns
    yield (*key, "definition"), Sql("view", view.definition, name, names=view.columns or ())
    yield (*key, "check option"), view.check_option
    yield (*key, "options"), tuple(sorted(view.options))
    yield (*key, "comment"), view.comment
    yield from _grants(key, view.grants)
    yield from _indexes(key, view.indexes, name)
    yield from _triggers(key, view.triggers, name)


def _function(function: Function) -> Iterator[Fact]:
    inputs = [a for a in function.arguments if a.mode in ("in", "inout", "variadic")]
    signature = ",".join(type_text(a.type) for a in inputs)
    name = Name(function.schema, function.name)
    key: Key = ("function", f"{name}({signature})")
    yield (*key, "kind"), function.kind
    yield (*key, "returns"), _returns(function)
    standard = re.match(r"\s*(RETURN|BEGIN\s+ATOMIC)\b", function.body, re.IGNORECASE)
    body = Sql("text", function.body) if standard and function.language == "sql" else function.body
    if function.kind != "aggregate":
        yield (*key, "language"), function.language
        yield (*key, "body"), body
        flags = (function.security_definer, function.strict, function.leakproof)
        yield (*key, "traits"), (function.volatility, function.parallel, *flags)
    yield (*key, "settings"), function.settings
    yield (*key, "comment"), function.comment
    yield from _grants(key, function.grants)
    for number, argument in enumerate(function.arguments):
        yield from _argument((*key, f"argument {number}"), argument)


def _returns(function: Function) -> object:
    returned = function.returns
    if function.kind == "aggregate":
        return UNKNOWN  # follows from its state function
    return None if returned is None else (type_text(returned), function.returns_set)


def _argument(key: Key, argument: Argument) -> Iterator[Fact]:
    yield key, (argument.name, argument.mode, type_text(argument.type))
    text = argument.default
    if text is not None:
        yield (*key, "default"), Sql("value", text, context=type_text(argument.type))


def _user_type(type_: UserType) -> Iterator[Fact]:
    name = Name(type_.schema, type_.name)
    key: Key = ("type", str(name))
    yield (*key, "kind"), type_.kind
    yield (*key, "labels"), type_.labels
    yield (*key, "nullable"), type_.nullable
    base = "" if type_.base is None else type_text(type_.base)
    yield (*key, "base"), base
    yield (*key, "default"), _sql("value", type_.default, name, context=base)
    yield (*key, "comment"), type_.comment
    yield (*key, "attributes"), tuple(c.name for c in type_.attributes)
    for column in type_.attributes:
        yield from _column((*key, "attribute", column.name), column, name)
    for constraint in type_.constraints:
        at = (*key, "constraint", constraint.name)
        yield (*at, "validated"), constraint.validated
        yield (*at, "expression"), _sql("domain", constraint.expression, name)


def _sequence(sequence: DatabaseSequence) -> Iterator[Fact]:
    key: Key = ("sequence", f"{sequence.schema}.{sequence.name}")
    bounds = (sequence.start, sequence.increment, sequence.minimum, sequence.maximum)
    yield (*key, "bounds"), (sequence.type, *bounds, sequence.cache, sequence.cycle)
    yield (*key, "owner"), sequence.owned_by
    yield (*key, "unlogged"), sequence.unlogged
    yield (*key, "comment"), sequence.comment
    yield from _grants(key, sequence.grants)
