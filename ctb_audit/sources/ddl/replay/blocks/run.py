"""Runs the steps of a DO block as far as the replayed catalog decides them.

What is not decided is said as not understood, with the tables that it may concern; its statements
are applied as if it ran, and errors in them are none.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from ctb_audit.copies import replace
from ctb_audit.model import Name, Problem
from ctb_audit.sources.ddl.operations import NotUnderstood, Operation, StatementEffect
from ctb_audit.sources.ddl.parse_postgres import read_statement
from ctb_audit.sources.ddl.parse_postgres.blocks import flat, is_harmless, spelled_out
from ctb_audit.sources.ddl.parse_postgres.do_blocks import steps_of
from ctb_audit.sources.ddl.parse_postgres.source import Source
from ctb_audit.sources.ddl.parse_postgres.steps import (
    Assign,
    Attempt,
    Choice,
    Execute,
    Fail,
    Leave,
    Loop,
    Query,
    Sql,
    Step,
    within,
)
from ctb_audit.sources.ddl.read import named
from ctb_audit.sources.ddl.replay.blocks.queries import Evaluation
from ctb_audit.sources.ddl.replay.blocks.sqlstates import is_caught
from ctb_audit.sources.ddl.replay.blocks.values import Undecided, Value, boolean, elements, text_of
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.session import in_order
from ctb_audit.sources.ddl.replay.state import State
from ctb_audit.sources.ddl.statement import Statement

MOST_STEPS = 5_000
"""Steps of one block; a loop that takes more is undecided."""

_DEEPEST = 4
_LONGEST_CONDITION = 120
_COUNTED = ("query", "execute", "array", "range")
"""Loops that tell by FOUND whether they took a turn."""
Fold = Callable[[Operation], None]


class Raised(Refusal):
    """RAISE EXCEPTION; `condition` is the one that it names."""

    def __init__(self, message: str, condition: str) -> None:
        super().__init__(message)
        self.condition = condition


class _Left(Exception):
    """RETURN, EXIT or CONTINUE."""

    def __init__(self, leave: Leave) -> None:
        super().__init__(leave.what)
        self.leave = leave


class BlockRun:
    """One block; `fold` applies an operation and raises Refusal where the server would and
    that ends the block, or something in it may catch it (`State.trying`).
    """

    def __init__(self, state: State, path: str, fold: Fold, depth: int = 0) -> None:
        self._state = state
        self._path = path
        self._fold = fold
        self._depth = depth
        self._variables: dict[str, Value | Undecided] = {"found": False}
        self._evaluation = Evaluation(state, self._variables)
        self._unsure = 0
        self._lost = False
        self._whole: tuple[Step, ...] = ()
        self._steps_left = MOST_STEPS

    def run(self, body: Statement) -> bool:
        """Applies the block; whether all of it was understood."""
        self._whole = steps_of(Source(body, self._path))
        effect = self._state.effect
        self._state.effect = effect and replace(effect, guarded=False)
        with suppress(_Left):
            self._all(self._whole)
        self._state.effect = effect
        return not self._lost

    def _all(self, steps: Iterable[Step]) -> None:
        for step in steps:
            self._steps_left -= 1
            _RUNS[type(step)](self, step)

    def _assign(self, step: Assign) -> None:
        value = self._value(step.value)
        record = self._variables.get(step.name)
        if not step.part:
            self._variables[step.name] = value
        elif isinstance(record, dict) and not isinstance(value, Undecided):
            self._variables[step.name] = {**record, step.part: value}
        else:
            self._variables[step.name] = Undecided()

    def _fail(self, step: Fail) -> None:
        if not self._unsure:
            raise Raised(step.statement.text[:_LONGEST_CONDITION], step.condition)

    # ---- statements ----------------------------------------------------------------------------

    def _run_sql(self, step: Sql) -> None:
        self._sql(step.statement)

    def _sql(self, statement: Statement) -> None:
        effect = read_statement(statement, self._path)
        self._lost = self._lost or (effect.verdict == "not understood" and effect.block is None)
        mark = self._state.journal.mark()
        try:
            if effect.block is not None and self._depth < _DEEPEST:
                inner = BlockRun(self._state, self._path, self._fold, self._depth + 1)
                self._lost = not inner.run(effect.block) or self._lost
                return
            for operation in in_order(effect) if effect.operations else ():
                self._fold(operation)
        except Refusal:
            if not self._unsure:
                raise
            self._state.journal.undo(mark)

    def _execute(self, step: Execute) -> None:
        self._forget(step.names)
        try:
            text = text_of(self._state, self._evaluation.value(step.value))
        except Undecided:
            self._lose(flat((step,), self._path))
            return
        if text is None:
            raise Refusal("query string argument of EXECUTE is null")
        if is_harmless(text):
            self._into(step.names, self._rows(text))
            return
        place = step.statement
        for inner in spelled_out(Statement(text, 0, place.line, place.column)):
            self._sql(inner)

    def _lose(self, found: Iterable[tuple[Statement | NotUnderstood, bool]]) -> None:
        for one, _ in found:
            if isinstance(one, NotUnderstood):
                self._lost = True
                self._fold(one)

    def _query(self, step: Query) -> None:
        if "search_path" in step.statement.text:
            self._sql(step.statement)
        rows = self._rows(step.statement.text)
        self._variables["found"] = Undecided() if rows is None else bool(rows)
        self._into(step.names, rows)

    def _rows(self, query: str) -> list[dict[str, Value]] | None:
        """None where they are not known."""
        try:
            return self._evaluation.query(query)
        except Undecided:
            return None

    def _into(self, names: tuple[str, ...], rows: list[dict[str, Value]] | None) -> None:
        if rows is None:
            self._forget(names)
        elif len(names) == 1:
            self._variables[names[0]] = rows[0] if rows else None
        else:
            values = [*rows[0].values()] if rows else []
            for place, name in enumerate(names):
                self._variables[name] = values[place] if place < len(values) else None

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._variables[name] = Undecided()

    def _value(self, text: str | None) -> "Value | Undecided":
        if text is None:
            return Undecided()
        try:
            return self._evaluation.value(text)
        except Undecided as undecided:
            return undecided

    # ---- control -------------------------------------------------------------------------------

    def _choose(self, choice: Choice) -> None:
        for place, branch in enumerate(choice.branches):
            try:
                held = branch.condition is None or boolean(self._evaluation.value(branch.condition))
            except Undecided:
                rest = [one.steps for one in choice.branches[place:]]
                self._guess(f"whether {_short(branch.condition)} is not known here", rest)
                return
            if held:
                self._all(branch.steps)
                return

    def _guess(self, reason: str, parts: list[tuple[Step, ...]]) -> None:
        """Apply what may run, and say so where it may change a schema."""
        whole = tuple(step for part in parts for step in part)
        self._say(reason, whole)
        effect = self._state.effect
        if effect is not None:
            self._state.effect = replace(effect, guarded=True)
        self._unsure += 1
        left = False
        for part in parts:
            try:
                self._all(part)
            except _Left:
                left = True
        self._forget(_assigned(whole))
        if left:  # all that follows runs or not
            self._say(reason, self._whole)
            return
        self._unsure -= 1
        if not self._unsure:
            self._state.effect = effect

    def _say(self, reason: str, steps: tuple[Step, ...]) -> None:
        objects: dict[Name, None] = {}
        changes = False
        for statement in self._statements(steps):
            if isinstance(statement, NotUnderstood):
                changes = True
                objects.update(dict.fromkeys(statement.problem.objects))
                continue
            effect = read_statement(statement, self._path)
            changes = changes or bool(effect.operations)
            objects.update(dict.fromkeys(_concerned(effect)))
        if not changes:
            return
        self._lost = True
        around = self._state.effect
        place, excerpt = (around.location, around.excerpt) if around is not None else (None, "")
        message = f"a DO block: {reason}"
        found = {self._state.find(name) or self._state.assumed(name): None for name in objects}
        self._fold(NotUnderstood(Problem("not-understood", message, tuple(found), excerpt, place)))

    def _statements(self, steps: Iterable[Step]) -> Iterator[Statement | NotUnderstood]:
        """Those that may change a schema; what EXECUTE is given as far as it is known by now."""
        for step in steps:
            if isinstance(step, Execute):
                yield from self._given(step)
            else:
                yield from (one for one, _ in flat((step,), self._path, inner=False))
            for inner in within(step):
                yield from self._statements(inner)

    def _given(self, step: Execute) -> Iterator[Statement | NotUnderstood]:
        value = self._value(step.value)
        try:
            text = None if isinstance(value, Undecided) else text_of(self._state, value)
        except Undecided:
            text = None
        if text is None:
            yield from (one for one, _ in flat((step,), self._path))
        elif not is_harmless(text):
            place = step.statement
            yield from spelled_out(Statement(text, 0, place.line, place.column))

    def _loop(self, loop: Loop) -> None:
        turned = False
        try:
            for value in self._turns(loop):
                turned = True
                if not self._turn(loop, value):
                    break
            if loop.kind in _COUNTED:
                self._variables["found"] = turned
        except Undecided:
            self._forget([loop.name] if loop.name else ())
            self._guess(f"what {_short(loop.source)} loops over is not known here", [loop.steps])

    def _turn(self, loop: Loop, value: Value) -> bool:
        """Whether the loop goes on."""
        if self._steps_left < 0:
            raise Undecided
        if loop.name:
            self._variables[loop.name] = value
        try:
            self._all(loop.steps)
        except _Left as left:
            if self._unsure or not _ends(left.leave, loop):
                raise
            return left.leave.what == "continue"
        return True

    def _turns(self, loop: Loop) -> Iterator[Value]:
        """What the loop's variable holds, turn by turn."""
        evaluate = self._evaluation
        match loop.kind:
            case "query":
                yield from evaluate.query(loop.source)
            case "execute":
                yield from evaluate.query(text_of(self._state, evaluate.value(loop.source)) or "")
            case "array":
                yield from elements(evaluate.value(loop.source))
            case "once":
                yield None
            case "range":
                yield from self._range(loop)
            case _:
                while loop.kind == "endless" or boolean(evaluate.value(loop.source)):
                    yield None

    def _range(self, loop: Loop) -> Iterator[int]:
        bounds = [self._evaluation.value(bound) for bound in loop.source.split("..")]
        match bounds:
            case [int(first), int(last)]:
                pass
            case _:
                raise Undecided
        yield from range(first, last - 1, -1) if loop.reverse else range(first, last + 1)

    def _leave(self, leave: Leave) -> None:
        if leave.condition:
            held = boolean(self._evaluation.value(leave.condition))
            if not held:
                return
        raise _Left(leave)

    def _attempt(self, attempt: Attempt) -> None:
        state = self._state
        mark, told = state.journal.mark(), len(state.problems)
        state.trying += 1
        try:
            self._all(attempt.steps)
            return
        except Refusal as refusal:
            caught = refusal
        finally:
            state.trying -= 1
        handlers = [(h, is_caught(caught, {*h.conditions})) for h in attempt.handlers]
        handler = next((h for h, held in handlers if held is not False), None)
        if handler is None:
            if state.strict or state.trying:
                raise caught
            state.record(caught)
            return
        state.journal.undo(mark)
        del state.problems[told:]
        if next(held for h, held in handlers if h is handler) is None:
            self._say(f"whether WHEN catches {caught.message!r} is not known", attempt.steps)
        self._all(handler.steps)


