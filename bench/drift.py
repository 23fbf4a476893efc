"""Drift seeded at random: one change of a live database a trial, against the DDL it was made from.

    python bench/drift.py [--trials 200] [--seed N] [--major N]

Every trial makes one change of the next kind on a random table, beside a harmless one on another.
Prints what was found, missed and invented; exit 1 unless every change is found and nothing else.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).parents[1]))

from ctb_audit.scratch import ScratchServer, find_binaries
from tests.drift.seeded import CHANGES, trials


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--major", type=int)
    options = parser.parse_args()
    started = time.perf_counter()
    with ScratchServer(find_binaries(major=options.major)) as server:
        done = trials(server, options.trials, Random(options.seed))
        version = ".".join(map(str, server.version))
    totals: Counter[str] = Counter()
    for trial in done:
        missed, invented = trial.expected - trial.found, trial.found - trial.expected
        totals += Counter(found=not missed, missed=len(missed), invented=len(invented))
        totals["undecided"] += trial.unknown
        if missed or invented:
            print(f"{trial.kind} on {trial.table}: missed {missed}, invented {invented}")
    seconds = time.perf_counter() - started
    print(f"PostgreSQL {version}, {len(CHANGES)} kinds of change, {len(done)} trials: ", end="")
    print(
        ", ".join(f"{totals[k]} {k}" for k in ("found", "missed", "invented", "undecided")), end=""
    )
    print(f"; {seconds:.1f} s")
    return int(bool(totals["missed"] or totals["invented"]))


if __name__ == "__main__":
    sys.exit(main())
