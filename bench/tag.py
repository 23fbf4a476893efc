"""`ctb tag` on public files: does each still parse in its own language, and is it else the same?

    pip install tree-sitter-css tree-sitter-html tree-sitter-go tree-sitter-rust tree-sitter-java \\
        tree-sitter-javascript
    python bench/tag.py [--each N] FOLDER_OF_BARE_REPOSITORIES

Takes up to N files of each kind (at most twelve of one repository) out of `*/repo` below the
folder into a folder of its own, tags them, and parses every one before and after: with its real
interpreter where there is one (python, ruby, php, bash, node), else with a grammar. `same tree`:
what the parser makes of the file is the same before and after. `identical`: taking out the lines
of header and annotations gives back every byte. Exit 1 where anything differs.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from ctb_audit.sources.files import decode

Parse = Callable[[bytes, str], object]
"""What the parser makes of a file; raises where it refuses it."""

LARGEST = 400_000  # bytes
FROM_ONE = 12  # files of a kind from one repository
ANNOTATION = re.compile(rb"^(\xef\xbb\xbf)?[ \t]*-- ctb: [^\r\n]*\r?\n", re.M)


def _python(content: bytes, path: str) -> object:
    import ast

    return ast.dump(ast.parse(content))


def _toml(content: bytes, path: str) -> object:
    import tomllib

    return tomllib.loads(content.decode("utf-8-sig"))


def _yaml(content: bytes, path: str) -> object:
    from ruamel.yaml import YAML

    events = YAML(typ="safe", pure=True).parse(content)
    return [(type(e).__name__, getattr(e, "value", None), getattr(e, "tag", None)) for e in events]


def _xml(content: bytes, path: str) -> object:
    from xml.etree import ElementTree as ET

    return ET.canonicalize(content.decode("utf-8-sig"))


def _markdown(content: bytes, path: str) -> object:
    """Rendered, without comments: a header may stand below front matter, which is none of it."""
    from markdown_it import MarkdownIt

    text = re.sub(
        r"\A---\n.*?\n---\n", "", content.decode("utf-8-sig").replace("\r", ""), flags=re.S
    )
    html = MarkdownIt("commonmark").enable("table").render(text)
    return re.sub(r"\s*<!--.*?-->\s*", "\n", html, flags=re.S).strip()


def _sql(content: bytes, path: str) -> object:
    import pgparse

    from ctb_audit.sources.ddl.split import split

    text = decode(content, path)
    return [pgparse.parse(s.text) and s.text for s in split(text) if s.kind == "sql"]


def _program(*command: str) -> Parse:
    """A program that checks the file it is given; its answer must be the same."""

    def parse(content: bytes, path: str) -> object:
        with tempfile.NamedTemporaryFile(suffix=PurePosixPath(path).suffix) as file:
            file.write(content)
            file.flush()
            done = subprocess.run([*command, file.name], capture_output=True, check=False)
        if done.returncode:
            raise ValueError(done.stderr.decode(errors="replace")[:80])
        return True

    return parse


def _grammar(module: str, language: str = "language") -> Parse:
    """The tree that a tree-sitter grammar makes, without comments."""

    def parse(content: bytes, path: str) -> object:
        from tree_sitter import Language, Parser

        made = Parser(Language(getattr(import_module(module), language)()))
        root = made.parse(content).root_node
        if root.has_error:
            raise ValueError("the grammar refuses it")
        return [
            (kind, b"".join(text for _, text in leaves))
            for kind, leaves in groupby(_leaves(root), key=lambda leaf: leaf[0])
        ]

    return parse


def _leaves(node: Any) -> Iterator[tuple[str, bytes]]:
    if "comment" in node.type:
        return
    if not node.children:
        yield node.type, (node.text or b"").strip()
    for child in node.children:
        yield from _leaves(child)


PARSERS: dict[str, tuple[str, Parse]] = {
    ".py": ("ast", _python),
    ".sql": ("pgparse", _sql),
    ".sh": ("bash -n", _program("bash", "-n")),
    ".rb": ("ruby -c", _program("ruby", "-c")),
    ".php": ("php -l", _program("php", "-l")),
    ".mjs": ("node --check", _program("node", "--check")),
    ".js": ("tree-sitter", _grammar("tree_sitter_javascript")),
    ".jsx": ("tree-sitter", _grammar("tree_sitter_javascript")),
    ".ts": ("tree-sitter", _grammar("tree_sitter_typescript", "language_typescript")),
    ".tsx": ("tree-sitter", _grammar("tree_sitter_typescript", "language_tsx")),
    ".css": ("tree-sitter", _grammar("tree_sitter_css")),
    ".html": ("tree-sitter", _grammar("tree_sitter_html")),
    ".go": ("tree-sitter", _grammar("tree_sitter_go")),
    ".rs": ("tree-sitter", _grammar("tree_sitter_rust")),
    ".java": ("tree-sitter", _grammar("tree_sitter_java")),
    ".yml": ("ruamel.yaml", _yaml),
    ".yaml": ("ruamel.yaml", _yaml),
    ".toml": ("tomllib", _toml),
    ".xml": ("ElementTree", _xml),
    ".svg": ("ElementTree", _xml),
    ".md": ("markdown-it", _markdown),
}


@dataclass
class Count:
    """Of one kind. `broken`: paths that parsed before and do not now, or give another tree."""

    files: int = 0
    before: int = 0
    after: int = 0
    same: int = 0
    changed: int = 0
    identical: int = 0
    again: int = 0
    broken: list[str] = field(default_factory=list)


def taken(folder: Path, each: int) -> Iterator[tuple[str, bytes]]:
    """Path and content of the files that are tagged."""
    counts = dict.fromkeys(PARSERS, 0)
    for repository in sorted(folder.glob("*/repo")):
        own = dict.fromkeys(PARSERS, 0)
        for path in _listed(repository):
            kind = PurePosixPath(path).suffix.lower()
            if own.get(kind, FROM_ONE) >= FROM_ONE or counts[kind] >= each:
                continue
            shown = ["git", f"--git-dir={repository}", "show", f"HEAD:{path}"]
            content = subprocess.run(shown, capture_output=True, check=False).stdout
            if content and len(content) <= LARGEST:
                own[kind] += 1
                counts[kind] += 1
                yield f"{repository.parent.name}/{path}", content


def _listed(repository: Path) -> list[str]:
    """Files as they are, without links, hidden folders and names that git would quote."""
    command = ["git", f"--git-dir={repository}", "ls-tree", "-r", "HEAD"]
    lines = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    entries = [line.split("\t", 1) for line in lines if line.startswith("100")]
    paths = [path for _, path in entries if not path.startswith('"')]
    return [p for p in paths if not any(part[0] == "." for part in p.split("/")[:-1])]


def is_else_identical(before: bytes, after: bytes) -> bool:
    """Whether taking out whole annotation lines and one piece with the header, wherever it
    stands, leaves every byte of `before`.
    """
    if ANNOTATION.search(before) is None:
        after = ANNOTATION.sub(rb"\1", after)
    size = len(after) - len(before)
    head = next(
        (n for n, (x, y) in enumerate(zip(before, after, strict=False)) if x != y), len(before)
    )
    rest = len(before) - head
    if size < 0 or before[head:] != after[len(after) - rest :]:
        return False
    return size == 0 or b"CTB Metadata" in after[: head + size]


def tag(folder: Path, *options: str) -> tuple[int, str, float]:
    start = time.perf_counter()
    command = [sys.executable, "-m", "ctb_audit.cli", "tag", "--no-log", "--checksummed", *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr, time.perf_counter() - start


def _parsed(parse: Parse, content: bytes, path: str) -> tuple[bool, object]:
    try:
        return True, parse(content, path)
    except Exception as error:
        if isinstance(error, ImportError | FileNotFoundError):
            raise
        return False, None


def compare(path: str, before: bytes, after: bytes, again: bytes, count: Count) -> None:
    parse = PARSERS[PurePosixPath(path).suffix.lower()][1]
    could, old = _parsed(parse, before, path)
    can, new = _parsed(parse, after, path)
    same = could == can and old == new
    count.files += 1
    count.before += could
    count.after += can
    count.same += same
    count.changed += before != after
    count.identical += before != after and is_else_identical(before, after)
    count.again += again != after
    if not same or again != after or (before != after and not is_else_identical(before, after)):
        count.broken.append(path)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--each", type=int, default=50)
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        files = dict(taken(given.folder, given.each))
        for path, content in {**files, "ctb.toml": b'standard = "ctb-1.0"\n'}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(content)
        code, said, seconds = tag(root)
        once = {path: (root / path).read_bytes() for path in files}
        second, said_again, _ = tag(root)
        twice = {path: (root / path).read_bytes() for path in files}
    print(f"first run: exit {code}, {seconds:.1f} s: {said.splitlines()[-1]}")
    print(f"second run: exit {second}: {said_again.splitlines()[-1]}")
    counts = {kind: Count() for kind in PARSERS}
    for path, before in files.items():
        kind = PurePosixPath(path).suffix.lower()
        compare(path, before, once[path], twice[path], counts[kind])
    return report(counts)


def report(counts: dict[str, Count]) -> int:
    titles = ("files", "before", "after", "same tree", "changed", "identical", "again")
    print(f"{'kind':<6} {'parser':<13}" + "".join(f"{title:>11}" for title in titles))
    total = Count()
    for kind, count in counts.items():
        row = [count.files, count.before, count.after, count.same]
        row += [count.changed, count.identical, count.again]
        print(f"{kind:<6} {PARSERS[kind][0]:<13}" + "".join(f"{value:>11}" for value in row))
        for name in ("files", "before", "after", "same", "changed", "identical", "again"):
            setattr(total, name, getattr(total, name) + getattr(count, name))
        total.broken += count.broken
    row = [total.files, total.before, total.after, total.same]
    row += [total.changed, total.identical, total.again]
    print(f"{'all':<20}" + "".join(f"{value:>11}" for value in row))
    for path in total.broken:
        print(f"amiss: {path}")
    return 1 if total.broken else 0


if __name__ == "__main__":
    sys.exit(main())
