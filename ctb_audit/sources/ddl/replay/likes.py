"""CREATE TABLE (LIKE source INCLUDING ...)."""

from ctb_audit.copies import replace
from ctb_audit.model import Column, Name, Table
from ctb_audit.sources.ddl.operations import Like
from ctb_audit.sources.ddl.replay.columns import untyped
from ctb_audit.sources.ddl.replay.constraints import add_checks, add_indexed
from ctb_audit.sources.ddl.replay.indexes import add_index
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.views import columns_of


def _includes(like: Like, what: str) -> bool:
    return what in like.including or "all" in like.including


def _source_columns(state: State, like: Like) -> tuple[Column, ...]:
    """Columns of a table, attributes of a composite type, or a view's names."""
    found = state.find(like.source)
    if found is not None and found in state.types:
        return state.types[found].attributes
    if found is not None and found in state.views:
        return tuple(
            untyped(n) if t is None else Column(n, t) for n, t in columns_of(state, found) or ()
        )
    if found is None or found not in state.tables:
        message = f'relation "{like.source}" does not exist'
        state.complain(Refusal(message, state.assumed(like.source)))
        return ()
    return state.tables[found].columns


def like_columns(state: State, name: Name, like: Like) -> list[Column]:
    """The source's columns with what INCLUDING asks for; NOT NULL always comes along."""
    return [_copied(column, like) for column in _source_columns(state, like)]


def _copied(column: Column, like: Like) -> Column:
    identity = column.identity if _includes(like, "identity") else ""
    generated = column.generated if _includes(like, "generated") else None
    return replace(
        column,
        default=column.default if _includes(like, "defaults") else None,
        serial=None,
        identity=identity,
        generated=generated,
        generated_kind=column.generated_kind if generated is not None else "",
        inherited=False,
        comment=column.comment if _includes(like, "comments") else None,
    )


def apply_like(state: State, name: Name, like: Like) -> None:
    """Checks and indexes of the source, under names of the new table's own (checks keep theirs)."""
    found = state.find(like.source)
    source = state.tables.get(found) if found is not None else None
    if source is None:
        return
    comments = _includes(like, "comments")
    if _includes(like, "constraints"):
        checks = [
            replace(c, inherited=False, comment=c.comment if comments else None)
            for c in source.constraints
            if c.kind == "check"
        ]
        state.put(add_checks(state, state.tables[name], checks))
    if _includes(like, "indexes"):
        _copy_indexes(state, name, source, comments)


def _copy_indexes(state: State, name: Name, source: Table, comments: bool) -> None:
    for constraint in source.constraints:
        if constraint.kind in ("primary key", "unique", "exclusion"):
            copy = replace(
                constraint,
                name="",
                inherited=False,
                merged_from=(),
                comment=None,
            )
            state.put(add_indexed(state, state.tables[name], copy))
    for index in source.indexes:
        if not index.intended:
            comment = index.comment if comments else None
            add_index(state, name, replace(index, name="", comment=comment))
