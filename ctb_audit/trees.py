"""Trees of a git repository, the index or a commit, laid out as folders to be audited.

Contents come from `git cat-file --batch` in one process for both trees, so that what is audited
is what would be committed, whatever the working folder holds. Only files that an audit may read
are laid out; of the others, those that a document names exist without their content, because
documents are judged by whether what they name is there.
"""

import os
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.lean import pattern

READ = frozenset(
    {".sql", ".ddl", ".psql", ".pgsql", ".md", ".markdown", ".ts", ".rules", ".json"}
    | {".toml", ".j2"}
)
"""Suffixes of what an audit may read: sources, configuration, rules, baselines, templates."""
_WORD = pattern(r"[\w.\-]+")
_LFS = b"version https://git-lfs.github.com/spec/"
_SUBMODULE, _LINK = "160000", "120000"


@dataclass(frozen=True, slots=True)
class Blob:
    mode: str
    id: str


@dataclass(frozen=True)
class Tree:
    """`name` is for messages; paths count from the top, with forward slashes."""

    name: str
    blobs: Mapping[str, Blob] = field(default_factory=dict)

    @property
    def submodules(self) -> tuple[str, ...]:
        return tuple(path for path, blob in self.blobs.items() if blob.mode == _SUBMODULE)

    @property
    def read(self) -> Mapping[str, Blob]:
        """What an audit may read."""
        return {p: b for p, b in self.blobs.items() if _is_read(p) and b.mode != _SUBMODULE}


def _is_read(path: str) -> bool:
    place = PurePosixPath(path)
    return place.suffix.lower() in READ or place.name == ".gitignore"


class Repository:
    """The repository around a folder. Raises UsageError where there is none."""

    def __init__(self, folder: Path) -> None:
        self._environment = _environment()
        self._folder = None if "GIT_DIR" in os.environ else folder
        top = self._git("rev-parse", "--show-toplevel").decode().rstrip("\n")
        if not top:
            step = "run it in a folder with a working tree"
            raise UsageError(str(folder), "is a repository without a working tree", step)
        self.top = Path(top)

    def index(self) -> Tree:
        """What the next commit would hold. Raises UsageError while a merge has conflicts."""
        blobs: dict[str, Blob] = {}
        for line in _records(self._git("ls-files", "--stage", "-z", "--full-name", ":/")):
            head, _, path = line.partition("\t")
            mode, oid, stage = head.split()
            if stage != "0":
                raise UsageError(path, "has conflicts that are not resolved", "resolve and add it")
            blobs[path] = Blob(mode, oid)
        return Tree("the index", blobs)

    def head(self) -> Tree:
        """The present commit; an empty tree before the first one."""
        return self.commit("HEAD") if self._is_born() else Tree("no commit")

    def commit(self, revision: str) -> Tree:
        """The tree of a revision. Raises UsageError where this clone does not have it."""
        commit = self._resolved(revision)
        blobs: dict[str, Blob] = {}
        for line in _records(self._git("ls-tree", "-r", "-z", "--full-tree", commit)):
            head, _, path = line.partition("\t")
            mode, _, oid = head.split()
            blobs[path] = Blob(mode, oid)
        return Tree(revision, blobs)

    def revision(self) -> str:
        """The commit that HEAD names, "" before the first one."""
        return self._resolved("HEAD") if self._is_born() else ""

    def fork(self, revision: str) -> str:
        """The last commit that the present one and a revision share, "" for none."""
        found = self._run("merge-base", "HEAD", self._resolved(revision))
        return found.stdout.decode().strip() if found.returncode == 0 else ""

    def _is_born(self) -> bool:
        found = self._run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return found.returncode == 0

    def _resolved(self, revision: str) -> str:
        found = self._run(
            "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}"
        )
        if found.returncode == 0:
            return found.stdout.decode().strip()
        if self._git("rev-parse", "--is-shallow-repository").strip() == b"true":
            step = "fetch it: git fetch --deepen=100, or fetch-depth: 0 in actions/checkout"
            raise UsageError(revision, "is no commit of this shallow clone", step)
        raise UsageError(revision, "is no commit of this repository", "see git log, or fetch it")

    def contents(self, ids: Iterable[str]) -> Mapping[str, bytes]:
        """The contents of blobs. Raises SourceError for one that this clone does not hold."""
        wanted = list(dict.fromkeys(ids))
        asked = "".join(f"{oid}\n" for oid in wanted).encode()
        data = self._git("cat-file", "--batch", given=asked)
        found: dict[str, bytes] = {}
        position = 0
        for oid in wanted:
            end = data.index(b"\n", position)
            head = data[position:end].split()
            if len(head) != 3:
                raise SourceError(oid, "is a file that this clone does not hold", "git fetch it")
            size = int(head[2])
            found[oid] = data[end + 1 : end + 1 + size]
            position = end + size + 2
        return found

    def _git(self, *arguments: str, given: bytes | None = None) -> bytes:
        found = self._run(*arguments, given=given)
        if found.returncode:
            said = found.stderr.decode(errors="replace").strip().splitlines()
            problem = said[0].removeprefix("fatal: ") if said else f"failed ({arguments[0]})"
            step = "run it inside a repository, or without --staged and --since"
            raise UsageError("git", problem, step)
        return found.stdout

    def _run(
        self, *arguments: str, given: bytes | None = None
    ) -> "subprocess.CompletedProcess[bytes]":
        try:
            return subprocess.run(
                ["git", *arguments],
                input=given,
                stdin=subprocess.DEVNULL if given is None else None,
                cwd=self._folder,
                env=self._environment,
                capture_output=True,
                check=False,
            )
        except OSError:
            raise UsageError("git", "cannot be run", "install git, or put it on PATH") from None


