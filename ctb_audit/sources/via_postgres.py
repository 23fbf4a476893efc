"""DDL run by a scratch PostgreSQL and read back: the server's own word on what it amounts to.

The statements run one by one, in psql's order, as a role without special rights: what a script
could do to the machine as a superuser it cannot do here. Roles that it names exist beforehand;
rows and owners are left out.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from ctb_audit.model import Catalog, Coverage, Location, Name, Problem, Table
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.operations import Include
from ctb_audit.sources.ddl.psql import Session
from ctb_audit.sources.ddl.relevance import is_irrelevant
from ctb_audit.sources.ddl.split import split
from ctb_audit.sources.ddl.statement import Statement
from ctb_audit.sources.scripts import Piece

if TYPE_CHECKING:
    import psycopg

LOADER = "ctb_loader"
STATEMENT_SECONDS = 60
EXCERPT = 120
_DEEPEST_INCLUDE = 16
_ELSEWHERE = re.compile(
    r"(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP|DATABASE|TABLESPACE)\b(?!\s+MAPPING)", re.I
)
_OWNER = re.compile(r"ALTER\s[^;]*?\sOWNER\s+TO\s+(?:\"[^\"]+\"|[\w$]+)\s*\Z", re.I)
_QUERY = re.compile(r"(?:SELECT|WITH|SET|RESET|BEGIN|START|COMMIT|END|ROLLBACK|SAVEPOINT)\b", re.I)
_NEW_ROLE = re.compile(
    r"^[^\S\n]*+CREATE\s+(?:ROLE|USER|GROUP)\s+(?:IF\s+NOT\s+EXISTS\s+)?(\"[^\"]+\"|[\w$]+)",
    re.I | re.M,
)
_NAMED = re.compile(
    r"\b(?:OWNER\s+TO|FOR\s+(?:ROLE|USER)|GRANT\b[^;]{1,2000}?\bTO|REVOKE\b[^;]{1,2000}?\bFROM"
    r"|POLICY\b[^;]{1,2000}?\bTO|AUTHORIZATION)\s+((?:\"[^\"]+\"|[\w$]+)"
    r"(?:\s*,\s*(?:\"[^\"]+\"|[\w$]+))*)",
    re.I,
)
_NO_ROLE = frozenset({"public", "current_user", "session_user", "current_role", "group"})


IncludeText = Callable[[str, bool, str], Piece | None]
Located = TypeVar("Located", bound=Any)


class ViaPostgres:
    """Loads groups of scripts, each into a database of its own; used as a context manager.

    `stubs`: extensions that stood in for real ones. Raises ScratchError where no server can be had.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._server: ScratchServer | None = None
        self.stubs: frozenset[str] = frozenset()

    def __enter__(self) -> "ViaPostgres":
        self._server = self._stack.enter_context(ScratchServer())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def version(self) -> str:
        assert self._server is not None
        return ".".join(map(str, self._server.version))

    def load(self, pieces: Sequence[Piece], include: IncludeText, replayed: Catalog) -> Catalog:
        """The catalog that the server makes of the scripts.

        Places and annotations come from `replayed`, the same scripts replayed.
        """
        from ctb_audit.sources.postgres import read_live

        assert self._server is not None
        with self._server.database() as url:
            roles = sorted({role for piece in pieces for role in roles_named(piece.text)})
            self._prepare(url, roles)
            run = _Run(self._server.url(url.rpartition("/")[2], user=LOADER), include, replayed)
            for piece in pieces:
                run.script(piece)
            live = read_live(url, source_name=replayed.source)
        used = {extension.name for extension in live.extensions}
        self.stubs |= used & self._server.stubbed_extensions
        return _placed(live, replayed, run)

    @staticmethod
    def _prepare(url: str, roles: Iterable[str]) -> None:
        import psycopg

        with psycopg.connect(url, autocommit=True) as admin:
            _create_role(admin, LOADER, "LOGIN")
            database = _quoted(admin.info.dbname)
            admin.execute(f"ALTER DATABASE {database} OWNER TO {LOADER}".encode())
            admin.execute(f"ALTER SCHEMA public OWNER TO {LOADER}".encode())
            for role in roles:
                _create_role(admin, role, "")
                name = _quoted(role)
                if not role.startswith("pg_") and role != "postgres":
                    admin.execute(f"GRANT {name} TO {LOADER}".encode())
                    admin.execute(f"GRANT CREATE ON DATABASE {database} TO {name}".encode())


def _create_role(admin: "psycopg.Connection[tuple[Any, ...]]", role: str, options: str) -> None:
    query = "SELECT FROM pg_roles WHERE rolname = %s"
    if admin.execute(query, (role,)).fetchone() is None and not role.startswith("pg_"):
        admin.execute(f"CREATE ROLE {_quoted(role)} {options}".encode())


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def roles_named(text: str) -> set[str]:
    """Roles that a script creates or names, which a new server has not."""
    found = set(_NEW_ROLE.findall(text))
    for names in _NAMED.findall(text):
        found.update(part.strip() for part in names.split(","))
    folded = {n.strip('"') if n[:1] == '"' else n.lower() for n in found if n}
    return {name for name in folded if name not in _NO_ROLE}


