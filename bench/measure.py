"""Runs commands and says what they took: wall and processor seconds, and memory at the peak."""

import os
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """Medians of the runs of one command; `finished` is False where it ran into the limit."""

    name: str
    wall: float
    cpu: float
    peak: float  # MB, of the largest process
    runs: int
    finished: bool = True


@dataclass(frozen=True)
class Command:
    """`before` is called with the number of the run before each, outside of what is measured."""

    name: str
    arguments: Sequence[str]
    folder: Path | None = None
    before: Callable[[int], None] | None = None


def environment() -> dict[str, str]:
    """As an installed product runs: compiled modules are kept."""
    left_out = {"PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED"}
    return {k: v for k, v in os.environ.items() if k not in left_out}


def once(command: Command, limit: float) -> tuple[float, float, float] | None:
    """Wall seconds, processor seconds of all its processes, peak MB; None past the limit."""
    start = time.perf_counter()
    child = subprocess.Popen(
        list(command.arguments),
        cwd=command.folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while True:
        done, _, used = os.wait4(child.pid, os.WNOHANG)
        wall = time.perf_counter() - start
        if done:
            child.returncode = 0
            return wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024
        if wall > limit:
            os.killpg(child.pid, signal.SIGKILL)
            os.wait4(child.pid, 0)
            child.returncode = -9
            return None
        time.sleep(min(0.05, wall / 50))


def compared(commands: Sequence[Command], runs: int, limit: float) -> list[Result]:
    """The commands in turn, `runs` times after one that warms up, so that all meet one machine."""
    found: dict[str, list[tuple[float, float, float]]] = {c.name: [] for c in commands}
    over: set[str] = set()
    for turn in range(runs + 1):
        for command in commands:
            if command.name in over:
                continue
            if command.before is not None:
                command.before(turn)
            taken = once(command, limit)
            if taken is None:
                over.add(command.name)
            elif turn or taken[0] > limit / 4:
                found[command.name].append(taken)
    return [_result(c.name, found[c.name], c.name in over, limit) for c in commands]


def _result(name: str, taken: list[tuple[float, float, float]], over: bool, limit: float) -> Result:
    if over or not taken:
        return Result(name, limit, limit, 0, len(taken), finished=False)
    wall, cpu, peak = (statistics.median(column) for column in zip(*taken, strict=True))
    return Result(name, wall, cpu, peak, len(taken))
