"""Which columns a query reads and which it gives, `*` expanded, as the server notes them.

What stands behind a function, a sub-select of unknown shape or an unknown relation stays unknown:
`output` is None then, and `reads` holds what could be told.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from typing import Any

from ctb_audit.lean import dataclass
from ctb_audit.model import Name, Type
from ctb_audit.semantics.parse import Unreadable, raw_statements
from ctb_audit.semantics.result_names import implied_name, strings

Output = tuple[tuple[str, Type | None], ...]
Relation = tuple[Name, Output | None]
Relations = Callable[[Name], Relation | None]
Raw = dict[str, Any]
_CLAUSES = ("whereClause", "groupClause", "havingClause", "windowClause", "distinctClause")
_SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
_ENDS = ("limitCount", "limitOffset", "lockingClause")


@dataclass(frozen=True, slots=True)
class QueryColumns:
    """`reads`: columns of relations; `output`: the result's columns with their types where a plain
    column gives one, None where they cannot all be told. `lost`: unqualified columns that no
    relation in reach has.
    """

    reads: frozenset[tuple[Name, str]]
    output: Output | None
    lost: frozenset[str] = frozenset()


def query_columns(sql: str, relations: Relations) -> QueryColumns:
    """The columns of a query; `relations` gives what a name as written means, with its columns.

    Raises Unreadable where PostgreSQL's grammar rejects the text or is missing.
    """
    statements = raw_statements(sql)
    if len(statements) != 1 or "SelectStmt" not in statements[0]["stmt"]:
        raise Unreadable("not a single query")
    reader = _Reader(relations)
    try:
        output = reader.select(statements[0]["stmt"]["SelectStmt"], None, {})
    except RecursionError as error:
        raise Unreadable("nested too deeply") from error
    return QueryColumns(frozenset(reader.reads), output, frozenset(reader.lost))


@dataclass(slots=True)
class _Item:
    """What a FROM clause puts in reach; `base` is the relation behind it."""

    alias: str
    schema: str | None
    columns: Output | None
    base: Name | None = None
    originals: Mapping[str, str] = field(default_factory=dict)  # renamed by `AS t (a, b)`

    def column(self, name: str) -> tuple[str, Type | None] | None:
        return next((c for c in self.columns or () if c[0] == name), None)


@dataclass(slots=True)
class _Scope:
    parent: "_Scope | None"
    queries: "dict[str, Output | None]"
    items: list[_Item] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)  # by USING or NATURAL
    aliases: frozenset[str] = frozenset()  # of the result, for ORDER BY
    results: frozenset[str] = frozenset()  # of the result, for GROUP BY


class _Reader:
    def __init__(self, relations: Relations) -> None:
        self._relations = relations
        self.reads: set[tuple[Name, str]] = set()
        self.lost: set[str] = set()

    def select(
        self, node: Raw, parent: _Scope | None, queries: dict[str, Output | None]
    ) -> Output | None:
        queries = {**queries, **self._common(node, parent, queries)}
        if "larg" in node:
            left = self.select(node["larg"], parent, queries)
            self.select(node["rarg"], parent, queries)
            return left
        scope = _Scope(parent, queries)
        if "valuesLists" in node:
            self._walk(node["valuesLists"], scope)
            first = node["valuesLists"][0]["List"]["items"]
            return tuple((f"column{place}", None) for place in range(1, len(first) + 1))
        for item in node.get("fromClause", ()):
            self._from(item, scope)
        output = self._targets(node.get("targetList", ()), scope)
        scope.results = frozenset(name for name, _ in output or ())
        for clause in (*_CLAUSES, *_ENDS):
            self._walk(node.get(clause), scope)
        scope.aliases = scope.results
        self._walk(node.get("sortClause"), scope)
        return output

    def _common(
        self, node: Raw, parent: _Scope | None, queries: dict[str, Output | None]
    ) -> dict[str, Output | None]:
        """The queries of WITH; a recursive one is known by its first part."""
        found: dict[str, Output | None] = {}
        clause = node.get("withClause", {})
        for wrapped in clause.get("ctes", ()):
            cte = wrapped["CommonTableExpr"]
            query = cte["ctequery"].get("SelectStmt")
            name, aliases = cte["ctename"], strings(cte.get("aliascolnames", ()))
            if query is None:
                self._walk(cte["ctequery"], _Scope(parent, {**queries, **found}))
                found[name] = None
                continue
            inner = {**queries, **found}
            if clause.get("recursive") and "larg" in query:
                first = self.select(query["larg"], parent, {**inner, name: None})
                inner[name] = _renamed(first, aliases)
            found[name] = _renamed(self.select(query, parent, inner), aliases)
        return found

    # ---- FROM ------------------------------------------------------------------------------

    def _from(self, raw: Raw, scope: _Scope) -> None:
        kind, body = next(iter(raw.items()))
        match kind:
            case "RangeVar":
                scope.items.append(self._relation(body, scope))
            case "RangeSubselect":
                self._subselect(body, scope)
            case "JoinExpr":
                self._join(body, scope)
            case "RangeTableSample":
                self._from(body["relation"], scope)
            case _:
                self._walk({k: v for k, v in body.items() if k != "alias"}, scope)
                alias = body.get("alias", {}).get("aliasname", "")
                scope.items.append(_Item(alias, None, None))

    def _relation(self, body: Raw, scope: _Scope) -> _Item:
        alias = body.get("alias", {})
        shown = alias.get("aliasname", body["relname"])
        names = strings(alias.get("colnames", ()))
        schema = body.get("schemaname")
        if schema is None and body["relname"] in scope.queries:
            return _Item(shown, None, _renamed(scope.queries[body["relname"]], names))
        found = self._relations(Name(schema, body["relname"]))
        if found is None:
            return _Item(shown, schema, None)
        base, columns = found
        renamed = _renamed(columns, names)
        originals = {new: old[0] for new, old in zip(names, columns or (), strict=False)}
        return _Item(shown, base.schema, renamed, base, originals)

    def _subselect(self, body: Raw, scope: _Scope) -> None:
        outer = scope if body.get("lateral") else scope.parent
        output = self.select(body["subquery"]["SelectStmt"], outer, scope.queries)
        alias = body.get("alias", {})
        columns = _renamed(output, strings(alias.get("colnames", ())))
        scope.items.append(_Item(alias.get("aliasname", ""), None, columns))

    def _join(self, body: Raw, scope: _Scope) -> None:
        start = len(scope.items)
        self._from(body["larg"], scope)
        middle = len(scope.items)
        self._from(body["rarg"], scope)
        left, right = scope.items[start:middle], scope.items[middle:]
        using = strings(body.get("usingClause", ()))
        if body.get("isNatural"):
            having = {name for item in left for name, _ in item.columns or ()}
            using = [n for item in right for n, _ in item.columns or () if n in having]
        for name in using:
            for item in (*left, *right):
                if item.column(name) is not None:
                    self._note(item, name)
        scope.merged += [name for name in using if name not in scope.merged]
        self._walk(body.get("quals"), scope)

    # ---- the result ------------------------------------------------------------------------

    def _targets(self, targets: Iterable[Raw], scope: _Scope) -> Output | None:
        output: list[tuple[str, Type | None]] = []
        whole = True
        for wrapped in targets:
            target = wrapped["ResTarget"]
            found = self._target(target, scope)
            whole = whole and found is not None
            output += found or ()
        return tuple(output) if whole else None

    def _target(self, target: Raw, scope: _Scope) -> Output | None:
        value = target["val"]
        column = value.get("ColumnRef")
        if column is not None and "A_Star" in column["fields"][-1]:
            return self._star(strings(column["fields"][:-1]), scope)
        type_ = None
        if column is not None:
            type_ = self._column(strings(column["fields"]), scope)
        else:
            self._walk(value, scope)
        name = target.get("name") or implied_name(value)
        return None if name is None else ((name, type_),)

    def _star(self, qualifier: list[str], scope: _Scope) -> Output | None:
        items = [i for i in scope.items if not qualifier or _is_meant(i, qualifier)]
        output: list[tuple[str, Type | None]] = []
        known = bool(items)
        merged = [] if qualifier else scope.merged
        for name in merged:
            holder = next((i for i in items if i.column(name)), None)
            if holder is not None:
                output.append(holder.column(name) or (name, None))
        for item in items:
            known = known and item.columns is not None
            for name, type_ in item.columns or ():
                self._note(item, name)
                if name not in merged:
                    output.append((name, type_))
        return tuple(output) if known else None

    # ---- expressions -----------------------------------------------------------------------

    def _walk(self, raw: Any, scope: _Scope) -> None:
        if isinstance(raw, list):
            for item in raw:
                self._walk(item, scope)
        elif isinstance(raw, dict):
            for kind, body in raw.items():
                if kind == "ColumnRef":
                    self._reference(body["fields"], scope)
                elif kind == "SelectStmt":
                    self.select(body, scope, scope.queries)
                else:
                    self._walk(body, scope)

    def _reference(self, fields: list[Raw], scope: _Scope) -> None:
        names = strings(fields)
        if "A_Star" in fields[-1]:
            if names:
                self._star(names, scope)
        elif len(names) > 1 or names[0] not in scope.aliases:
            self._column(names, scope)

    def _column(self, names: list[str], scope: _Scope | None) -> Type | None:
        """Notes the column in the nearest scope that has it; its type."""
        *qualifier, name = names
        certain = not qualifier and name not in _SYSTEM
        while scope is not None:
            certain = certain and _is_certain(scope, name)
            meant = [i for i in scope.items if not qualifier or _is_meant(i, qualifier)]
            holder = next((i for i in meant if i.column(name)), None)
            if holder is not None:
                self._note(holder, name)
                found = holder.column(name)
                return found[1] if found else None
            if qualifier and meant:
                self._note(meant[0], name)
                return None
            scope = scope.parent
        if certain:
            self.lost.add(name)
        return None

    def _note(self, item: _Item, name: str) -> None:
        if item.base is not None:
            self.reads.add((item.base, item.originals.get(name, name)))


def _is_certain(scope: _Scope, name: str) -> bool:
    """Whether the scope shows all that the name could mean: a column, a whole row, a result."""
    known = all(item.columns is not None and item.alias != name for item in scope.items)
    return known and name not in scope.results


def _is_meant(item: _Item, qualifier: list[str]) -> bool:
    if item.alias != qualifier[-1]:
        return False
    return len(qualifier) == 1 or item.schema == qualifier[-2]


def _renamed(output: Output | None, names: Iterable[str]) -> Output | None:
    """The columns under the names of an alias list, which may be shorter."""
    if output is None:
        return None
    given = list(names)
    return tuple(
        (given[place] if place < len(given) else name, type_)
        for place, (name, type_) in enumerate(output)
    )
