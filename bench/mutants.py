"""Mutants of a module: its source with one small change each, that the tests ought to notice.

Left alone: docstrings, annotations, assertions, decorators, imports, class bodies and texts that
are read by people (those with a space in them).
"""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

_COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}


@dataclass(frozen=True)
class Mutant:
    """`function`: qualified name and first line of the outermost function that holds the change;
    None for the value of a constant of the module, whose name is `constant`. `first_line`,
    `last_line`: of the statement that is changed.
    """

    tree: ast.Module
    node: "_Place"
    change: "_Place"
    first_line: int
    last_line: int
    function: str | None
    constant: str = ""

    @property
    def line(self) -> int:
        return self.node.lineno

    def changed(self) -> ast.Module:
        """The module with the change."""
        made = _Replacing(self.node, self.change).visit(self.tree)
        assert isinstance(made, ast.Module)
        return ast.fix_missing_locations(made)

    def __str__(self) -> str:
        return f"{_line(self.node)} -> {_line(self.change)}"


def mutants(source: str) -> Iterator[Mutant]:
    """Every mutant of a module, in the order of the text."""
    tree = ast.parse(source)
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            yield from _of_function(tree, statement, statement.name)
        elif isinstance(statement, ast.ClassDef):
            for inner in statement.body:
                if isinstance(inner, ast.FunctionDef):
                    yield from _of_function(tree, inner, f"{statement.name}.{inner.name}")
        else:
            yield from _of_constant(tree, statement)


def _of_function(tree: ast.Module, function: ast.FunctionDef, name: str) -> Iterator[Mutant]:
    for statement in function.body:
        for node, owner in _changeable(statement):
            for change in _changes(node):
                last = owner.end_lineno or owner.lineno
                yield Mutant(tree, node, change, owner.lineno, last, name)


def _of_constant(tree: ast.Module, statement: ast.stmt) -> Iterator[Mutant]:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
            pass
        case _:
            return
    if name == "__all__":
        return
    for node, owner in _changeable(value):
        for change in _changes(node):
            last = owner.end_lineno or node.lineno
            yield Mutant(tree, node, change, owner.lineno, last, None, name)


_Place = ast.stmt | ast.expr


def _changeable(top: ast.AST) -> Iterator[tuple[_Place, _Place]]:
    """Nodes that a change may replace, each with the nearest statement around it."""
    todo: list[tuple[ast.AST, _Place | None]] = [(top, None)]
    while todo:
        node, owner = todo.pop()
        if isinstance(node, ast.Assert) or _is_docstring(node):
            continue
        if isinstance(node, ast.stmt) or (owner is None and isinstance(node, ast.expr)):
            owner = node
        if isinstance(node, ast.stmt | ast.expr) and owner is not None:
            yield (
                node,
                node if isinstance(owner, ast.If | ast.For | ast.While | ast.Match) else owner,
            )
        todo.extend((child, owner) for child in reversed(list(_children(node))))


def _children(node: ast.AST) -> Iterator[ast.AST]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "pattern", "format_spec"):
            continue
        if isinstance(node, ast.JoinedStr):
            yield from (v for v in node.values if isinstance(v, ast.FormattedValue))
        elif isinstance(value, ast.AST):
            yield value
        elif isinstance(value, list):
            yield from (item for item in value if isinstance(item, ast.AST))


def _is_docstring(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _changes(node: _Place) -> Iterator[_Place]:
    """What may stand in place of a node."""
    match node:
        case ast.Compare(left, [operator], [right]) if type(operator) in _COMPARISONS:
            yield ast.Compare(left, [_COMPARISONS[type(operator)]()], [right])
        case ast.BoolOp(ast.And(), values):
            yield ast.BoolOp(ast.Or(), values)
        case ast.BoolOp(ast.Or(), values):
            yield ast.BoolOp(ast.And(), values)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if type(operator) in _ARITHMETIC:
            yield ast.BinOp(left, _ARITHMETIC[type(operator)](), right)
        case _:
            yield from _other_changes(node)


def _other_changes(node: _Place) -> Iterator[_Place]:
    match node:
        case ast.IfExp(test, body, orelse):
            yield ast.IfExp(test, orelse, body)
        case ast.Constant(value):
            yield from (ast.Constant(other) for other in _constants(value))
        case ast.AugAssign(target, operator, value) if type(operator) in _ARITHMETIC:
            yield ast.AugAssign(target, _ARITHMETIC[type(operator)](), value)
        case ast.stmt():
            yield from _statements(node)


def _constants(value: object) -> Iterator[bool | int | float | str]:
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
        case "":
            yield "mutant"
        case str() if " " not in value:
            yield f"{value}x"


def _statements(node: ast.stmt) -> Iterator[ast.stmt]:
    match node:
        case ast.If(test, body, orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(ast.expr() as value) if not _is_none(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(ast.Call()):
            yield ast.Pass()
        case ast.Expr(ast.Yield(ast.expr()) | ast.YieldFrom()):
            yield ast.If(ast.Constant(False), [node], [])
        case ast.Continue():
            yield ast.Break()
        case ast.Break():
            yield ast.Continue()
        case ast.Raise():
            yield ast.Pass()


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


class _Replacing(ast.NodeTransformer):
    """Copies the way down to the node; what is not changed is shared with the other mutants."""

    def __init__(self, node: _Place, change: _Place) -> None:
        self._node = node
        self._change = ast.copy_location(copy.copy(change), node)

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self._node:
            return self._change
        twin = copy.copy(node)
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                items = [self.visit(v) if isinstance(v, ast.AST) else v for v in value]
                setattr(twin, name, items)
            elif isinstance(value, ast.AST):
                setattr(twin, name, self.visit(value))
        return twin


def _line(node: _Place) -> str:
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= 60 else f"{text[:57]}..."
