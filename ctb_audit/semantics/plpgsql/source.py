"""The PL/pgSQL tree of a function, read through PostgreSQL's own grammar."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.model import Function
from ctb_audit.semantics.leaves import Raw
from ctb_audit.semantics.parse import NO_GRAMMAR, Unreadable, node_from, raw_statements
from ctb_audit.semantics.tree import Node


@dataclass(frozen=True)
class Body:
    """`datums` are the variables, by their number; `action` the outermost block."""

    datums: tuple[Raw, ...]
    action: Raw
    new: int | None
    old: int | None

    def variable(self, number: int) -> str:
        """The dotted name of a variable: `v_now`, `new.updated_at`, `new`."""
        kind, datum = next(iter(self.datums[number].items()))
        if kind == "PLpgSQL_recfield":
            parent = self.variable(datum["recparentno"])
            return f"{parent}.{datum['fieldname']}"
        return str(datum.get("refname", "")).lower()


def body_of(function: Function) -> Body:
    """The tree of a PL/pgSQL trigger function; raises Unreadable with the reason."""
    return read_body(function.body)


@lru_cache(maxsize=1024)
def read_body(text: str) -> Body:
    """The tree of a trigger function's text; raises Unreadable."""
    try:
        import pgparse
    except ImportError as error:
        raise Unreadable(NO_GRAMMAR) from error
    tag = "$body$"
    while tag in text:
        tag = f"${tag[1:-1]}x$"
    sql = f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS {tag}{text}{tag}"
    try:
        raw = pgparse.parse_pgsql(sql)[0]["PLpgSQL_function"]
    except (pgparse.PGQueryError, LookupError, RecursionError) as error:
        raise Unreadable(f"its PL/pgSQL cannot be read: {error}") from error
    return Body(tuple(raw["datums"]), raw["action"], raw.get("new_varno"), raw.get("old_varno"))


def kind_of(statement: Raw) -> tuple[str, Raw]:
    """`("if", {...})` of a statement node."""
    name, content = next(iter(statement.items()))
    return name.removeprefix("PLpgSQL_stmt_"), content


def statements(raw: Raw, key: str = "body") -> list[Raw]:
    found: list[Raw] = raw.get(key, [])
    return found


def text_of(expression: Raw) -> str:
    """The SQL text of an expression node."""
    return str(expression["PLpgSQL_expr"]["query"])


def assigned_text(query: str) -> str:
    """The right side of `target := expression`."""
    depth, quoted = 0, False
    for at, char in enumerate(query):
        quoted = quoted != (char == '"')
        depth += (char in "[(") - (char in "])")
        if char == "=" and depth == 0 and not quoted:
            return query[at + 1 :]
    return query


@dataclass(frozen=True, slots=True)
class Select:
    """A query's output expressions; `single`: exactly one row, none read from a table."""

    outputs: tuple[Node, ...]
    single: bool


@lru_cache(maxsize=1024)
def select_of(query: str) -> Select | None:
    """The outputs of a SELECT; None for any other statement."""
    try:
        raw = raw_statements(query)
    except Unreadable:
        return None
    select: Mapping[str, Any] = raw[0]["stmt"].get("SelectStmt", {}) if len(raw) == 1 else {}
    if "targetList" not in select:
        return None
    outputs = tuple(node_from(t["ResTarget"]["val"]) for t in select["targetList"])
    return Select(outputs, not set(select) - {"targetList", "limitOption", "op"})


def all_statements(raw: Raw) -> list[tuple[str, Raw]]:
    """A statement and every one within it with its kind, handlers included."""
    found: list[tuple[str, Raw]] = []
    queue: list[object] = [raw]
    for item in queue:
        if isinstance(item, list):
            queue.extend(item)
        elif isinstance(item, Mapping):
            for name, content in item.items():
                if name.startswith("PLpgSQL_stmt_"):
                    found.append((name.removeprefix("PLpgSQL_stmt_"), content))
                queue.append(content)
    return found
