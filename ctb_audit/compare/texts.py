"""Objects of a catalog in one line each, as a diff shows them."""

from ctb_audit.model import (
    Column,
    Constraint,
    Function,
    Index,
    IndexKey,
    Name,
    Policy,
    Sequence,
    Table,
    Trigger,
    UserType,
    View,
)

LONGEST = 400


def column_text(column: Column) -> str:
    """A column in one line, e.g. `id integer not null default nextval(...)`."""
    parts = [column.name, str(column.type)]
    if not column.nullable:
        parts.append("not null")
    if column.default is not None:
        parts.append(f"default {column.default}")
    if column.identity:
        parts.append(f"generated {column.identity} as identity")
    if column.generated is not None:
        parts.append(f"generated always as ({column.generated}) {column.generated_kind}")
    return " ".join(parts)


def constraint_text(constraint: Constraint) -> str:
    """A constraint in one line, e.g. `users_pkey primary key (id)`."""
    text = f"{constraint.name} {constraint.kind}"
    if constraint.expression is not None:
        text += f" ({constraint.expression})"
    elif constraint.columns:
        text += f" ({', '.join(constraint.columns)})"
    if constraint.target is not None:
        text += f" -> {constraint.target} ({', '.join(constraint.target_columns)})"
    return text + ("" if constraint.validated else " not valid")


def index_text(index: Index) -> str:
    """An index in one line, e.g. `users_email_idx unique btree (email)`."""
    unique = " unique" if index.unique else ""
    where = f" where {index.predicate}" if index.predicate else ""
    keys = ", ".join(_key(k) for k in index.keys)
    return f"{index.name}{unique} {index.method} ({keys}){where}"


def _key(key: IndexKey) -> str:
    return (key.column or f"({key.expression})") + (" desc" if key.descending else "")


def trigger_text(trigger: Trigger) -> str:
    """A trigger in one line, e.g. `touch before update on each row execute public.touch`."""
    events = " or ".join(trigger.events)
    of = f" of {', '.join(trigger.columns)}" if trigger.columns else ""
    row = " on each row" if trigger.row else ""
    when = f" when ({trigger.when})" if trigger.when else ""
    state = "" if trigger.enabled == "origin" else f" ({trigger.enabled})"
    head = f"{trigger.name} {trigger.timing} {events}{of}{row}{when}"
    return f"{head} execute {trigger.function}{state}"


def policy_text(policy: Policy) -> str:
    """A policy in one line, e.g. `own for select to public using (id > 0)`."""
    kind = "" if policy.permissive else " restrictive"
    using = f" using ({policy.using})" if policy.using else ""
    check = f" with check ({policy.check})" if policy.check else ""
    return f"{policy.name}{kind} for {policy.command} to {', '.join(policy.roles)}{using}{check}"


def object_text(item: object) -> str:
    """Any object of a catalog in one line, "" for what has none; long definitions are cut."""
    match item:
        case Column():
            text = column_text(item)
        case Constraint():
            text = constraint_text(item)
        case Index():
            text = index_text(item)
        case Trigger():
            text = trigger_text(item)
        case Policy():
            text = policy_text(item)
        case _:
            text = _whole(item)
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


def _whole(item: object) -> str:
    match item:
        case Table():
            columns = ", ".join(column_text(c) for c in item.columns)
            return f"{item.qualified} ({columns})"
        case View():
            kind = " materialized" if item.materialized else ""
            return f"{Name(item.schema, item.name)}{kind} as {item.definition}"
        case Function():
            returns = f" returns {item.returns}" if item.returns else ""
            return f"{Name(item.schema, item.name)}{returns} language {item.language}"
        case UserType():
            labels = f" ({', '.join(item.labels)})" if item.labels else ""
            base = f" over {item.base}" if item.base else ""
            return f"{Name(item.schema, item.name)} {item.kind}{labels}{base}"
        case Sequence():
            return f"{Name(item.schema, item.name)} {item.type}"
        case _:
            return str(getattr(item, "name", ""))
