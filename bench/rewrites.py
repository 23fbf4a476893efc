"""Audits SQL files as they are and written otherwise; prints each verdict that differs.

Files that are not wholly PostgreSQL's are left out.

    python -m bench.rewrites FOLDER... [--longest 300000] [--only commented]

Exits 1 where one does.
"""

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from ctb_audit.errors import CtbError
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.files import decode
from tests.trust.invariants import audited
from tests.trust.rewrites import REWRITES

SEED = 12


def verdicts(sql: str) -> frozenset[tuple[str, ...]]:
    """What an audit says of a script, but for words and places."""
    audit = audited([replay([read_script(sql, "a.sql", "postgresql")], source="a.sql")])
    return frozenset(
        (
            *(("finding", f.rule, f.table, f.requirement, f.severity) for f in audit.findings),
            *(("unknown", u.rule, u.table, u.requirement) for u in audit.unknowns),
            *(("score", t.name, t.level, str(t.score)) for t in audit.tables),
        )
    )


def is_valid(sql: str) -> bool:
    catalog = replay([read_script(sql, "a.sql", "postgresql")])
    return not any(p.kind in ("invalid-sql", "foreign-dialect-sql") for p in catalog.problems)


def scripts(folders: list[Path], longest: int) -> Iterator[tuple[Path, str]]:
    for path in sorted(path for folder in folders for path in folder.rglob("*.sql")):
        if path.is_file() and path.stat().st_size <= longest:
            try:
                text = decode(path.read_bytes(), str(path))
            except CtbError:
                continue
            if is_valid(text):
                yield path, text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--longest", type=int, default=300_000, help="bytes of a file")
    parser.add_argument("--only", choices=REWRITES, action="append", help="of the rewrites")
    options = parser.parse_args()
    tried: Counter[str] = Counter()
    rewritten: Counter[str] = Counter()
    differs: Counter[str] = Counter()
    for path, sql in scripts(options.folders, options.longest):
        first = verdicts(sql)
        for name in options.only or REWRITES:
            other = REWRITES[name](sql, random.Random(SEED))
            tried[name] += 1
            rewritten[name] += other != sql
            found = verdicts(other) ^ first if other != sql else frozenset[tuple[str, ...]]()
            if found:
                differs[name] += 1
                print(f"{path}: {name}: {sorted(found)[:4]}", flush=True)
    for name, count in tried.items():
        print(f"{name:<16} {count:6} files {rewritten[name]:6} rewritten {differs[name]:4} differ")
    sys.exit(1 if differs else 0)


if __name__ == "__main__":
    main()
