"""CREATE VIEW and CREATE MATERIALIZED VIEW."""

from ctb_audit.model import Name
from ctb_audit.sources.ddl.operations import CreateView
from ctb_audit.sources.ddl.replay.privileges import initial_grants
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State, ViewEntry
from ctb_audit.sources.ddl.replay.values import replace


def create_view(state: State, op: CreateView) -> None:
    if op.temporary:
        state.claim_temporary(op.name.name)
        return
    name = state.creation_name(op.name)
    if op.if_not_exists and name in state.relations:
        return
    old = state.views.get(name)
    sources = _sources(state, name, op)
    view = replace(op.view, schema=name.schema or "", name=name.name)
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
        view = replace(view, grants=initial_grants(state, "table", name.schema or ""))
    state.views[name] = ViewEntry(view, sources)
    for source in sources:
        state.users.add(source, name)


def _sources(state: State, name: Name, op: CreateView) -> tuple[Name, ...]:
    """The relations that the view reads; one nothing defines is refused in server mode."""
    found = []
    for source in op.sources:
        resolved = state.find(source)
        if resolved is None:
            if source.schema in ("pg_catalog", "information_schema"):
                continue
            if source.schema is None and source.name.startswith("pg_"):
                continue
            state.complain(Refusal(f'relation "{source}" does not exist', name))
            resolved = state.assumed(source)
        found.append(resolved)
    return tuple(dict.fromkeys(found))
