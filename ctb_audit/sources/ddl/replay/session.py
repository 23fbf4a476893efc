"""The session: search_path, transactions, schemas and extensions."""

from collections.abc import Sequence
from dataclasses import field

from ctb_audit.lean import dataclass
from ctb_audit.model import Schema
from ctb_audit.sources.ddl.operations import (
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    CreateTrigger,
    CreateView,
    Operation,
    SetSearchPath,
    StatementEffect,
    Transaction,
)
from ctb_audit.sources.ddl.replay.refusal import Refusal, duplicate
from ctb_audit.sources.ddl.replay.state import State

_BUILT_IN = ("plpgsql",)


@dataclass(slots=True)
class Block:
    """The open transaction block, if any; `savepoints` with their marks in the journal."""

    open: bool = False
    aborted: bool = False
    savepoints: list[tuple[str, int]] = field(default_factory=list)

    def close(self) -> None:
        self.open = False
        self.aborted = False
        self.savepoints.clear()


def transact(state: State, block: Block, op: Transaction) -> None:
    """BEGIN, COMMIT, ROLLBACK and savepoints, as the server takes them."""
    match op.action:
        case "begin":
            block.open = True
        case "commit":
            _end(state, block, undo=block.aborted)
        case "rollback":
            _end(state, block, undo=block.open)
        case "savepoint":
            _require(block, "SAVEPOINT")
            if not block.aborted:
                block.savepoints.append((op.savepoint, state.journal.mark()))
        case "release":
            _release(block, op.savepoint)
        case "rollback to":
            _roll_back_to(state, block, op.savepoint)


def _end(state: State, block: Block, undo: bool) -> None:
    if undo:
        state.journal.undo()
    block.close()
    state.session.discard("local path")
    state.journal.forget()


def _position(block: Block, name: str) -> int:
    for at in range(len(block.savepoints) - 1, -1, -1):
        if block.savepoints[at][0] == name:
            return at
    raise Refusal(f'savepoint "{name}" does not exist')


def _require(block: Block, what: str) -> None:
    if not block.open:
        raise Refusal(f"{what} can only be used in transaction blocks")


def _release(block: Block, name: str) -> None:
    _require(block, "RELEASE SAVEPOINT")
    if not block.aborted:
        del block.savepoints[_position(block, name) :]


def _roll_back_to(state: State, block: Block, name: str) -> None:
    _require(block, "ROLLBACK TO SAVEPOINT")
    at = _position(block, name)
    state.journal.undo(block.savepoints[at][1])
    del block.savepoints[at + 1 :]
    block.aborted = False


def set_search_path(state: State, block: Block, op: SetSearchPath) -> None:
    """SET LOCAL holds until the transaction ends; outside of one it does nothing."""
    if op.local:
        if block.open:
            path = state.default_path if op.schemas is None else op.schemas
            state.session["local path"] = path
        return
    state.session.discard("local path")
    if op.schemas is None:
        state.session.discard("path")
    else:
        state.session["path"] = op.schemas


def create_schema(state: State, op: CreateSchema) -> None:
    if op.name in state.schemas:
        if op.if_not_exists:
            return
        raise duplicate(f'schema "{op.name}" already exists')
    location = state.effect.location if state.effect else None
    state.schemas[op.name] = Schema(op.name, location=location)


_ELEMENTS = (CreateSequence, CreateTable, CreateView, CreateIndex, CreateTrigger)


def in_order(effect: StatementEffect) -> Sequence[Operation]:
    """The server makes the elements of one CREATE SCHEMA by kind, not as written."""
    if len(effect.operations) == 1:
        return effect.operations
    first, *rest = effect.operations
    in_block = effect.excerpt[:2].upper() == "DO"
    if in_block or not isinstance(first, CreateSchema):
        return effect.operations
    places = {kind: place for place, kind in enumerate(_ELEMENTS)}
    return [first, *sorted(rest, key=lambda op: places.get(type(op), len(_ELEMENTS)))]
