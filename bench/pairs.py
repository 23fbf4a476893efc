"""Audits every two examples of rules of the same surfaces in one project.

    python -m bench.pairs [--most 20000]

Prints each pair whose findings are not those of the two apart, and exits 1 where there is one.
"""

import argparse
import random
import sys
from itertools import combinations

from tests.trust.composed import composed, findings, separable

SEED = 12


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=20_000, help="pairs of one kind of project")
    most = parser.parse_args().most
    differ = 0
    for kinds, parts in separable().items():
        pairs = list(combinations(parts, 2))
        chosen = pairs if len(pairs) <= most else random.Random(SEED).sample(pairs, most)
        wrong = 0
        for one, other in chosen:
            together = findings.__wrapped__(composed((one, other)))
            if together != findings(one.text) | findings(other.text):
                wrong += 1
                print(f"{one.label} | {other.label}", flush=True)
        differ += wrong
        what = f"{'+'.join(kinds):<20} {len(parts):4} examples {len(chosen):6} pairs"
        print(f"{what} {wrong:4} differ", flush=True)
    sys.exit(1 if differ else 0)


if __name__ == "__main__":
    main()
