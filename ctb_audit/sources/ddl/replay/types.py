"""User-defined types and domains."""

from ctb_audit.copies import replace
from ctb_audit.model import Column, Constraint, Name, Type, UserType
from ctb_audit.sources.ddl.operations import (
    AddColumn,
    AddConstraint,
    AlterColumn,
    AlterComposite,
    AlterDomain,
    AlterEnum,
    CreateType,
    DropColumn,
    DropConstraint,
)
from ctb_audit.sources.ddl.replay import names
from ctb_audit.sources.ddl.replay.columns import stored_default
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.replay.type_names import resolve_type


def create_type(state: State, op: CreateType) -> None:
    name = state.creation_name(op.name)
    old = state.types.get(name)
    if (old is not None and old.kind != "shell") or name in state.tables or name in state.views:
        raise duplicate(f'type "{name.name}" already exists')
    if old is not None:
        del state.types[name]
    if op.type.kind == "composite":
        state.claim(name, "type")
    written = op.type
    for label in written.labels:
        _check_label(label)
    base = None if written.base is None else resolve_type(state, written.base)
    state.types[name] = replace(
        written,
        schema=home(name),
        name=name.name,
        base=base,
        default=stored_default(written.default, base),
        attributes=tuple(_attribute(state, a) for a in written.attributes),
        constraints=(),
    )
    note_types(state, name)
    for constraint in written.constraints:
        _add_check(state, name, constraint)


def note_types(state: State, name: Name) -> None:
    """Remember which types a type is made of."""
    made = state.types[name]
    for part in (made.base, *(attribute.type for attribute in made.attributes)):
        if part is not None and "." in part.name:
            schema, _, used = part.name.partition(".")
            state.users.add(Name(schema, used), name)


def _attribute(state: State, attribute: Column) -> Column:
    return replace(attribute, type=resolve_type(state, attribute.type))


def _add_check(state: State, name: Name, constraint: Constraint) -> None:
    domain = state.types[name]
    if constraint.kind == "not null":
        state.types[name] = replace(domain, nullable=False)
        return
    chosen = constraint.name or state.chosen.choose(
        domain.name,
        None,
        "check",
        domain.schema,
        lambda taken: Name(domain.schema, taken) in state.constraint_names,
    )
    if any(c.name == chosen for c in domain.constraints):
        raise duplicate(f'constraint "{chosen}" for domain "{domain.name}" already exists')
    state.constraint_names.add(Name(domain.schema, chosen))
    added = replace(constraint, name=chosen)
    state.types[name] = replace(domain, constraints=(*domain.constraints, added))


def type_name(state: State, name: Name) -> Name:
    found = next((c for c in state.candidates(name) if c in state.types), None)
    if found is None:
        raise Refusal(f'type "{name}" does not exist')
    return found


def alter_enum(state: State, op: AlterEnum) -> None:
    name = type_name(state, op.name)
    enum = state.types[name]
    labels = list(enum.labels)
    _check_label(op.value)
    if op.old:
        if op.old not in labels:
            raise Refusal(f'"{op.old}" is not an existing enum label')
        if op.value in labels:
            raise duplicate(f'enum label "{op.value}" already exists')
        labels[labels.index(op.old)] = op.value
    elif op.value in labels:
        if op.if_not_exists:
            return
        raise duplicate(f'enum label "{op.value}" already exists')
    else:
        labels.insert(_place(labels, op), op.value)
    state.types[name] = replace(enum, labels=tuple(labels))


def _check_label(label: str) -> None:
    if len(label.encode()) > names.LIMIT:
        raise Refusal(f'invalid enum label "{label}"')


def _place(labels: list[str], op: AlterEnum) -> int:
    neighbour = op.before or op.after
    if not neighbour:
        return len(labels)
    if neighbour not in labels:
        raise Refusal(f'"{neighbour}" is not an existing enum label')
    return labels.index(neighbour) + (0 if op.before else 1)


def alter_domain(state: State, op: AlterDomain) -> None:
    name = type_name(state, op.name)
    domain = state.types[name]
    match op.action:
        case AddConstraint(constraint):
            _add_check(state, name, constraint)
        case DropConstraint():
            _drop_check(state, name, op.action)
        case AlterColumn():
            state.types[name] = _altered(domain, op.action)
        case _:
            changed = tuple(
                replace(c, validated=c.validated or op.action.validate)
                if c.name == op.action.name
                else c
                for c in domain.constraints
            )
            state.types[name] = replace(domain, constraints=changed)


def _drop_check(state: State, name: Name, action: DropConstraint) -> None:
    domain = state.types[name]
    if all(c.name != action.name for c in domain.constraints):
        if action.if_exists:
            return
        message = f'constraint "{action.name}" of domain "{domain.name}" does not exist'
        raise Refusal(message)
    state.constraint_names.drop(Name(domain.schema, action.name))
    kept = tuple(c for c in domain.constraints if c.name != action.name)
    state.types[name] = replace(domain, constraints=kept)


def _altered(domain: UserType, action: AlterColumn) -> UserType:
    match action.change:
        case "set default":
            return replace(domain, default=stored_default(str(action.value), domain.base))
        case "drop default":
            return replace(domain, default=None)
        case "set not null":
            return replace(domain, nullable=False)
        case "drop not null":
            return replace(domain, nullable=True)
        case _:
            return domain


def alter_composite(state: State, op: AlterComposite) -> None:
    name = type_name(state, op.name)
    for action in op.actions:
        composite = state.types[name]
        known = {a.name for a in composite.attributes}
        wanted = action.column.name if isinstance(action, AddColumn) else action.name
        if isinstance(action, AddColumn):
            if wanted in known:
                raise duplicate(f'column "{wanted}" of relation "{name.name}" already exists')
            attributes = (*composite.attributes, _attribute(state, action.column))
        elif wanted not in known:
            if action.if_exists:
                continue
            raise Refusal(f'column "{wanted}" of relation "{name.name}" does not exist')
        elif isinstance(action, DropColumn):
            attributes = tuple(a for a in composite.attributes if a.name != wanted)
        else:
            attributes = tuple(
                _retyped(state, a, action) if a.name == wanted else a for a in composite.attributes
            )
        state.types[name] = replace(composite, attributes=attributes)
    note_types(state, name)


def _retyped(state: State, attribute: Column, action: AlterColumn) -> Column:
    if action.change == "type" and isinstance(action.value, Type):
        return replace(attribute, type=resolve_type(state, action.value))
    return attribute
