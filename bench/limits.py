"""Audits hostile inputs at one size and half of it: seconds, growth and exit code.

    python -m bench.limits [--only WORD] [--limit SECONDS]

Growth is how much longer the whole takes than its half, start-up taken off: 2 is linear, 4 is
quadratic. Exits 1 where one passes the limit, ends in no documented code, or grows past 2.9 while
it takes longer than two seconds.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench.limit_inputs import INPUTS, USERS, Input

CTB = [sys.executable, "-m", "ctb_audit.cli", "audit", "--no-log", "--no-cache", "--exit-zero"]
LIMITED = ["/bin/sh", "-c", 'ulimit -s 8192; ulimit -t "$1"; shift; exec "$@"']
DOCUMENTED = (0, 2, 3)
STEEPEST = 2.9
NOTICEABLE = 2.0


class Run(NamedTuple):
    """`seconds` of the processor; `code` None where a signal ended it, as the limit does."""

    seconds: float
    peak: float
    code: int | None
    said: str


def run(given: Input, size: int, limit: int) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {given.file: given.text(size), **given.extra(size)}.items():
            (Path(folder) / path).write_text(text, encoding="utf-8")
        arguments = [] if given.extra(size) else [given.file]
        with open(Path(folder) / "said", "w+", encoding="utf-8") as said:
            child = subprocess.Popen(
                [*LIMITED, "limits", str(limit), *CTB, "--min-coverage", "0", *arguments],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(Path.cwd())},
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            code = child.returncode if child.returncode >= 0 else None
            said.seek(0)
            return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, code, said.read())


def row(name: str, given: Input, base: float, limit: int) -> tuple[str, bool]:
    half, whole = run(given, given.size // 2, limit), run(given, given.size, limit)
    growth = (whole.seconds - base) / max(half.seconds - base, 0.02)
    steep = whole.seconds - base > NOTICEABLE and growth > STEEPEST
    bad = whole.code not in DOCUMENTED or steep or "internal error" in whole.said
    code = "none" if whole.code is None else str(whole.code)
    first = whole.said.strip().splitlines()[0][:90] if whole.said.strip() else ""
    figures = f"{whole.seconds:7.2f} | {growth:5.1f} | {whole.peak:6.0f} | {code:>4}"
    return f"| {name:<36} | {given.size:>9,} | {figures} | {first}", bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="inputs whose names hold the word")
    parser.add_argument("--limit", type=int, default=60, help="processor seconds for one process")
    options = parser.parse_args()
    base = min(run(Input("a.sql", 1, lambda n: USERS), 1, 60).seconds for _ in range(3))
    print(f"start-up {base:.2f} s")
    print(f"| {'input':<36} | {'size':>9} | seconds | growth | MB | exit | said")
    failed = False
    for name, given in INPUTS.items():
        if options.only in name:
            line, bad = row(name, given, base, options.limit)
            failed = failed or bad
            print(f"{line}{'   <--' if bad else ''}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
