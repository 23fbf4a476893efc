"""CREATE SEQUENCE, ALTER SEQUENCE and what the server fills in."""

import re
from functools import lru_cache
from typing import Any

from ctb_audit.copies import replace
from ctb_audit.lean import pattern
from ctb_audit.model import Name, Sequence
from ctb_audit.sources.ddl.operations import AlterSequence, CreateSequence
from ctb_audit.sources.ddl.replay.late import tokens
from ctb_audit.sources.ddl.replay.names import home
from ctb_audit.sources.ddl.replay.privileges import initial_grants
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.state import State

_NEXTVAL = pattern(r"[\s(]*(?:pg_catalog\.)?nextval\s*\(\s*\(?'((?:[^']|'')+)'", re.IGNORECASE)
_LARGEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}


def completed(sequence: Sequence) -> Sequence:
    """With the start that the server stores; bounds that are the type's usual ones are None."""
    largest = _LARGEST.get(sequence.type, _LARGEST["bigint"])
    low, high = (-largest - 1, -1) if sequence.increment < 0 else (1, largest)
    minimum = None if sequence.minimum == low else sequence.minimum
    maximum = None if sequence.maximum == high else sequence.maximum
    low = low if minimum is None else minimum
    high = high if maximum is None else maximum
    start = sequence.start
    if not low <= start <= high:
        start = high if sequence.increment < 0 else low
    return replace(sequence, minimum=minimum, maximum=maximum, start=start)


def create_sequence(state: State, op: CreateSequence) -> None:
    if op.temporary:
        state.claim_temporary(op.name.name)
        return
    name = state.creation_name(op.name)
    if op.if_not_exists and name in state.relations:
        return
    state.claim(name, "sequence")
    schema = home(name)
    grants = initial_grants(state, "sequence", schema)
    sequence = replace(op.sequence, schema=schema, name=name.name, owned_by=None, grants=grants)
    state.sequences[name] = completed(sequence)
    if op.owned_by is not None:
        _own(state, name, op.owned_by)


def sequence_name(state: State, name: Name) -> Name:
    found = state.find(name)
    if found is not None and state.relations[found] == "temporary":
        raise Ignored
    if found is None or found not in state.sequences:
        raise Refusal(f'relation "{name}" does not exist')
    return found


def alter_sequence(state: State, op: AlterSequence) -> None:
    if op.if_exists and state.find(op.name) is None:
        return
    name = sequence_name(state, op.name)
    if op.changes:
        state.sequences[name] = altered(state.sequences[name], dict(op.changes))
    if op.disown:
        state.sequences[name] = replace(state.sequences[name], owned_by=None)
    if op.owned_by is not None:
        _own(state, name, op.owned_by)


def altered(old: Sequence, changes: dict[str, Any]) -> Sequence:
    """Bounds that are the ends of the old type follow to those of a new one."""
    size = _LARGEST.get(old.type, _LARGEST["bigint"])
    new = replace(old, **changes)
    wide = _LARGEST.get(new.type, _LARGEST["bigint"])
    if new.minimum == -size - 1:
        new = replace(new, minimum=-wide - 1)
    if new.maximum == size:
        new = replace(new, maximum=wide)
    return completed(new)


def _own(state: State, name: Name, owner: tuple[Name, str]) -> None:
    table_name = state.table_name(owner[0])
    if table_name.schema != name.schema:
        message = "sequence must be in same schema as table it is linked to"
        raise Refusal(message, table_name)
    table = state.tables[table_name]
    column = table.column(owner[1])
    if column is None:
        message = f'column "{owner[1]}" of relation "{table.name}" does not exist'
        raise Refusal(message, table_name)
    state.sequences[name] = replace(
        state.sequences[name], owned_by=(table.schema, table.name, column.name)
    )
    state.owned.add(table_name, name)
    if column.default is not None and drawn_sequence(state, column.default) == name:
        serial = replace(column, serial=name)
        columns = tuple(serial if c is column else c for c in table.columns)
        state.put(replace(table, columns=columns))


def drawn_sequence(state: State, default: str) -> Name | None:
    """The sequence that `nextval('...')` in a default names, if it exists."""
    written = _drawn(default)
    found = None if written is None else state.find(written)
    return found if found is not None and found in state.sequences else None


@lru_cache(maxsize=4096)
def _drawn(default: str) -> Name | None:
    """The name that stands in the `nextval('...')` of a default."""
    match = _NEXTVAL.match(default)
    if match is None:
        return None
    parts = match[1].split(".")
    if not all(part.isidentifier() and part.islower() and part.isascii() for part in parts):
        parts = [t.identifier for t in tokens(match[1].replace("''", "'")) if t.identifier]
    return Name(parts[0] if len(parts) == 2 else None, parts[-1]) if 1 <= len(parts) <= 2 else None
