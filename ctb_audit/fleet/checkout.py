"""A git target's files, fetched by the system's git and laid out to be audited.

Nothing of the repository runs: no hook, no filter, no submodule, no prompt; links that leave it
are not made (`trees.lay_out`). Only HTTPS and SSH are spoken, and a local repository is read.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ctb_audit.errors import SourceError
from ctb_audit.lean import dataclass
from ctb_audit.trees import Repository, lay_out

_OPTIONS = (
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "fetch.recurseSubmodules=false"),
    *("-c", "gc.auto=0"),
    *("-c", "maintenance.auto=false"),
)
CALLERS = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"}
)
"""Variables that name the repository of whoever runs this, and must not name a target's."""
_STEP = "check the URL, the ref and the rights of whoever runs this"


@dataclass(frozen=True, slots=True)
class Checkout:
    """Files of one commit below `folder`; `left_out` are those that are not there, with why."""

    folder: Path
    commit: str
    left_out: tuple[str, ...]


def remote_commit(url: str, ref: str) -> str:
    """The commit that `ref` names there, "" where the server does not tell (a commit id)."""
    wanted = (ref, f"{ref}^{{}}") if ref else ("HEAD",)
    said = _git(Path(), "ls-remote", "--end-of-options", url, *wanted, url=url).decode()
    names = [line.partition("\t") for line in said.splitlines()]
    found = {name: commit for commit, _, name in names}
    order = (f"refs/tags/{ref}^{{}}", f"refs/tags/{ref}", f"refs/heads/{ref}", ref, "HEAD")
    return next((found[name] for name in order if name in found), "")


def check_out(url: str, ref: str, folder: Path) -> Checkout:
    """The files of `ref` ("" for the remote HEAD) below `folder`, which is made. The environment
    must hold none of `CALLERS`.

    Raises SourceError; its message holds no password, for a URL with one is refused before.
    """
    store = folder / "store"
    store.mkdir(parents=True)
    _git(store, "init", "--quiet", "--template=", url=url)
    _git(
        store,
        *("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"),
        *("--end-of-options", url, ref or "HEAD"),
        url=url,
    )
    _git(store, "update-ref", "HEAD", "FETCH_HEAD^{commit}", url=url)
    repository = Repository(store)
    tree = repository.head()
    files = folder / "files"
    left_out = lay_out(tree, files, repository.contents(b.id for b in tree.read.values()))
    return Checkout(files, repository.revision(), left_out)


def _git(folder: Path, *arguments: str, url: str) -> bytes:
    try:
        done = subprocess.run(
            ["git", *_OPTIONS, *arguments],
            cwd=folder,
            env=_environment(url),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError:
        raise SourceError("git", "cannot be run", "install git, or put it on PATH") from None
    if done.returncode:
        raise SourceError(url, _reason(done.stderr), _STEP)
    return done.stdout


def _environment(url: str) -> Mapping[str, str]:
    """Without prompts, and with the protocols of this URL alone."""
    kept = {name: value for name, value in os.environ.items() if name not in CALLERS}
    ssh = {} if "GIT_SSH" in kept or "GIT_SSH_COMMAND" in kept else _SSH
    local = os.path.isabs(url) or url.startswith("file:")
    return {
        **kept,
        **ssh,
        "GIT_ALLOW_PROTOCOL": "file" if local else "https:ssh",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS": "",
        "GCM_INTERACTIVE": "never",
        "LC_ALL": "C",
    }


_SSH = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes"}


def _reason(stderr: bytes) -> str:
    """The line of git that says what went wrong, without its prefix."""
    lines: Sequence[str] = stderr.decode(errors="replace").strip().splitlines()
    told = [line for line in lines if line.startswith(("fatal:", "error:", "remote:", "ERROR:"))]
    text = (told or lines or ["git failed without a word"])[0]
    return "cannot be fetched: " + text.partition(": ")[2] if ": " in text else text