def run_block(state: State, path: str, fold: Fold, body: Statement) -> bool:
    """Applies a DO block of the script `path`; whether all of it was understood."""
    return BlockRun(state, path, fold).run(body)


def _ends(leave: Leave, loop: Loop) -> bool:
    """Whether EXIT or CONTINUE means this loop."""
    if leave.label:
        return leave.label == loop.label
    return leave.what != "return" and loop.kind != "once"


def _short(text: str | None) -> str:
    words = " ".join((text or "").split())
    return words if len(words) <= _LONGEST_CONDITION else f"{words[:_LONGEST_CONDITION]}..."


def _concerned(effect: StatementEffect) -> Iterator[Name]:
    yield from named(effect)
    for operation in effect.operations:
        if isinstance(operation, NotUnderstood):
            yield from operation.problem.objects


def _assigned(steps: Iterable[Step]) -> Iterator[str]:
    """The variables that steps may set."""
    for step in steps:
        match step:
            case Assign(name):
                yield name
            case Execute(names=names) | Query(names=names):
                yield from (*names, "found")
        for inner in within(step):
            yield from _assigned(inner)


_RUNS: dict[type, Callable[[BlockRun, Any], None]] = {
    Sql: BlockRun._run_sql,
    Execute: BlockRun._execute,
    Query: BlockRun._query,
    Assign: BlockRun._assign,
    Choice: BlockRun._choose,
    Loop: BlockRun._loop,
    Attempt: BlockRun._attempt,
    Leave: BlockRun._leave,
    Fail: BlockRun._fail,
}
