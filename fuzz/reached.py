"""What the texts that a run of `fuzz.run` gathered reach of their target: lines, by coverage.py.

python -m fuzz.reached build/fuzz
"""

import sys
from pathlib import Path

import coverage

METER = coverage.Coverage(data_file=None, include=["ctb_audit/*"], config_file=False)
METER.start()  # before the imports, whose lines are reached too

from fuzz.targets import ROOT, TARGETS  # noqa: E402
from tests.trust.invariants import refused_or  # noqa: E402


def reached(name: str, folder: Path) -> str:
    """The target, the texts, and the share of the lines of its code that they reach."""
    target = TARGETS[name]
    files = sorted((folder / name / "corpus").iterdir())
    METER.switch_context(name)
    for path in files:
        text = path.read_bytes().decode("utf-8", errors="replace")
        refused_or(lambda text=text: target.check(text))  # type: ignore[misc]
    lines = found = 0
    for path in sorted(path for part in target.covers for path in _modules(ROOT / part)):
        _, statements, _, _, _ = METER.analysis2(str(path))
        contexts = METER.get_data().contexts_by_lineno(str(path))
        lines += len(statements)
        found += sum(not {"", name}.isdisjoint(contexts.get(line, ())) for line in statements)
    share = 100 * found / max(lines, 1)
    return f"{name:<14} {len(files):5} texts {found:5} of {lines:5} lines {share:4.0f} %"


def _modules(path: Path) -> list[Path]:
    return [path] if path.is_file() else sorted(path.rglob("*.py"))


def main() -> None:
    folder = Path(sys.argv[1])
    for name in sorted(TARGETS):
        if (folder / name / "corpus").is_dir():
            print(reached(name, folder), flush=True)


if __name__ == "__main__":
    main()
