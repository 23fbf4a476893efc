"""Statement by statement: refusals, transaction blocks, includes, annotations, coverage."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from ctb_audit.collector import collector_paused
from ctb_audit.copies import replace
from ctb_audit.lean import importer
from ctb_audit.model import Catalog, Coverage, Problem, Surface, System
from ctb_audit.sources.ddl import operations as ops
from ctb_audit.sources.ddl.operations import Operation, Script, StatementEffect
from ctb_audit.sources.ddl.replay.dispatch import HANDLERS, table_of
from ctb_audit.sources.ddl.replay.outcome import catalog
from ctb_audit.sources.ddl.replay.refusal import Ignored, Refusal
from ctb_audit.sources.ddl.replay.session import Block, in_order, set_search_path, transact
from ctb_audit.sources.ddl.replay.state import Mode, State
from ctb_audit.sources.ddl.statement import Statement

run_block = importer("ctb_audit.sources.ddl.replay.blocks")("run.run_block")
Include = Callable[[str, bool, str], Script | None]
_ABORTED = "current transaction is aborted, commands ignored until end of transaction block"
_UNGRAMMATICAL = ("invalid-sql", "foreign-dialect-sql")
_MISSING = "does not exist"
_DEEPEST_INCLUDE = 16


class Replay:
    """A catalog in the making; scripts are sessions of their own, in the order applied.

    `include(path, relative, including_path)` reads a file that a script includes, None where
    it cannot. `server_version` is the server's major version. `user`, where known, is the role
    that runs the scripts: default privileges FOR ROLE somebody else do not concern it.
    """

    def __init__(
        self,
        *,
        mode: Mode = "lenient",
        include: Include | None = None,
        source: str = "",
        surface: Surface = "ddl",
        server_version: int = 17,
        user: str | None = None,
    ) -> None:
        self._mode: Mode = mode
        self._include = include
        self._source = source
        self._surface: Surface = surface
        self._version = server_version
        self._user = user
        self._states: dict[System, State] = {}
        self._problems: list[Problem] = []
        self._statements = self._understood = self._irrelevant = 0
        self._block = Block()
        self._depth = 0
        self._anything = False  # a statement that was not understood may have made anything

    def apply(self, script: Script) -> None:
        """Fold one file, fence or standard input. A block left open at its end is rolled back
        as the server does, in lenient mode committed.
        """
        state = self._state(script.system)
        with collector_paused():
            self._run(state, script)
        if self._block.open:
            undo = self._mode == "server" or self._block.aborted
            transact(state, self._block, ops.Transaction("rollback" if undo else "commit"))
        state.session.discard("path")
        state.session.discard("local path")
        state.journal.forget()

    def catalog(self) -> Catalog:
        """The catalog so far; more scripts may follow."""
        coverage = Coverage(self._statements, self._understood, self._irrelevant)
        return catalog(self._states.values(), coverage, self._problems, self._source, self._surface)

    def _state(self, system: System) -> State:
        if system not in self._states:
            self._states[system] = State(
                system, self._mode, self._version, self._user, problems=self._problems
            )
        return self._states[system]

    def _run(self, state: State, script: Script) -> None:
        state.scripts.append(script)
        for effect in script.effects:
            self._statements += 1
            self._understood += effect.verdict == "understood"
            self._irrelevant += effect.verdict == "irrelevant"
            if effect.operations:
                state.effect = effect
                self._apply(state, effect, script.path)

    def _apply(self, state: State, effect: StatementEffect, path: str) -> None:
        """One statement: whole or not at all in server mode."""
        if self._block.aborted and not _ends_block(effect):
            state.record(Refusal(_ABORTED))
            return
        mark = state.journal.mark()
        try:
            if effect.block is not None:
                self._run_block(state, effect, effect.block, path)
            else:
                for op in self._effective(effect):
                    self._fold(state, op, path)
            if effect.declarations or effect.waivers:
                self._annotate(state, effect)
        except Refusal as refusal:
            state.journal.undo(mark)
            self._refused(state, refusal)
        if not self._block.open:
            state.journal.forget()

    def _run_block(
        self, state: State, effect: StatementEffect, block: Statement, path: str
    ) -> None:
        """A DO block: the catalog tells which of its statements run."""
        understood = run_block(state, path, lambda op: self._fold(state, op, path), block)
        self._understood += understood - (effect.verdict == "understood")

    def _effective(self, effect: StatementEffect) -> Sequence[Operation]:
        """What of a statement takes effect: nothing where the server's grammar rejects it."""
        if self._mode == "server":
            problems = [op for op in effect.operations if isinstance(op, ops.NotUnderstood)]
            if any(op.problem.kind in _UNGRAMMATICAL for op in problems):
                return problems
        return in_order(effect)

    def _refused(self, state: State, refusal: Refusal) -> None:
        guarded = state.effect is not None and state.effect.guarded
        if guarded and refusal.tolerable:
            return
        if self._anything and refusal.kind == "rejected" and _MISSING in refusal.message:
            message = f"{refusal.message}, unless what was not understood before made it"
            state.record(Refusal(message, *refusal.objects, kind="not-understood"))
            return
        state.record(refusal)
        if self._block.open and self._mode == "server":
            self._block.aborted = True

    def _fold(self, state: State, op: Operation, path: str) -> None:
        handler = HANDLERS.get(type(op))
        if handler is not None:
            self._change(state, op, handler)
            return
        match op:
            case ops.Transaction():
                transact(state, self._block, op)
            case ops.SetSearchPath():
                set_search_path(state, self._block, op)
            case ops.Include():
                self._read(state, op, path)
            case ops.NotUnderstood(problem):
                self._not_understood(state, problem)

    def _change(self, state: State, op: Operation, handler: Callable[[State, Any], None]) -> None:
        mark = state.journal.mark()
        try:
            handler(state, op)
        except Ignored:
            return
        except Refusal as refusal:
            if self._mode == "server" or state.trying:
                raise
            state.journal.undo(mark)
            self._refused(state, refusal)

    def _not_understood(self, state: State, problem: Problem) -> None:
        self._problems.append(problem)
        if problem.kind == "not-understood" and not problem.objects:
            self._anything = True
        if problem.kind in _UNGRAMMATICAL and self._block.open and self._mode == "server":
            self._block.aborted = True

    def _read(self, state: State, op: ops.Include, path: str) -> None:
        """Fold an included file in the same session."""
        effect = state.effect
        script = None
        if self._include is not None and self._depth < _DEEPEST_INCLUDE:
            script = self._include(op.path, op.relative, path)
        if script is None:
            state.record(
                Refusal(f"the included file {op.path} was not read", kind="not-understood")
            )
            return
        self._depth += 1
        self._run(state, script)
        self._depth -= 1
        state.effect = effect

    def _annotate(self, state: State, effect: StatementEffect) -> None:
        """Hold the comments above a statement for the tables that it defines or concerns."""
        created = [op for op in effect.operations if isinstance(op, ops.CreateTable)]
        for op in created or effect.operations:
            written = table_of(op)
            found = state.find(written) if written is not None else None
            table = state.tables.get(found) if found is not None else None
            if table is not None:
                state.put(
                    replace(
                        table,
                        declarations=(*table.declarations, *effect.declarations),
                        waivers=(*table.waivers, *effect.waivers),
                    )
                )
                if not created:
                    return


def _ends_block(effect: StatementEffect) -> bool:
    return any(
        isinstance(op, ops.Transaction) and op.action in ("commit", "rollback", "rollback to")
        for op in effect.operations
    )


def replay(
    scripts: Iterable[Script],
    *,
    mode: Mode = "lenient",
    include: Include | None = None,
    source: str = "",
    surface: Surface = "ddl",
    server_version: int = 17,
    user: str | None = None,
) -> Catalog:
    """The catalog that the scripts amount to, applied in their order."""
    state = Replay(
        mode=mode,
        include=include,
        source=source,
        surface=surface,
        server_version=server_version,
        user=user,
    )
    for script in scripts:
        state.apply(script)
    return state.catalog()