def _environment() -> dict[str, str]:
    """As a hook finds it: git names its index from the folder that the hook starts in."""
    found = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        if name in os.environ:
            found[name] = os.path.abspath(os.environ[name])
    return found


def _records(data: bytes) -> Iterator[str]:
    return (os.fsdecode(record) for record in data.split(b"\0") if record)


# ---- laying out ----------------------------------------------------------------------------------


def lay_out(tree: Tree, folder: Path, contents: Mapping[str, bytes]) -> tuple[str, ...]:
    """Write what an audit may read below `folder`, marked as a repository of its own; returns
    what was left out, with the reason.
    """
    (folder / ".git").mkdir(parents=True)
    left_out = [f"{path}: not read: a submodule" for path in tree.submodules]
    for path, blob in tree.read.items():
        data = contents[blob.id]
        if data.startswith(_LFS):
            left_out.append(f"{path}: not read: a pointer to Git LFS")
        elif blob.mode != _LINK:
            _write(folder / path, data)
        elif not _link(folder, path, data):
            left_out.append(f"{path}: not read: a link that leaves the repository")
    _touch_named(tree, folder, contents)
    return tuple(left_out)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _link(folder: Path, path: str, data: bytes) -> bool:
    target = os.path.normpath(os.path.join(os.path.dirname(path), os.fsdecode(data)))
    if os.path.isabs(target) or target.startswith(".."):
        return False
    place = folder / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to(os.fsdecode(data))
    return True


def _touch_named(tree: Tree, folder: Path, contents: Mapping[str, bytes]) -> None:
    """Empty files for what documents name and an audit does not read."""
    words: set[str] = set()
    for path, blob in tree.read.items():
        if path.lower().endswith((".md", ".markdown")):
            words.update(_WORD.findall(contents[blob.id].decode(errors="replace")))
    for path, blob in tree.blobs.items():
        name = path.rpartition("/")[2]
        if name in words and blob.mode != _SUBMODULE and not _is_read(path):
            _write(folder / path, b"")
