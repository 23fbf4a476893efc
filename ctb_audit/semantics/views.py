"""Whether two queries are one, as far as their trees show."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Any

from ctb_audit.semantics.leaves import frozen
from ctb_audit.semantics.parse import Unreadable, raw_statements


def same_query(a: str, b: str) -> bool:
    """Whether two queries are equal but for spelling and needless qualification.

    False says only that it could not be shown.
    """
    try:
        left, right = _query(a), _query(b)
    except Unreadable:
        return False
    return left == right


@lru_cache(maxsize=512)
def _query(sql: str) -> Hashable:
    statements = raw_statements(sql)
    if len(statements) != 1:
        raise Unreadable("not a single query")
    statement = statements[0]["stmt"]
    single = _single_relation(statement.get("SelectStmt", {}))
    return frozen(_plain(statement, single))


def _single_relation(select: dict[str, Any]) -> str:
    """The only relation of a query without others inside, under its alias; "" for none."""
    relations = _found(select, "RangeVar")
    inner = any(_found(select, kind) for kind in ("SelectStmt", "RangeFunction", "JoinExpr"))
    if len(relations) != 1 or inner:
        return ""
    alias = relations[0].get("alias", {}).get("aliasname")
    return str(alias or relations[0]["relname"])


def _found(raw: object, kind: str) -> list[dict[str, Any]]:
    if isinstance(raw, list):
        return [hit for item in raw for hit in _found(item, kind)]
    if not isinstance(raw, dict):
        return []
    hits = [raw[kind]] if kind in raw and isinstance(raw[kind], dict) else []
    return hits + [hit for value in raw.values() for hit in _found(value, kind)]


def _plain(raw: Any, single: str) -> Any:
    """Without `t.` before columns of the only relation, `public.`, and `a AS a`."""
    if isinstance(raw, list):
        return [_plain(item, single) for item in raw]
    if not isinstance(raw, dict):
        return raw
    found = {key: _plain(value, single) for key, value in raw.items()}
    if found.get("schemaname") == "public":
        del found["schemaname"]
    fields = found.get("fields")
    if single and isinstance(fields, list) and fields[-2:-1] == [{"String": {"sval": single}}]:
        found["fields"] = fields[-1:]
    return _without_echo(found)


def _without_echo(found: dict[str, Any]) -> dict[str, Any]:
    """`a AS a` is `a`."""
    column = found.get("val", {}).get("ColumnRef") if isinstance(found.get("val"), dict) else None
    if column and column["fields"][-1] == {"String": {"sval": found.get("name")}}:
        return {key: value for key, value in found.items() if key != "name"}
    return found
