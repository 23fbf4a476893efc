"""The process that audits targets one after the other: `python -m ctb_audit.fleet.auditor FOLDER`.

It takes tasks from standard input and answers on standard output. It ends as soon as whoever
started it is gone, and by an alarm of the system where even that cannot be noticed.
"""

import gc
import os
import signal
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import BinaryIO

from ctb_audit.fleet.frames import read_frame, write_frame
from ctb_audit.fleet.task import Task
from ctb_audit.fleet.work import work

READY = "ready"
GRACE = 30.0
"""Seconds past the timeout after which the system ends a process that nobody ended."""
IDLE = 300.0
"""Seconds without a task after which it ends."""


def serve(folder: Path) -> None:
    """Answer every task of standard input until that closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that coordinates
    gc.set_threshold(50_000, 20, 100)
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    tasks: SimpleQueue[Task] = SimpleQueue()
    Thread(target=_listen, args=(sys.stdin.buffer, tasks), daemon=True).start()
    write_frame(answers, READY)
    while True:
        _alarm(IDLE)
        task = tasks.get()
        _alarm(task.timeout + GRACE)
        write_frame(answers, work(task, folder))


def _listen(stream: BinaryIO, tasks: "SimpleQueue[Task]") -> None:
    while (task := read_frame(stream)) is not None:
        tasks.put(task)
    os._exit(0)


def _alarm(seconds: float) -> None:
    """The default of SIGALRM ends the process, whatever it is doing."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
