"""Lets a scratch server decide what the normal form of expressions leaves open (DESIGN, Equality).

Both spellings are stored over tables of the same columns, and what the server stored is compared.
Everything runs one statement at a time, as a role without any special right.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ctb_audit.compare import Question
from ctb_audit.compare.sides import merge
from ctb_audit.drift.scaffold import quoted, statements, type_sql
from ctb_audit.errors import ScratchError
from ctb_audit.model import Catalog
from ctb_audit.semantics.expressions import Equality

if TYPE_CHECKING:
    import psycopg

ROLE = "ctb_settler"
_PASSES = 3


class ScratchSettler:
    """A `compare.Settle` with a server of its own, started at the first question.

    Used as a context manager. `trouble` says why no server could be had; every answer is then
    "undecided".
    """

    def __init__(self, catalogs: Sequence[Catalog]) -> None:
        self._catalogs = tuple(catalogs)
        self._stack = ExitStack()
        self._session: psycopg.Connection[tuple[Any, ...]] | None = None
        self._schemas: tuple[str, ...] = ()
        self._asked: dict[tuple[object, ...], Equality] = {}
        self.trouble = ""

    def __enter__(self) -> "ScratchSettler":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    @property
    def questions(self) -> int:
        """How many questions were asked."""
        return len(self._asked)

    def __call__(self, question: Question) -> Equality:
        columns = tuple((name, str(type_)) for name, type_ in question.columns.items())
        key = (question.kind, question.a, question.b, columns, question.target, question.table)
        if key not in self._asked:
            self._asked[key] = self._settled(question)
        return self._asked[key]

    def _settled(self, question: Question) -> Equality:
        session = self._open()
        if session is None:
            return "undecided"
        first, second = (self._stored(session, question, t) for t in (question.a, question.b))
        if first is None or second is None:
            return "undecided"
        # the server's own text may read back as another one, so either may be that text
        same = second in (first, question.a) or first == question.b
        return "equal" if same else "different"

    def _open(self) -> "psycopg.Connection[tuple[Any, ...]] | None":
        if self._session is None and not self.trouble:
            try:
                self._session = self._start()
            except (ScratchError, ImportError) as error:
                self.trouble = str(error)
        return self._session

    def _start(self) -> "psycopg.Connection[tuple[Any, ...]]":
        import psycopg

        from ctb_audit.scratch import ScratchServer

        server = self._stack.enter_context(ScratchServer())
        url = server.new_database()
        with psycopg.connect(url, autocommit=True) as admin:
            for statement in (
                f"CREATE ROLE {ROLE} LOGIN",
                f"GRANT CREATE, TEMPORARY ON DATABASE {admin.info.dbname} TO {ROLE}",
                f"GRANT ALL ON SCHEMA public TO {ROLE}",
            ):
                admin.execute(statement.encode())
        address = server.url(url.rpartition("/")[2], user=ROLE)
        session = self._stack.enter_context(psycopg.connect(address, autocommit=True))
        merged = merge(self._catalogs)
        self._build(session, [text for text in statements(merged)])
        self._schemas = tuple(dict.fromkeys(t.schema for t in merged.tables))
        return session

    @staticmethod
    def _build(session: "psycopg.Connection[tuple[Any, ...]]", waiting: list[str]) -> None:
        """What needs a later statement is tried again; what fails then is left out."""
        import psycopg

        for _ in range(_PASSES):
            failed = []
            for text in waiting:
                try:
                    session.execute(text.encode(), prepare=True)
                except psycopg.Error:
                    failed.append(text)
            waiting = failed

    def _stored(
        self, session: "psycopg.Connection[tuple[Any, ...]]", question: Question, text: str
    ) -> str | None:
        import psycopg

        home = question.table.schema if question.table else None
        path = dict.fromkeys([*([home] if home else []), *self._schemas, "public"])
        with suppress(psycopg.Error), session.transaction(force_rollback=True):
            names = ", ".join(quoted(name) for name in path)
            session.execute(f"SET LOCAL search_path = {names}".encode())
            return _QUESTIONS[question.kind](_Probe(session, question, text))
        return None


class _Probe:
    """One text of a question, stored in its transaction."""

    def __init__(
        self, session: "psycopg.Connection[tuple[Any, ...]]", question: Question, text: str
    ) -> None:
        self.session = session
        self.question = question
        self.text = text
        self.name = quoted(question.table.name if question.table else "ctb_probe")

    def run(self, statement: str) -> None:
        self.session.execute(statement.encode(), prepare=True)

    def read(self, query: str) -> str | None:
        self.run("SET LOCAL search_path = pg_catalog")
        row = self.session.execute(query.encode(), prepare=True).fetchone()
        return None if row is None else str(row[0])

    def table(self) -> None:
        """A temporary table of the columns, under the table's own name."""
        columns = ", ".join(
            f"{quoted(name)} {type_sql(type_)}" for name, type_ in self.question.columns.items()
        )
        self.run(f"CREATE TEMPORARY TABLE {self.name} ({columns})")


def _row(probe: _Probe) -> str | None:
    """As a policy, which may hold what an index, a check or a generated column may."""
    import psycopg

    probe.table()
    create = f"CREATE POLICY ctb_probe ON {probe.name} USING"
    try:
        with probe.session.transaction():
            probe.run(f"{create} ({probe.text})")
    except psycopg.errors.DatatypeMismatch:
        probe.run(f"{create} (({probe.text}) IS NOT NULL)")
    return probe.read(
        "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polname = 'ctb_probe'"
    )


def _value(probe: _Probe) -> str | None:
    target = probe.question.target
    type_ = "text" if target is None else type_sql(target)
    probe.run(f"CREATE TEMPORARY TABLE ctb_value (c {type_} DEFAULT {probe.text})")
    return probe.read(
        "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef"
        " WHERE adrelid = 'pg_temp.ctb_value'::regclass"
    )


def _when(probe: _Probe) -> str | None:
    probe.table()
    probe.run(
        "CREATE FUNCTION pg_temp.ctb_probe() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN NULL; END'"
    )
    probe.run(
        f"CREATE TRIGGER ctb_probe BEFORE UPDATE ON {probe.name} FOR EACH ROW"
        f" WHEN ({probe.text}) EXECUTE FUNCTION pg_temp.ctb_probe()"
    )
    return probe.read("SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname = 'ctb_probe'")


def _view(probe: _Probe) -> str | None:
    probe.run(f"CREATE TEMPORARY VIEW ctb_probe AS {probe.text.strip().rstrip(';')}")
    return probe.read("SELECT pg_get_viewdef('pg_temp.ctb_probe'::regclass)")


_QUESTIONS: dict[str, Callable[[_Probe], str | None]] = {
    **dict.fromkeys(("check", "generated", "predicate", "key", "policy"), _row),
    **dict.fromkeys(("default", "argument"), _value),
    "when": _when,
    "view": _view,
}
