"""The licences of what an installation brings: `python -m bench.licences [--extra NAME]`.

Read from the metadata of what is installed, without the network. Followed are the dependencies of
ctb-audit and of its extras. Exit code 1 where a licence is unknown, or copyleft without a decision
that allows it.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

EXTRAS = ("verify", "bigquery", "firestore", "server", "fleet")
"""Without `fast`: the same sqlglot, compiled."""
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|PostgreSQL|CC0|Zlib|MPL)\b",
    re.I,
)
COPYLEFT = re.compile(r"\b(A?GPL|GNU (Affero )?General Public|EUPL|SSPL|BUSL|Commons Clause)", re.I)
WEAK = re.compile(r"LGPL|Lesser General Public", re.I)
ALLOWED = {
    "psycopg": "docs/decisions/0010-licences.md",
    "psycopg-binary": "docs/decisions/0010-licences.md",
}
"""Licences that need a reason, and where it stands."""


class Licence(NamedTuple):
    name: str
    version: str
    says: str
    problem: str


def says(found: Distribution) -> str:
    """The licence that a package declares: the expression, classifiers, or the first line."""
    data = found.metadata
    fields = data.json  # absent ones are left out, whichever library read it
    expression = fields.get("license_expression")
    if expression:
        return str(expression)
    classifiers = [
        c.rpartition(" :: ")[2]
        for c in data.get_all("Classifier") or ()
        if c.startswith("License ::") and c != "License :: OSI Approved"
    ]
    if classifiers:
        return "; ".join(classifiers)
    lines = str(fields.get("license") or "").strip().splitlines()
    return lines[0][:80] if lines else ""


def problem_of(name: str, licence: str) -> str:
    if WEAK.search(licence):
        return "" if name in ALLOWED else "LGPL without a decision"
    if COPYLEFT.search(licence):
        return "copyleft"
    return "" if PERMISSIVE.search(licence) else "unknown"


def required(roots: Sequence[str], extras: Sequence[str]) -> Iterator[Licence]:
    """The licences of the packages and of all that they need here, each once, in their order."""
    waiting = [(root, tuple(extras)) for root in roots]
    seen: set[tuple[str, tuple[str, ...]]] = set()
    told: set[str] = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in seen:
            continue
        seen.add((name, wanted))
        try:
            found = distribution(name)
        except PackageNotFoundError:
            yield Licence(name, "", "", "not installed")
            continue
        if name not in told:
            told.add(name)
            licence = says(found)
            yield Licence(name, found.version, licence, problem_of(name, licence))
        waiting += needs(found, wanted)


def needs(found: Distribution, extras: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for text in found.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, "")):
            yield canonicalize_name(requirement.name), tuple(sorted(requirement.extras))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extra", action="append", help="Extras to follow; repeatable.")
    asked = parser.parse_args()
    found = sorted(required(["ctb-audit"], asked.extra or EXTRAS))
    for licence in found:
        note = licence.problem or ALLOWED.get(licence.name, "")
        print(f"{licence.name:34} {licence.version:14} {licence.says:60} {note}".rstrip())
    wrong = [licence for licence in found if licence.problem]
    print(f"{len(found)} packages, {len(wrong)} with a problem")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
