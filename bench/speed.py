"""Runs ctb, its peers and the limits on the same inputs and writes docs/benchmarks.md.

    python -m bench.speed [--runs 5] [--limit 180] [--peers FOLDER]... [--without-live]

`--peers`: a folder of executables (squawk, sqlfluff, pgrubic); one that is in none and not on the
path is left out and said so. A command past `--limit` seconds is stopped and counts as the limit.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from bench.generate import SMALL, dump, migrations, table_of
from bench.measure import Command, Result, compared
from bench.page import Part, page, plot
from ctb_audit.sources.ddl.split import split

if TYPE_CHECKING:
    from ctb_audit.scratch import Binaries

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable
CTB = str(Path(sys.executable).parent / "ctb")
MIDDLE, LARGE = 264, 7280
"""Tables of the dumps of 534 KB and 14.7 MB."""

GROWTH = (500, 1000, 2000, 5000, 10_000)
Peers = dict[str, list[str]]


def peers(folders: list[str]) -> Peers:
    """Each peer with the arguments that make it lint one file of PostgreSQL."""
    arguments = {
        "squawk": [],
        "sqlfluff": ["lint", "--dialect", "postgres", "--disable-progress-bar"],
        "pgrubic": ["lint"],
    }
    path = ":".join([*folders, os.environ.get("PATH", "")])
    found = {n: shutil.which(n, path=path) for n in arguments}
    return {n: [place, *arguments[n]] for n, place in found.items() if place}


def audit(*arguments: str) -> list[str]:
    return [CTB, "audit", "--no-log", *arguments]


def click() -> Command:
    return Command("import click", [PYTHON, "-c", "import click"])


def pieces(file: Path) -> list[Command]:
    """The limits for one file."""
    texts = [s.text for s in split(file.read_text(), dialect="postgresql") if s.kind == "sql"]
    parted = file.with_suffix(".parted")
    parted.write_text("\0".join(texts))
    script = str(ROOT / "bench" / "pieces.py")
    return [
        Command("read and hash", [PYTHON, script, "hash", str(file)]),
        Command("pgparse", [PYTHON, script, "pgparse", str(parted)]),
    ]


def linted(found: Peers, file: Path) -> list[Command]:
    return [
        Command(name, [*arguments, str(file)], file.parent) for name, arguments in found.items()
    ]


def small(folder: Path, found: Peers, runs: int, limit: float) -> Part:
    file = folder / "small.sql"
    file.write_text(SMALL)
    commands = [click(), Command("ctb", audit(str(file)), folder), *linted(found, file)]
    results = compared(commands, 3 * runs, limit)
    return Part("One small file", "import click", 2.5, results)


def chain(folder: Path, runs: int, limit: float) -> Part:
    """Every run finds another file changed since the one before, and keeps what it read."""
    place = folder / "chain" / "migrations"
    migrations(place, 300)
    files = sorted(place.iterdir())

    def change(turn: int) -> None:
        number = turn * 37 % len(files)
        with files[number].open("a") as file:
            file.write(f"ALTER TABLE {table_of(number)} ADD COLUMN run_{turn} text;\n")

    commands = [
        click(),
        Command("ctb", audit("migrations"), place.parent, before=change),
        Command("ctb --no-cache", audit("--no-cache", "migrations"), place.parent),
    ]
    results = compared(commands, 3 * runs, limit)
    return Part("300 migrations, one changed", "import click", 3.0, results)


def dumped(folder: Path, found: Peers, tables: int, runs: int, limit: float) -> Part:
    file = folder / f"dump_{tables}.sql"
    file.write_text(dump(tables))
    commands = [*pieces(file), Command("ctb", audit("--no-cache", str(file)), folder)]
    results = compared([*commands, *linted(found, file)], runs, limit)
    size = file.stat().st_size
    title = f"Dump of {tables:,} tables, {size / 1e6:.1f} MB"
    if tables == MIDDLE and "squawk" in found:
        return Part(title, "squawk", 0.25, results)
    return Part(title, "pgparse", 3.0, results, by_clock=tables == LARGE)


def growth(folder: Path, runs: int, limit: float) -> list[Result]:
    commands = []
    for tables in GROWTH:
        file = folder / f"grown_{tables}.sql"
        file.write_text(dump(tables))
        commands.append(Command(f"{tables:,}", audit("--no-cache", str(file)), folder))
    return compared(commands, runs, limit)


def live(runs: int, limit: float) -> Iterator[Part]:
    """One part for each server that is installed, with the memory that PostgreSQL takes unasked."""
    from ctb_audit.scratch import available_binaries

    yield from (_live(binaries, runs, limit) for binaries in available_binaries())


def _live(binaries: "Binaries", runs: int, limit: float) -> Part:
    from bench.live import generate
    from ctb_audit.scratch import ScratchServer

    settings = {"max_locks_per_transaction": "1024", "shared_buffers": "128MB"}
    with ScratchServer(binaries, settings=settings) as server:
        assert server.binaries is not None
        url = server.new_database()
        generate(url, 5000)
        pg_dump = str(server.binaries.folder / "pg_dump")
        commands = [
            Command("pg_dump", [pg_dump, "--schema-only", "-f", "/dev/null", url]),
            Command("ctb", audit(url)),
        ]
        results = compared(commands, runs, limit)
    title = f"Live, 5,000 tables on PostgreSQL {binaries.major}"
    return Part(title, "pg_dump", 1.0, results, by_clock=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--limit", type=float, default=180)
    parser.add_argument("--peers", action="append", default=[])
    parser.add_argument("--without-live", action="store_true")
    asked = parser.parse_args()
    found, runs, limit = peers(asked.peers), asked.runs, asked.limit
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["CTB_CACHE"] = str(folder / "cache")
        parts = [
            small(folder, found, runs, limit),
            chain(folder, runs, limit),
            dumped(folder, found, MIDDLE, runs, limit),
            dumped(folder, found, LARGE, runs, limit),
        ]
        grown = growth(folder, max(1, runs // 2), limit)
    if not asked.without_live:
        parts += live(runs, limit)
    docs = ROOT / "docs"
    (docs / "benchmarks.svg").write_text(plot(parts))
    (docs / "benchmarks.md").write_text(page(parts, grown, sorted(found), limit))


if __name__ == "__main__":
    main()
