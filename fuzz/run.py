"""Fuzzes one target, guided by coverage; needs `pip install -e .[fuzz]`.

    python -m fuzz.run split --seconds 600 --folder build/fuzz

Texts that reach new code gather in FOLDER/<target>/corpus. The first text that breaks an
invariant at a place of the code is kept beside it as `broken-*`, with the error, and the run goes
on; one that ends the process or takes over 20 s is kept as `crash-*` or `timeout-*`, and ends it.
"""

import argparse
import random
import sys
import traceback
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import atheris

from fuzz.covers import COVERS, PACKAGE, load, other_modules
from fuzz.mutate import mutated

if TYPE_CHECKING:
    from fuzz.targets import Target

SLOWEST = 20
MEMORY_MB = 3_000


def kept(check: Callable[[str], None], folder: Path) -> Callable[[bytes], None]:
    """The check, writing what breaks it into the folder, once for each place of the code."""

    def once(data: bytes) -> None:
        try:
            check(data.decode("utf-8", errors="replace"))
        except Exception as error:
            where = [f"{f.filename}:{f.lineno}" for f in traceback.extract_tb(error.__traceback__)]
            place = sha256(f"{type(error)}{where[-6:]}".encode()).hexdigest()[:8]
            if not (folder / f"broken-{place}").exists():
                (folder / f"broken-{place}").write_bytes(data)
                report = "".join(traceback.format_exception(error))
                (folder / f"broken-{place}.txt").write_text(report, encoding="utf-8")

    return once


def instrumented(name: str) -> "Target":
    """The target, what it is about instrumented; the rest of the product runs at full speed."""
    with atheris.instrument_imports([PACKAGE], other_modules(name), enable_loader_override=False):
        load(name)
    from ctb_audit import audit, rulebook  # noqa: PLC0415 -- only now
    from fuzz.targets import TARGETS  # noqa: PLC0415

    vars(audit)["load_standard"] = remembered(rulebook.load_standard)
    return TARGETS[name]


def remembered(read: Callable[..., Any]) -> Callable[..., Any]:
    """The function, asked once for the same arguments: rule files stay as they are."""
    known: dict[str, Any] = {}

    def once(*arguments: object, **named: object) -> Any:
        key = repr((arguments, named))
        if key not in known:
            known[key] = read(*arguments, **named)
        return known[key]

    return once


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=sorted(COVERS))
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"))
    chosen = parser.parse_args()
    target = instrumented(chosen.target)
    folder = chosen.folder / chosen.target
    corpus = folder / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    texts = [text for text in target.seeds() if len(text.encode()) <= target.longest]
    for number, text in enumerate(texts):
        (corpus / f"seed-{number:03}").write_text(text, encoding="utf-8")

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        dice = random.Random(seed)
        if dice.random() < 0.2:
            return bytes(atheris.Mutate(data, most))
        text = data.decode("utf-8", errors="replace")
        return mutated(text, dice.choice(texts), most, dice).encode("utf-8")

    options = {
        "max_total_time": chosen.seconds,
        "max_len": target.longest,
        "timeout": SLOWEST,
        "rss_limit_mb": MEMORY_MB,
        "artifact_prefix": f"{folder}/",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    flags = [f"-{name}={value}" for name, value in options.items()]
    atheris.Setup(
        [sys.argv[0], *flags, str(corpus)], kept(target.check, folder), custom_mutator=mutator
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