class _Run:
    """Scripts run one after the other, each in a session of its own."""

    def __init__(self, url: str, include: IncludeText, replayed: Catalog) -> None:
        self._url = url
        self._include = include
        self._known = {p.location: p for p in replayed.problems if p.location is not None}
        self._depth = 0
        self.problems: list[Problem] = []
        self.statements = self.irrelevant = self.lost = 0

    def script(self, piece: Piece) -> None:
        import psycopg

        with psycopg.connect(self._url, autocommit=True) as session:
            session.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'".encode())
            self._statements(session, piece)

    def _statements(self, session: "psycopg.Connection[tuple[Any, ...]]", piece: Piece) -> None:
        lines = Session()
        for statement in split(piece.text):
            if statement.kind == "psql":
                self._line(session, lines, statement, piece)
            elif statement.kind == "sql" and lines.runs is not False:
                self._statement(session, lines, statement, piece)
            if lines.quit:
                return

    def _line(
        self,
        session: "psycopg.Connection[tuple[Any, ...]]",
        lines: Session,
        statement: Statement,
        piece: Piece,
    ) -> None:
        operations, reason = lines.line(statement.text)
        if reason:
            self.statements += 1
            self.lost += 1
            self._problem(statement, piece, reason, "not-understood")
        for operation in operations:
            if isinstance(operation, Include) and self._depth < _DEEPEST_INCLUDE:
                found = self._include(operation.path, operation.relative, piece.path)
                if found is None:
                    self._problem(statement, piece, "there is no such file", "rejected")
                    continue
                self._depth += 1
                self._statements(session, found)
                self._depth -= 1

    def _statement(
        self,
        session: "psycopg.Connection[tuple[Any, ...]]",
        lines: Session,
        statement: Statement,
        piece: Piece,
    ) -> None:
        import psycopg

        self.statements += 1
        text = lines.substituted(statement.text)
        rows = is_irrelevant(statement, "postgresql") and not _QUERY.match(text)
        if rows or _ELSEWHERE.match(text) or _OWNER.match(text):
            self.irrelevant += 1
            return
        try:
            session.execute(text.encode(), prepare=True)
        except psycopg.Error as error:
            message = error.diag.message_primary or str(error).splitlines()[0]
            self._problem(statement, piece, f"the server refuses it: {message}", "rejected")

    def _problem(self, statement: Statement, piece: Piece, message: str, kind: Any) -> None:
        """As the reader told it where it refused the statement too."""
        place = Location(piece.path, statement.line, statement.column)
        known = self._known.get(place)
        objects = known.objects if known else ()
        if known is not None and known.kind in ("invalid-sql", "foreign-dialect-sql"):
            kind = known.kind
        excerpt = statement.text[:EXCERPT]
        self.problems.append(Problem(kind, message, objects, excerpt, place))

    @property
    def coverage(self) -> Coverage:
        understood = self.statements - self.irrelevant - self.lost
        return Coverage(self.statements, understood, self.irrelevant)


def _placed(live: Catalog, replayed: Catalog, run: _Run) -> Catalog:
    """The server's catalog, every object where the scripts define it."""
    tables = {t.qualified: t for t in (*replayed.tables, *replayed.foreign_tables)}
    return replace(
        live,
        surface="ddl",
        source=replayed.source,
        tables=tuple(_table(t, tables.get(t.qualified)) for t in live.tables),
        foreign_tables=tuple(_table(t, tables.get(t.qualified)) for t in live.foreign_tables),
        views=_each(live.views, replayed.views),
        functions=_each(live.functions, replayed.functions),
        types=_each(live.types, replayed.types),
        sequences=_each(live.sequences, replayed.sequences),
        coverage=run.coverage,
        problems=(*live.problems, *run.problems),
        server_version=None,
    )


def _table(table: Table, written: Table | None) -> Table:
    found = written or Table(table.system, table.schema, table.name)
    return replace(
        table,
        columns=_each(table.columns, found.columns),
        constraints=_each(table.constraints, found.constraints),
        indexes=_each(table.indexes, found.indexes),
        triggers=_each(table.triggers or (), found.triggers or ()),
        policies=_each(table.policies or (), found.policies or ()),
        declarations=found.declarations,
        waivers=found.waivers,
        location=found.location,
        owner=None if table.owner == LOADER else table.owner,
        grants=tuple(g for g in table.grants or () if g.grantee != LOADER),
        row_estimate=None,
    )


def _each(items: Sequence[Located], written: Sequence[Located]) -> tuple[Located, ...]:
    places = dict(_places(written))
    return tuple(replace(item, location=places.get(_name(item))) for item in items)


def _places(items: Iterable[Any]) -> Iterator[tuple[Name, Location | None]]:
    return ((_name(item), item.location) for item in items)


def _name(item: Any) -> Name:
    return Name(getattr(item, "schema", None), item.name)
