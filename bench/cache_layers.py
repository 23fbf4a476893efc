"""What a kept script saves: reading the SQL beside decoding what was kept of it.

    python bench/cache_layers.py FILE-OR-FOLDER...

Prints processor seconds of each, the best of three: splitting and parsing the texts, operations to
pickles and back, as `ctb_audit.sources.kept` does it. These are the figures behind
docs/decisions/0014.
"""

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path
from pickle import dumps
from typing import TypeVar

from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.pack import unpickled

RUNS = 3
T = TypeVar("T")


def best(action: Callable[[], T]) -> tuple[float, T]:
    fastest = float("inf")
    for _ in range(RUNS):
        started = time.process_time()
        found = action()
        fastest = min(fastest, time.process_time() - started)
    return fastest, found


def main() -> None:
    named = [Path(name) for name in sys.argv[1:]]
    paths = [p for n in named for p in (sorted(n.rglob("*.sql")) if n.is_dir() else [n])]
    texts = {str(path): path.read_text(encoding="utf-8", errors="replace") for path in paths}
    gc.disable()
    reading, scripts = best(lambda: [read_script(t, n, "postgresql") for n, t in texts.items()])
    writing, kept = best(lambda: [dumps(script, 5) for script in scripts])
    decoding, found = best(lambda: [unpickled(content) for content in kept])
    assert found == scripts
    size = sum(map(len, texts.values()))
    print(f"{len(texts)} files, {size} characters, {sum(map(len, kept))} bytes kept")
    print(f"reading {reading:.4f} s, keeping {writing:.4f} s, decoding {decoding:.4f} s")
    print(f"decoding / reading {decoding / reading:.2f}")


if __name__ == "__main__":
    main()
