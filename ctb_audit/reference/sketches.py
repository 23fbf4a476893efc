"""The tables as a Mermaid diagram that shows what is there and nothing else."""

from collections.abc import Iterable, Iterator

from ctb_audit.model import Column, Table

_WORDS = {
    "text": "varchar",
    "timestamp": "timestamp",
    "integer": "integer",
    "decimal": "decimal",
    "boolean": "boolean",
    "json": "jsonb",
    "uuid": "uuid",
}
SHOWN = 8  # columns of a table


def diagram(tables: Iterable[Table]) -> str:
    """The text of the code block: every foreign key a line, every table with its keys."""
    found = [t for t in tables if t.system in ("postgresql", "sqlite", "mysql")]
    names = _names(found)
    lines = ["erDiagram"]
    for table in found:
        for constraint in table.constraints:
            target = constraint.target
            if constraint.kind == "foreign key" and target is not None and str(target) in names:
                label = "_".join(constraint.columns)
                one = "|o" if _optional(table, constraint.columns) else "||"
                ends = f"{names[str(target)]} {one}--o{{ {names[str(table.qualified)]}"
                lines.append(f"    {ends} : {label}")
    for table in found:
        lines += ["", f"    {names[str(table.qualified)]} {{", *_columns(table), "    }"]
    return "\n".join(lines)


def _names(tables: list[Table]) -> dict[str, str]:
    """By qualified name: the table's name, with its schema where another one has the same."""
    bare = [t.name.upper() for t in tables]
    return {
        str(t.qualified): f'"{t.schema}.{t.name}"'
        if bare.count(t.name.upper()) > 1
        else (t.name.upper() if t.name.isidentifier() else f'"{t.name}"')
        for t in tables
    }


def _optional(table: Table, columns: tuple[str, ...]) -> bool:
    return any(c.nullable for name in columns if (c := table.column(name)) is not None)


def _columns(table: Table) -> Iterator[str]:
    keyed = [(c, _key(table, c)) for c in table.columns]
    chosen = sorted(keyed, key=lambda pair: not pair[1])[:SHOWN]
    for column, key in sorted(chosen, key=lambda pair: table.columns.index(pair[0])):
        word = _WORDS.get(column.type.family, column.type.name.split()[0].replace(".", "_"))
        name = "".join(c if c.isalnum() or c in "_-" else "_" for c in column.name)
        yield f"        {word} {name} {key}".rstrip()


def _key(table: Table, column: Column) -> str:
    kinds = {
        c.kind
        for c in table.constraints
        if column.name in c.columns and (c.kind != "unique" or len(c.columns) == 1)
    }
    marks = (("primary key", "PK"), ("foreign key", "FK"), ("unique", "UK"))
    return ", ".join(mark for kind, mark in marks if kind in kinds)
