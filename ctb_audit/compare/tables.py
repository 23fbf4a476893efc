"""Tables of two catalogs, with everything that belongs to one."""

from collections.abc import Iterator
from dataclasses import replace

from ctb_audit.compare.change import Aspect, Change, Scope, changes_of, matched, plain, whole
from ctb_audit.compare.columns import comment_aspects, compare_columns
from ctb_audit.compare.documents import comparable
from ctb_audit.compare.drawn import as_drawn
from ctb_audit.compare.keys import compare_constraints, compare_indexes
from ctb_audit.model import Column, Grant, Policy, Table, Trigger


def compare_tables(
    scope: Scope, before: tuple[Table, ...], after: tuple[Table, ...]
) -> Iterator[Change]:
    pairs = matched(
        {(t.system, t.qualified): t for t in before}, {(t.system, t.qualified): t for t in after}
    )
    for (system, name), table in pairs.removed:
        own = replace(scope, table=name, system=system)
        yield whole(own, "table", name.name, table, added=False)
    for (system, name), table in pairs.added:
        own = replace(scope, table=name, system=system)
        yield whole(own, "table", name.name, table, added=True)
    for (system, name), *both in pairs.both:
        a, b = map(as_drawn, both) if any(t.drawn for t in both) else both
        types = {column.name: column.type for column in a.columns}
        yield from _compared(replace(scope, table=name, system=system, columns=types), a, b)


def _compared(scope: Scope, a: Table, b: Table) -> Iterator[Change]:
    yield from changes_of(scope, "table", a.name, (a, b), _table_aspects(scope, a, b))
    columns = (_columns(a), _columns(b))
    if a.kind == b.kind == "collection":
        columns = comparable(*columns)
    yield from compare_columns(scope, *columns)
    yield from compare_constraints(scope, a.constraints, b.constraints)
    yield from compare_indexes(scope, a.indexes, b.indexes)
    yield from compare_triggers(scope, a.triggers, b.triggers)
    yield from _compare_policies(scope, a.policies, b.policies)


def _columns(table: Table) -> tuple[Column, ...]:
    """Columns of a primary key are NOT NULL, said or not."""
    keys = {name for c in table.constraints if c.kind == "primary key" for name in c.columns}
    return tuple(
        replace(c, nullable=False) if c.name in keys and c.nullable else c for c in table.columns
    )


def _table_aspects(scope: Scope, a: Table, b: Table) -> Iterator[Aspect]:
    yield plain("kind", a.kind, b.kind)
    yield plain("row_level_security", a.row_level_security, b.row_level_security)
    if a.row_level_security is not None and b.row_level_security is not None:
        forced = a.force_row_level_security, b.force_row_level_security
        yield plain("force_row_level_security", *forced)
    yield plain("inherits", a.inherits, b.inherits)
    yield plain("partition_of", str(a.partition_of or ""), str(b.partition_of or ""))
    yield plain("partition_by", _words(a.partition_by), _words(b.partition_by))
    yield plain("partition_bound", _words(a.partition_bound), _words(b.partition_bound))
    yield plain("unlogged", a.unlogged, b.unlogged)
    yield plain("options", frozenset(a.options), frozenset(b.options))
    yield grants_aspect(a.grants, b.grants)
    yield plain("owner", a.owner, b.owner)
    yield from comment_aspects(scope, a.comment, b.comment)


def grants_aspect(a: tuple[Grant, ...] | None, b: tuple[Grant, ...] | None) -> Aspect:
    before = None if a is None else frozenset(map(_grant, a))
    after = None if b is None else frozenset(map(_grant, b))
    return plain("grants", before, after)


def _grant(grant: Grant) -> str:
    column = f" ({grant.column})" if grant.column else ""
    option = " with grant option" if grant.grantable else ""
    return f"{grant.privilege}{column} to {grant.grantee}{option}"


def _words(text: str | None) -> str:
    """A partition clause without regard to spaces, case and quotes of plain names."""
    spaced = (text or "").replace("(", " ( ").replace(")", " ) ").replace(",", " , ")
    return " ".join(spaced.replace('"', "").split()).lower()


def compare_triggers(
    scope: Scope, before: tuple[Trigger, ...] | None, after: tuple[Trigger, ...] | None
) -> Iterator[Change]:
    """Those that a partition inherits are compared on its parent."""
    if before is None or after is None:
        return
    pairs = matched(
        {t.name: t for t in before if not t.inherited},
        {t.name: t for t in after if not t.inherited},
    )
    for name, trigger in pairs.removed:
        yield whole(scope, "trigger", name, trigger, added=False)
    for name, trigger in pairs.added:
        yield whole(scope, "trigger", name, trigger, added=True)
    for name, a, b in pairs.both:
        yield from changes_of(scope, "trigger", name, (a, b), _trigger_aspects(scope, a, b))


def _trigger_aspects(scope: Scope, a: Trigger, b: Trigger) -> Iterator[Aspect]:
    for attribute in _TRIGGER_VALUES:
        yield plain(attribute, getattr(a, attribute), getattr(b, attribute))
    yield plain("events", frozenset(a.events), frozenset(b.events))
    yield plain("columns", frozenset(a.columns), frozenset(b.columns))
    yield Aspect("when", a.when, b.when, scope.decide("when", a.when, b.when))
    yield from comment_aspects(scope, a.comment, b.comment)


_TRIGGER_VALUES = (
    "timing",
    "function",
    "arguments",
    "row",
    "enabled",
    "constraint",
    "deferrable",
    "initially_deferred",
    "old_table",
    "new_table",
)


def _compare_policies(
    scope: Scope, before: tuple[Policy, ...] | None, after: tuple[Policy, ...] | None
) -> Iterator[Change]:
    if before is None or after is None:
        return
    pairs = matched({p.name: p for p in before}, {p.name: p for p in after})
    for name, policy in pairs.removed:
        yield whole(scope, "policy", name, policy, added=False)
    for name, policy in pairs.added:
        yield whole(scope, "policy", name, policy, added=True)
    for name, a, b in pairs.both:
        yield from changes_of(scope, "policy", name, (a, b), _policy_aspects(scope, a, b))


def _policy_aspects(scope: Scope, a: Policy, b: Policy) -> Iterator[Aspect]:
    yield plain("command", a.command, b.command)
    yield plain("permissive", a.permissive, b.permissive)
    yield plain("roles", frozenset(a.roles), frozenset(b.roles))
    yield Aspect("using", a.using, b.using, scope.decide("policy", a.using, b.using))
    yield Aspect("check", a.check, b.check, scope.decide("policy", a.check, b.check))
    yield from comment_aspects(scope, a.comment, b.comment)
