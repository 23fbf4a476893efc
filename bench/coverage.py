"""Coverage, time and memory of whole audits: `python bench/coverage.py FOLDER...`.

One line a folder: statements by what became of them, tables, problems, seconds and the peak of
the largest process. Every statement is in exactly one of the counts; a crash has no line of its own
but ends the run.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

HEAD = ("schema", "statements", "understood", "irrelevant", "not understood", "tables", "s", "MiB")


def audited(folder: Path) -> tuple[str, ...]:
    started = time.perf_counter()
    command = [sys.executable, "-m", "ctb_audit.cli", "audit", "--no-log", "--no-cache"]
    process = subprocess.Popen(
        [*command, "--format", "json", "--exit-zero", "."], stdout=subprocess.PIPE, cwd=folder
    )
    assert process.stdout is not None
    text = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    elapsed = time.perf_counter() - started
    audit = json.loads(text)
    coverage = audit["coverage"]
    counted = coverage["understood"] + coverage["irrelevant"] + coverage["not_understood"]
    assert counted == coverage["statements"], folder
    kinds = Counter(problem["kind"] for problem in audit["problems"])
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    numbers = (coverage[key] for key in ("statements", "understood", "irrelevant"))
    return (
        folder.name,
        *map(str, numbers),
        str(coverage["not_understood"]),
        str(len(audit["tables"])),
        f"{elapsed:.1f}",
        str(usage.ru_maxrss // 1024),
        f"exit {process.returncode}; {told}",
    )


def main() -> None:
    print("| " + " | ".join((*HEAD, "problems")) + " |")
    print("|---|" + "---:|" * (len(HEAD) - 1) + "---|")
    for argument in sys.argv[1:]:
        print("| " + " | ".join(audited(Path(argument).resolve())) + " |", flush=True)


if __name__ == "__main__":
    main()
