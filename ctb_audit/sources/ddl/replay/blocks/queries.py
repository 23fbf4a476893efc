"""Evaluates the queries of a DO block over the rows of the replayed catalog."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ctb_audit.model import Name
from ctb_audit.sources.ddl.replay.blocks import catalogs
from ctb_audit.sources.ddl.replay.blocks.expressions import (
    Expressions,
    Node,
    Variables,
    string,
)
from ctb_audit.sources.ddl.replay.blocks.trees import (
    Key,
    aggregates,
    by_column,
    equalities,
    equated,
    implied_name,
    names_of,
    one_select,
    put,
)
from ctb_audit.sources.ddl.replay.blocks.values import (
    Oid,
    Row,
    Scope,
    Undecided,
    Value,
    boolean,
    elements,
    in_order,
)
from ctb_audit.sources.ddl.replay.state import State

_DEEPEST = 4
MOST_ROWS = 200_000
"""Combinations of rows that a query looks at; one that needs more is undecided."""

_CLAUSES = frozenset(
    (
        *("targetList", "fromClause", "whereClause", "sortClause", "limitCount", "limitOption"),
        *("op", "distinctClause"),
    )
)


class Evaluation(Expressions):
    """Expressions and queries of one block."""

    def __init__(self, state: State, variables: Variables) -> None:
        super().__init__(state, variables)
        self._looked_at = 0
        self._depth = 0

    def value(self, text: str) -> Value:
        """The value of an expression as PL/pgSQL takes it: the target of a SELECT."""
        rows = self.query(f"SELECT {text}")
        return next(iter(rows[0].values()), None) if rows else None

    def query(self, text: str) -> list[dict[str, Value]]:
        """The rows of a query."""
        self._looked_at = 0
        return self.select(one_select(text), None)

    def routine(self, name: tuple[str, ...], arguments: int) -> list[dict[str, Value]] | None:
        """A function without arguments whose body is one query runs as that query."""
        schema = name[-2] if len(name) > 1 else None
        places = self._state.candidates(Name(schema, name[-1]))
        keys = [key for place in places for key in self._state.overloads.get(place) or ()]
        if not keys:
            return None
        function = self._state.functions[keys[0]]
        if arguments or len(keys) > 1 or function.language != "sql" or self._depth >= _DEEPEST:
            raise Undecided
        self._depth += 1
        try:
            return self.select(one_select(function.body), None)
        finally:
            self._depth -= 1

    def exists(self, node: Node, outer: Scope | None) -> bool:
        """Whether a query has rows; one that is certain is enough."""
        plain = _CLAUSES - {"limitCount"}
        targets = [target["ResTarget"]["val"] for target in node.get("targetList", ())]
        if node.keys() <= plain and not aggregates(targets):
            return any(True for _ in self._from(node, outer))
        return bool(self.select(node, outer))

    def select(self, node: Node, outer: Scope | None) -> list[dict[str, Value]]:
        if not node.keys() <= _CLAUSES:
            raise Undecided
        if node.get("limitOption") == "LIMIT_OPTION_WITH_TIES" or any(
            node.get("distinctClause", ())
        ):
            raise Undecided
        scopes = self._from(node, outer)
        targets = [target["ResTarget"] for target in node.get("targetList", ())]
        returned = self._returned(node, targets)
        if returned is not None:
            rows = returned
        elif any(aggregates(target["val"]) for target in targets):
            rows = [self._aggregated(targets, [*scopes], outer)]
        else:
            rows = self._listed(targets, scopes, node.get("sortClause", ()))
        if "distinctClause" in node:
            rows = [row for place, row in enumerate(rows) if row not in rows[:place]]
        limit = node.get("limitCount")
        if limit is not None:
            most = self.of(limit, outer)
            rows = rows[:most] if isinstance(most, int) else rows
        return rows

    def _returned(self, node: Node, targets: Sequence[Node]) -> list[dict[str, Value]] | None:
        """The rows of `SELECT function()`, where the function may return many."""
        call = targets[0]["val"].get("FuncCall") if len(targets) == 1 else None
        if call is None or "fromClause" in node or "whereClause" in node or "args" in call:
            return None
        rows = self.routine(tuple(string(part) for part in call["funcname"]), 0)
        if rows is None:
            return None
        name = targets[0].get("name") or string(call["funcname"][-1])
        return [{name: one} for row in rows for one in row.values()]

    def _listed(
        self, targets: Sequence[Node], scopes: Iterator[Scope], order: Sequence[Node]
    ) -> list[dict[str, Value]]:
        found = [(scope, self._row(targets, scope)) for scope in scopes]
        for one in reversed(order):
            by = one["SortBy"]
            keyed = [(self._sort_value(by["node"], *pair), pair) for pair in found]
            found = in_order(keyed, by)
        return [row for _, row in found]

    def _sort_value(self, node: Node, scope: Scope, row: dict[str, Value]) -> Value:
        """By the name or the place of a target, or by any expression."""
        place: int | None = node.get("A_Const", {}).get("ival", {}).get("ival")
        if place is not None:
            return [*row.values()][place - 1]
        fields = node.get("ColumnRef", {}).get("fields", ())
        if len(fields) == 1 and (name := string(fields[0])) in row:
            return row[name]
        return self.of(node, scope)

    def _row(self, targets: Sequence[Node], scope: Scope) -> dict[str, Value]:
        row: dict[str, Value] = {}
        for target in targets:
            value = target["val"]
            fields = value.get("ColumnRef", {}).get("fields", ())
            if fields and "A_Star" in fields[-1]:
                for alias, columns in scope.rows.items():
                    if len(fields) == 1 or alias == string(fields[0]):
                        for name, one in columns.items():
                            put(row, name, one)
                continue
            put(row, target.get("name") or implied_name(value), self.of(value, scope))
        return row

    def _from(self, node: Node, outer: Scope | None) -> Iterator[Scope]:
        where = node.get("whereClause")
        for rows in self._product(node.get("fromClause", ()), outer, where):
            scope = Scope(rows, outer)
            if where is None or boolean(self.of(where, scope)) is True:
                yield scope

    def _product(
        self, items: Sequence[Node], outer: Scope | None, where: Node | None
    ) -> Iterator[dict[str, Row]]:
        if not items:
            yield {}
            return
        first, rest = items[0], items[1:]
        later = [*self._product(rest, outer, where)] if rest else [{}]
        for rows in self._item(first, outer, where):
            for more in later:
                self._look()
                yield {**rows, **more}

    def _look(self) -> None:
        self._looked_at += 1
        if self._looked_at > MOST_ROWS:
            raise Undecided

    def _item(
        self, item: Node, outer: Scope | None, where: Node | None
    ) -> Iterator[dict[str, Row]]:
        tag, node = next(iter(item.items()))
        match tag:
            case "RangeVar":
                alias = node.get("alias", {}).get("aliasname", node["relname"])
                only = self._fixed(node["relname"], alias, where, outer)
                for row in self._relation(node, only):
                    yield {alias: row}
            case "JoinExpr":
                yield from self._join(node, outer, where)
            case "RangeSubselect":
                for row in self.select(node["subquery"]["SelectStmt"], outer):
                    yield {node["alias"]["aliasname"]: row}
            case "RangeFunction":
                yield from self._function_rows(node, outer)
            case _:
                raise Undecided

    def _relation(self, node: Node, only: str | None) -> Iterator[Row]:
        """The rows of a catalog, or of a view whose query is decided."""
        found = self._state.find(Name(node.get("schemaname"), node["relname"]))
        entry = self._state.views.get(found) if found is not None else None
        if entry is None:
            return catalogs.rows(self._state, node.get("schemaname"), node["relname"], only)
        if entry.view.materialized or entry.view.columns is None or self._depth >= _DEEPEST:
            raise Undecided
        self._depth += 1
        try:
            rows = self.select(one_select(entry.view.definition), None)
        finally:
            self._depth -= 1
        names = entry.view.columns
        return (dict(zip(names, row.values(), strict=True)) for row in rows)

    def _join(
        self, node: Node, outer: Scope | None, where: Node | None
    ) -> Iterator[dict[str, Row]]:
        if node["jointype"] not in ("JOIN_INNER", "JOIN_LEFT"):
            raise Undecided
        right = [*self._item(node["rarg"], outer, where)]
        key = equated(node.get("quals"), right[0] if right else {})
        found = by_column(right, key) if key is not None else {}
        for left in self._item(node["larg"], outer, where):
            met = False
            for other in self._matching(left, right, key, found, outer):
                self._look()
                rows = {**left, **other}
                if self._joined(node, left, other, Scope(rows, outer)):
                    met = True
                    yield rows
            if not met and node["jointype"] == "JOIN_LEFT":
                raise Undecided

    def _matching(
        self,
        left: dict[str, Row],
        right: list[dict[str, Row]],
        key: Key | None,
        found: Mapping[Value, list[dict[str, Row]]],
        outer: Scope | None,
    ) -> list[dict[str, Row]]:
        """The rows that may join: those of the same key where the condition has one."""
        if key is None:
            return right
        value = self.of(key.other, Scope(left, outer))
        return right if isinstance(value, (list, dict)) else found.get(value, [])

    def _joined(self, node: Node, left: Any, right: Any, scope: Scope) -> bool:
        if "usingClause" in node:
            names = [string(one) for one in node["usingClause"]]
            pairs = [(Scope(left).column(name), Scope(right).column(name)) for name in names]
            return all(a is not None and a == b for a, b in pairs)
        quals = node.get("quals")
        return quals is None or boolean(self.of(quals, scope)) is True

    def _function_rows(self, node: Node, outer: Scope | None) -> Iterator[dict[str, Row]]:
        if len(node["functions"]) > 1 or "ordinality" in node:
            raise Undecided
        call = node["functions"][0]["List"]["items"][0].get("FuncCall")
        if call is None or string(call["funcname"][-1]) != "unnest" or len(call["args"]) != 1:
            raise Undecided
        alias = node.get("alias", {})
        columns = alias.get("colnames", ())
        name = string(columns[0]) if columns else alias.get("aliasname", "unnest")
        for value in elements(self.of(call["args"][0], outer)):
            yield {alias.get("aliasname", "unnest"): {name: value}}

    def _fixed(
        self, relation: str, alias: str, where: Node | None, outer: Scope | None
    ) -> str | None:
        """The one name that the conditions ask for, so that no other rows are made."""
        column = catalogs.NAMED_BY.get(relation)
        if column is None or where is None:
            return None
        for side, other in equalities(where):
            if names_of(side) not in ([column], [alias, column]):
                continue
            try:
                value = self.of(other, outer)
            except Undecided:
                continue
            if isinstance(value, Oid):
                return value.name
            return value if isinstance(value, str) else None
        return None

    def _aggregated(
        self, targets: Sequence[Node], scopes: Sequence[Scope], outer: Scope | None
    ) -> dict[str, Value]:
        row: dict[str, Value] = {}
        for target in targets:
            value = self.of(target["val"], Scope({}, outer), scopes)
            put(row, target.get("name") or implied_name(target["val"]), value)
        return row
