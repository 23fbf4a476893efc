"""The unprivileged account that runs the server, and binaries that it can execute."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from ctb_audit.errors import ScratchError
from ctb_audit.scratch.binaries import Binaries

_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Account:
    """`uid` None: the account of this process, which is not root."""

    uid: int | None = None
    gid: int | None = None

    @property
    def owner(self) -> int:
        return os.getuid() if self.uid is None else self.uid

    def own(self, path: Path) -> None:
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def popen(self, command: list[str], **options: object) -> "subprocess.Popen[bytes]":
        """Starts `command` as this account, in `/`, with an environment without secrets."""
        settings: dict[str, object] = {
            "cwd": "/",
            "env": environment(),
            "stdin": subprocess.DEVNULL,
            "stdout": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
            "start_new_session": True,
            **options,
        }
        if self.uid is not None:
            settings |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.Popen(command, **settings)  # type: ignore[call-overload,no-any-return]


def environment() -> dict[str, str]:
    """What the server needs of our environment: no PG* settings, no DATABASE_URL."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C", "TZ": "UTC"}


def choose_account(binaries: Binaries) -> Account:
    """The account of this process; for root the owner of the binaries, else `nobody`."""
    if os.geteuid() != 0:
        return Account()
    owner = binaries.folder.stat()
    if owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise ScratchError(
            "scratch server",
            "PostgreSQL refuses to run as root and there is no account `nobody`",
            "run ctb as another user",
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def can_execute(account: Account, folder: Path) -> bool:
    try:
        return account.popen([str(folder / "postgres"), "--version"]).wait(timeout=10) == 0
    except (OSError, subprocess.SubprocessError):
        return False


def executable_folder(account: Account, binaries: Binaries, folder: Path) -> Path:
    """The binaries' folder where `account` can execute it, else a copy below `folder`.

    A virtual environment in root's home is closed to the account that runs the server.
    """
    if can_execute(account, binaries.folder):
        return binaries.folder
    source = binaries.folder.parent
    install = folder / "install"
    copy = install / source.parent.name / source.name
    parts = [(source / part, copy / part) for part in ("bin", "lib", "share")]
    # a wheel keeps its shared libraries in a folder beside the package
    libraries = source.parent.with_name(f"{source.parent.name}.libs")
    parts.append((libraries, install / libraries.name))
    for original, target in parts:
        if original.is_dir():
            shutil.copytree(original, target, copy_function=_link_or_copy, symlinks=True)
    for path in (install, *install.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    if not can_execute(account, copy / "bin"):
        raise ScratchError(
            "scratch server",
            f"{binaries.folder} cannot be executed by the unprivileged account that runs it",
            "run ctb as the user who owns it, or install PostgreSQL where all users can read it",
        )
    return copy / "bin"


def _link_or_copy(source: str, target: str) -> str:
    """A hard link where others may read the file, so that nothing is copied; else a copy."""
    readable = stat.S_IMODE(os.stat(source).st_mode) & stat.S_IROTH
    if readable:
        try:
            os.link(source, target)
        except OSError:
            pass
        else:
            return target
    shutil.copyfile(source, target)
    Path(target).chmod(0o755 if os.access(source, os.X_OK) else 0o644)
    return target
