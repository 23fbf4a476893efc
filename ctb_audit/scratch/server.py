"""Starts, watches and ends one scratch server."""

import contextlib
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from ctb_audit.errors import ScratchError
from ctb_audit.scratch.account import Account, choose_account, executable_folder
from ctb_audit.scratch.binaries import Binaries, find_binaries
from ctb_audit.scratch.folder import end_server, make_folder, remove_folder, sweep
from ctb_audit.scratch.stubs import write_stubs

if TYPE_CHECKING:
    import psycopg

SUPERUSER = "postgres"
_SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
}
# The guardian is the server's parent. Its standard input is a pipe that only our process holds
# open: when that process ends in any way, the guardian ends the server and removes the folder.
# A shell starts what runs in its background deaf to QUIT, and the server hears it only once it has
# set its own handlers: it is told again, and at last killed.
_GUARDIAN = """
folder=$1; shift
trap '' HUP INT TERM
"$@" </dev/null >"$folder/log" 2>&1 &
server=$!
cat >/dev/null
kill -QUIT "$server" 2>/dev/null
{
    for pause in 1 1 3; do sleep "$pause"; kill -QUIT "$server" || exit; done
    kill -KILL "$server"
} >/dev/null 2>&1 &
reminder=$!
wait "$server"
kill -KILL "$reminder" 2>/dev/null
rm -rf -- "$folder"
"""


class ScratchServer:
    """A server of its own, used as a context manager; not for use from several threads.

    `binaries`: a folder with `initdb` and `postgres`, or what `find_binaries` gave. `settings`
    are added to the server's own. On leaving, and when this process dies in any way, the server
    ends and its folder is removed; what even the guardian could not clean the next server sweeps.
    """

    def __init__(
        self,
        binaries: Binaries | str | Path | None = None,
        *,
        settings: Mapping[str, str] | None = None,
        start_timeout_s: float = 30.0,
    ) -> None:
        self._given = binaries
        self._settings = {**_SETTINGS, **(settings or {})}
        self._timeout_s = start_timeout_s
        self._account = Account()
        self._guardian: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._admin: psycopg.Connection[tuple[object, ...]] | None = None
        self._count = 0
        self.folder = Path()
        self.binaries: Binaries | None = None
        self.stubbed_extensions: frozenset[str] = frozenset()

    def __enter__(self) -> "ScratchServer":
        """Raises ScratchError where no server can be found or started."""
        given = self._given
        self.binaries = given if isinstance(given, Binaries) else find_binaries(given)
        self._account = choose_account(self.binaries)
        sweep(self._account)
        try:
            self.folder, self._lock = make_folder(self._account)
            self._start(executable_folder(self._account, self.binaries, self.folder))
        except OSError as error:
            self.stop()
            raise ScratchError("scratch server", f"cannot be started: {error}") from error
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def version(self) -> tuple[int, ...]:
        """The server's version, e.g. (18, 6)."""
        if self.binaries is None:
            raise ScratchError("scratch server", "is not started", "use it in a with statement")
        return self.binaries.version

    @property
    def data_folder(self) -> Path:
        return self.folder / "data"

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """A libpq URL of one of this server's databases."""
        host, name = quote(str(self.folder), safe=""), quote(database, safe="")
        return f"postgresql://{quote(user, safe='')}@{host}/{name}"

    def new_database(self, *, template: str | None = None) -> str:
        """Creates an empty database, or a copy of the one whose URL is `template`; its URL.

        Takes about 25 ms. It lives until the server ends or `drop_database` drops it.
        """
        self._count += 1
        name = f"scratch_{self._count}"
        source = "template0" if template is None else _database_name(template)
        self._run('CREATE DATABASE "{}" TEMPLATE "{}"', name, source)
        return self.url(name)

    def drop_database(self, url: str) -> None:
        """Drops a database, ending the sessions in it."""
        self._run('DROP DATABASE IF EXISTS "{}" WITH (FORCE)', _database_name(url))

    @contextlib.contextmanager
    def database(self, *, template: str | None = None) -> Iterator[str]:
        """The URL of a new database that is dropped on leaving."""
        url = self.new_database(template=template)
        try:
            yield url
        finally:
            self.drop_database(url)

    def stop(self) -> None:
        """Ends the server at once and removes its folder; harmless when repeated."""
        admin, self._admin = self._admin, None
        if admin is not None:
            admin.close()
        guardian, self._guardian = self._guardian, None
        if guardian is not None and guardian.stdin is not None:
            guardian.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                guardian.wait(timeout=15)
            if guardian.poll() is None:
                end_server(self.folder)
                guardian.kill()
                guardian.wait()
        if self._lock is not None:
            remove_folder(self.folder)
            os.close(self._lock)
            self._lock = None

    def _start(self, bin_folder: Path) -> None:
        self._initdb(bin_folder)
        settings = dict(self._settings)
        if self.version[0] >= 18:
            stubs = self.folder / "stubs"
            self.stubbed_extensions = write_stubs(stubs, bin_folder, self.version[0])
            settings["extension_control_path"] = f"$system:{stubs}"
        options = [f"--{name}={value}" for name, value in settings.items()]
        server = [str(bin_folder / "postgres"), "-D", str(self.data_folder)]
        socket = ["-k", str(self.folder)]
        guarded = ["/bin/sh", "-c", _GUARDIAN, "ctb-scratch", str(self.folder)]
        self._guardian = self._account.popen(
            [*guarded, *server, *socket, *options], stdin=subprocess.PIPE
        )
        self._await_ready()

    def _initdb(self, bin_folder: Path) -> None:
        log = self.folder / "log"
        command = [str(bin_folder / "initdb"), "-D", str(self.data_folder), "-U", SUPERUSER]
        command += ["-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        with log.open("wb") as output:
            self._account.own(log)
            process = self._account.popen(command, stdout=output, stderr=output)
            try:
                code = process.wait(timeout=self._timeout_s)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                process.kill()
                process.wait()
        if code != 0:
            raise self._failed("initdb failed" if code else "initdb did not end in time")

    def _await_ready(self) -> None:
        """Waits for `ready` in postmaster.pid, which the server writes when it accepts sessions."""
        deadline = time.monotonic() + self._timeout_s
        status = self.data_folder / "postmaster.pid"
        seen = False
        while time.monotonic() < deadline:
            try:
                lines = status.read_text().splitlines()
            except OSError:
                lines = []
            if seen and not lines:
                break
            seen = seen or bool(lines)
            if len(lines) > 7 and lines[7].startswith("ready"):
                return
            if not seen and "FATAL" in self._log():
                break
            time.sleep(0.005)
        raise self._failed("the server did not start")

    def _log(self) -> str:
        try:
            return (self.folder / "log").read_text(errors="replace")
        except OSError:
            return ""

    def _failed(self, problem: str) -> ScratchError:
        lines = [line for line in self._log().splitlines() if "FATAL" in line or "error" in line]
        detail = f": {lines[0].strip()}" if lines else ""
        return ScratchError(
            "scratch server",
            f"{problem}{detail}",
            "try other binaries in CTB_PG_BIN",
        )

    def _run(self, statement: str, *names: str) -> None:
        import psycopg

        quoted = [name.replace('"', '""') for name in names]
        try:
            if self._admin is None:
                self._admin = psycopg.connect(self.url(), autocommit=True)
            self._admin.execute(statement.format(*quoted).encode())
        except psycopg.Error as error:
            raise ScratchError("scratch server", str(error).strip()) from error


def _database_name(url: str) -> str:
    return unquote(urlsplit(url).path.removeprefix("/"))
