"""What the texts that runs of `fuzz.run` gathered reach of their target: lines, by coverage.py.

    python -m fuzz.reached build/fuzz [TARGET...] [--missed]

Counts the statements of the files that a target is about (`fuzz.covers`), those of the imports
among them. Each target is measured in a process of its own.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import coverage

from fuzz.covers import COVERS, PACKAGE, ROOT, load, paths


def reached(name: str, folder: Path) -> tuple[coverage.Coverage, int]:
    """What the texts of the target ran, and how many they are."""
    files = sorted((folder / name / "corpus").iterdir())
    meter = coverage.Coverage(
        data_file=None, include=[str(path) for path in paths(name)], config_file=False
    )
    meter.start()
    load(name)
    from fuzz.targets import TARGETS  # noqa: PLC0415 -- their imports are reached too
    from tests.trust.invariants import refused_or  # noqa: PLC0415

    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        refused_or(lambda text=text: TARGETS[name].check(text))  # type: ignore[misc]
    meter.stop()
    return meter, len(files)


def report(name: str, folder: Path, missed: bool) -> None:
    meter, texts = reached(name, folder)
    lines = found = 0
    for path in paths(name):
        _, statements, _, missing, shown = meter.analysis2(str(path))
        lines += len(statements)
        found += len(statements) - len(missing)
        if missed and missing:
            print(f"  {path.relative_to(ROOT / PACKAGE)}: {shown}")
    share = 100 * found / max(lines, 1)
    about = " ".join(COVERS[name])
    print(f"{name:<14} {texts:5} texts {found:5} of {lines:5} lines {share:4.0f} %  of {about}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--missed", action="store_true", help="print the lines that are not run")
    given = parser.parse_args()
    chosen = given.targets or sorted(COVERS)
    if len(chosen) == 1:
        report(chosen[0], given.folder, given.missed)
        return
    for name in chosen:
        if (given.folder / name / "corpus").is_dir():
            flags = ["--missed"] if given.missed else []
            command = [sys.executable, "-m", "fuzz.reached", str(given.folder), name, *flags]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
