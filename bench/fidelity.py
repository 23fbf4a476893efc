"""The honest test over real schemas: load, read back, replay, compare.

    python bench/fidelity.py [--verbose] [--major N] FILE...

A FILE or folder of migrations (its .sql files in the order of their names) is one schema. Prints
a table: objects, facts compared, facts that differ, undecided, statements that were refused by the
server and by the replay. Exit 1 where something differs.
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from ctb_audit.scratch import ScratchServer, find_binaries
from tests.fidelity.fidelity import Outcome, compare


def text_of(path: Path) -> str:
    files = [path] if path.is_file() else sorted(path.rglob("*.sql"))
    return "\n;\n".join(file.read_text(errors="replace") for file in files)


def report(path: Path, outcome: Outcome, seconds: float, *, verbose: bool) -> None:
    refused = outcome.errors.count("ERROR:")
    rejected = sum(p.kind != "not-understood" for p in outcome.replayed.problems)
    lost = outcome.replayed.coverage.not_understood
    differ, undecided = len(outcome.differences), len(outcome.undecided)
    print(
        f"{path.name[:38]:38} {outcome.objects:7} {outcome.compared:8} {differ:7} {undecided:9}"
        f" {refused:8} {rejected:8} {lost:5} {seconds:6.1f}",
        flush=True,
    )
    if verbose:
        for difference in outcome.differences:
            print("  DIFFERS", difference)
        for difference in outcome.undecided:
            print("  UNDECIDED", difference)
        print(outcome.errors)
        for problem in outcome.replayed.problems:
            print("  PROBLEM", problem.location, problem.kind, problem.message)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+", type=Path)
    parser.add_argument("--verbose", action="store_true")
    parser.add_argument("--major", type=int)
    options = parser.parse_args()
    print(
        f"{'schema':38} objects    facts  differ undecided  refused rejected  lost      s",
        flush=True,
    )
    failed = False
    with ScratchServer(find_binaries(major=options.major)) as server:
        for path in options.paths:
            started = time.perf_counter()
            outcome = compare(server, text_of(path))
            report(path, outcome, time.perf_counter() - started, verbose=options.verbose)
            failed = failed or bool(outcome.differences)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
