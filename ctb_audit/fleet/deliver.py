"""Writes results of a fleet into the compliance log: one row a target and run.

The row's `log_id` is stored with the result before the log is asked, and the log knows an id that
it has: whatever ends a run, the row is there once.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ctb_audit.cli.logging import broken_entry
from ctb_audit.config import Config
from ctb_audit.errors import LogError
from ctb_audit.fleet.kept import Kept, unpack
from ctb_audit.fleet.standing import Standing
from ctb_audit.fleet.state import Result, State
from ctb_audit.fleet.target import Target
from ctb_audit.log import Log, LogEntry


class Deliverer:
    """`log` None: none is kept. After the first failure rows wait in the state for `rest`."""

    def __init__(self, log: Log | None, state: State) -> None:
        self.problem: LogError | None = None
        self._log = log
        self._state = state
        self._targets = {target.name: target for target in state.targets()}

    def __call__(self, result: Result) -> None:
        if self._log is None or self.problem is not None:
            return
        try:
            self._log.write(row_of(result, self._targets[result.name]))
        except LogError as error:
            self.problem = error
        else:
            self._state.mark_logged(result.name)

    def rest(self) -> None:
        """Deliver what waits; `problem` says afterwards why anything still does."""
        self.problem = None
        for name in self._state.unlogged():
            result = self._state.result(name)
            if result is not None:
                self(result)

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(self._log.notices) if self._log is not None else ()


def row_of(result: Result, target: Target) -> LogEntry:
    """The log's row of a result; a target without one gets a `failed` row."""
    if not result.reason:
        kept = unpack(result.content, result.name)
        return kept.entry(result.at, result.log_id, _about(target, kept))
    entry = broken_entry("audit", result.message, Config(Path(), standard=target.standard))
    actions = {**entry.actions, "fleet": _about(target, None)}
    return replace(entry, at=result.at, log_id=result.log_id, actions=actions)


def _about(target: Target, kept: Kept | None) -> Mapping[str, Any]:
    """What a trend is made of, so that it need not read whole rows."""
    standing = Standing.of(kept.tables) if kept is not None else Standing()
    return {
        "target": target.name,
        "team": target.team,
        "system": target.system,
        "score": kept.score if kept is not None else None,
        "weight": standing.weight,
        "reached": standing.reached,
    }
