"""Loads DDL with psql into a scratch server, reads it back, replays it, and compares the two."""

import os
import re
import subprocess
from dataclasses import dataclass, field

import psycopg

from ctb_audit.model import Catalog
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.postgres import read_live
from tests.fidelity.facts import UNKNOWN, Key, Sql, facts
from tests.fidelity.settle import Server

_OWNER = re.compile(r"\bOWNER\s+TO\s+(\"[^\"]+\"|[\w$]+)", re.IGNORECASE)
_GRANTEES = re.compile(
    r"^\s*(?:GRANT\b[^;]*?\bTO|REVOKE\b[^;]*?\bFROM|CREATE\s+POLICY\b[^;]*?\bTO)\s+"
    r"((?:\"[^\"]+\"|[\w$]+)(?:\s*,\s*(?:\"[^\"]+\"|[\w$]+))*)",
    re.IGNORECASE | re.MULTILINE,
)
_DEFAULT_ROLE = re.compile(r"\bFOR\s+(?:ROLE|USER)\s+(\"[^\"]+\"|[\w$]+)", re.IGNORECASE)
_NO_ROLE = {"public", "current_user", "session_user", "current_role", "group", "postgres"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact on which the server and the replay disagree; ABSENT where one lacks it."""

    key: Key
    server: object
    replayed: object

    def __str__(self) -> str:
        return (
            f"{' / '.join(self.key)}\n    server   {self.server!r}\n    replayed {self.replayed!r}"
        )


@dataclass(slots=True)
class Outcome:
    """What the comparison of one text found; counts are facts."""

    live: Catalog
    replayed: Catalog
    compared: int = 0
    objects: int = 0
    differences: list[Difference] = field(default_factory=list)
    undecided: list[Difference] = field(default_factory=list)
    errors: str = ""  # what psql wrote to stderr
    lost: frozenset[str] = frozenset()  # tables that statements not understood name


class Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


def roles(text: str) -> set[str]:
    """Roles that the text names, which a new server has not."""
    found = set(_OWNER.findall(text)) | set(_DEFAULT_ROLE.findall(text))
    for names in _GRANTEES.findall(text):
        found.update(part.strip() for part in names.split(","))
    return {name.strip('"') if name[0] == '"' else name.lower() for name in found} - _NO_ROLE


_ELSEWHERE = re.compile(
    r"^\s*(?:\\c(?:onnect)?\b.*|\\set\s+ON_ERROR_STOP\b.*|(?:CREATE|DROP)\s+DATABASE\b[^;*]*;)",
    re.IGNORECASE | re.MULTILINE,
)


def prepared(text: str) -> str:
    """The text without what leaves the scratch database or stops psql at an error."""
    return _ELSEWHERE.sub("", text)


_QUIETLY = ("-X", "-q", "-o", "/dev/null")
_STATEMENT_SECONDS = 30
"""A script's own function may loop for ever where an extension is missing."""


def load(server: ScratchServer, url: str, text: str) -> str:
    """Runs the text through psql as `psql -f` would; what it wrote to stderr."""
    with psycopg.connect(url, autocommit=True) as session:
        for role in sorted(roles(text)):
            name = role.replace('"', '""')
            exists = session.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
            if exists is None and not role.startswith("pg_"):
                session.execute(f'CREATE ROLE "{name}"'.encode())
    assert server.binaries is not None
    done = subprocess.run(
        [str(server.binaries.folder / "psql"), *_QUIETLY, "-f", "-", url],
        input=text.encode(),
        capture_output=True,
        check=False,
        env={**os.environ, "PGOPTIONS": f"-c statement_timeout={_STATEMENT_SECONDS}s"},
    )
    return done.stderr.decode(errors="replace")


def compare(server: ScratchServer, text: str) -> Outcome:
    """The honest test for one text of DDL."""
    text = prepared(text)
    with server.database() as url:
        errors = load(server, url, text)
        live = read_live(url)
        script = read_script(text, "schema.sql", "postgresql")
        replayed = replay(
            [script], mode="server", server_version=server.version[0], user="postgres"
        )
        outcome = Outcome(live, replayed, errors=errors, lost=_lost(replayed))
        schemas = tuple(schema.name for schema in live.schemas)
        with psycopg.connect(url, autocommit=True) as session:
            _compare(outcome, Server(session, schemas))
    return outcome


def _lost(replayed: Catalog) -> frozenset[str]:
    problems = (p for p in replayed.problems if p.kind == "not-understood")
    return frozenset(str(name) for p in problems for name in p.objects)


def _compare(outcome: Outcome, server: Server) -> None:
    left, right = facts(outcome.live), facts(outcome.replayed)
    outcome.compared = len(left.keys() | right.keys())
    outcome.objects = len({key[:2] for key in left.keys() | right.keys()})
    absent = _absent_objects(left, right)
    for key in sorted(left.keys() | right.keys()):
        if key[:2] in absent:
            continue
        _decide(outcome, server, key, left.get(key, ABSENT), right.get(key, ABSENT))
    for key in sorted(absent):
        there = any(known[:2] == key for known in left)
        found = Difference(key, "present" if there else ABSENT, ABSENT if there else "present")
        (outcome.undecided if key[1] in outcome.lost else outcome.differences).append(found)


def _absent_objects(left: dict[Key, object], right: dict[Key, object]) -> set[Key]:
    """Objects that one side lacks count once, not with every fact."""
    return {key[:2] for key in left} ^ {key[:2] for key in right}


def _decide(outcome: Outcome, server: Server, key: Key, live: object, replayed: object) -> None:
    if live == replayed:
        return
    found = Difference(key, live, replayed)
    if replayed is UNKNOWN or key[1] in outcome.lost:
        outcome.undecided.append(found)
    elif isinstance(live, Sql) and isinstance(replayed, Sql):
        equal = server.equal(live, replayed)
        if equal is None:
            outcome.undecided.append(found)
        elif not equal:
            outcome.differences.append(found)
    else:
        outcome.differences.append(found)
