"""What a cached script saves: reading the SQL beside decoding its cached operations.

`python bench/cache_layers.py FILE.sql...` prints the median of five runs of each, in seconds:
splitting and parsing the text, JSON text to operations, and hashing the bytes. It is the figure
behind docs/decisions/0008.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ctb_audit.codec import decode, encode
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import read_script

RUNS = 5


def median(action: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def main() -> None:
    texts = {name: Path(name).read_text(encoding="utf-8") for name in sys.argv[1:]}
    scripts = [read_script(text, name, "postgresql") for name, text in texts.items()]
    cached = [json.dumps(encode(script)) for script in scripts]
    reading = median(lambda: [read_script(t, n, "postgresql") for n, t in texts.items()])
    decoding = median(lambda: [decode(Script, json.loads(text)) for text in cached])
    hashing = median(lambda: [sha256(text.encode()).digest() for text in texts.values()])
    size = sum(map(len, texts.values()))
    print(f"{len(texts)} files, {size} characters, {sum(map(len, cached))} cached")
    print(f"reading {reading:.3f} s, decoding {decoding:.3f} s, hashing {hashing:.4f} s")
    print(f"decoding / reading {decoding / reading:.2f}")


if __name__ == "__main__":
    main()
