"""The limits that figures are held against, each run as a process of its own.

    python bench/pieces.py hash|pgparse FILE

For pgparse the file holds statements that are parted by NUL, so that no splitting is measured.
"""

import sys
from hashlib import sha256
from pathlib import Path


def main() -> None:
    piece, file = sys.argv[1], Path(sys.argv[2])
    if piece == "hash":
        print(sha256(file.read_bytes()).hexdigest())
        return
    import pgparse

    texts = file.read_text().split("\0")
    print(sum(len(pgparse.parse(text)) for text in texts))


if __name__ == "__main__":
    main()
