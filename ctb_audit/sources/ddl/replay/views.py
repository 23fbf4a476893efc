"""CREATE VIEW and CREATE MATERIALIZED VIEW."""

from ctb_audit.copies import replace
from ctb_audit.lean import dataclass
from ctb_audit.model import Name
from ctb_audit.semantics.parse import Unreadable
from ctb_audit.semantics.query_columns import Output, Relation, query_columns
from ctb_audit.semantics.types import without_serial
from ctb_audit.sources.ddl.operations import CreateView
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.privileges import initial_grants
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State, ViewEntry


def create_view(state: State, op: CreateView) -> None:
    if op.temporary:
        state.claim_temporary(op.name.name)
        return
    name = state.creation_name(op.name)
    if op.if_not_exists and name in state.relations:
        return
    old = state.views.get(name)
    sources = _sources(state, name, op)
    followed = follow(state, op.view.definition)
    if followed.lost and not followed.missing and state.strict:
        raise Refusal(f'column "{followed.lost[0]}" does not exist', name)
    output = _titled(followed.output, op.view.columns or ())
    columns = op.view.columns if output is None else tuple(name for name, _ in output)
    view = replace(op.view, schema=home(name), name=name.name, columns=columns)
    if old is not None and op.replace and not old.view.materialized:
        kept = old.view
        view = replace(
            view,
            triggers=kept.triggers,
            comment=kept.comment,
            owner=kept.owner,
            grants=kept.grants,
        )
    else:
        state.claim(name, "materialized view" if view.materialized else "view")
        view = replace(view, grants=initial_grants(state, "table", home(name)))
    state.views[name] = ViewEntry(view, sources, followed.reads, output)
    for source in sources:
        state.users.add(source, name)


@dataclass(frozen=True, slots=True)
class Followed:
    """What a query reads and gives; None for what could not be told."""

    reads: frozenset[tuple[Name, str]] | None = None
    output: Output | None = None
    missing: tuple[Name, ...] = ()  # relations that nothing defines
    lost: tuple[str, ...] = ()  # columns that none of its relations has


def follow(state: State, query: str) -> Followed:
    """The columns of a query over the relations that there are now."""
    if not state.postgres:
        return Followed()

    missing: list[Name] = []

    def relation(name: Name) -> Relation | None:
        found = state.find(name)
        if found is None and not _is_system(name):
            missing.append(name)
        return None if found is None else (found, columns_of(state, found))

    try:
        found = query_columns(query, relation)
    except Unreadable:
        return Followed()
    return Followed(found.reads, found.output, tuple(missing), tuple(sorted(found.lost)))


def _is_system(name: Name) -> bool:
    if name.schema is None:
        return name.name.startswith("pg_")
    return name.schema in ("pg_catalog", "information_schema")


def columns_of(state: State, name: Name) -> Output | None:
    """The columns of a table or view, None where they are not known."""
    table = state.tables.get(name)
    if name in state.open_tables:
        return None
    if table is not None:
        return tuple((column.name, without_serial(column.type)) for column in table.columns)
    entry = state.views.get(name)
    if entry is None or entry.output is not None:
        return None if entry is None else entry.output
    columns = entry.view.columns
    return None if columns is None else tuple((column, None) for column in columns)


def _titled(output: Output | None, names: tuple[str, ...]) -> Output | None:
    """The columns under the names that CREATE VIEW gives the first of them."""
    if output is None:
        return None
    return (*((n, o[1]) for n, o in zip(names, output, strict=False)), *output[len(names) :])


def _sources(state: State, name: Name, op: CreateView) -> tuple[Name, ...]:
    """The relations that the view reads; one nothing defines is refused in server mode."""
    found = []
    for source in op.sources:
        resolved = state.find(source)
        if resolved is None:
            if _is_system(source):
                continue
            state.complain(Refusal(f'relation "{source}" does not exist', name))
            resolved = state.assumed(source)
        if resolved != name:  # a view that reads itself reads what it replaces
            found.append(resolved)
    return tuple(dict.fromkeys(found))
