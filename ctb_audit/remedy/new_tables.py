"""Tables that a standard asks for and nobody has: created whole, with what belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ctb_audit.model import Catalog, Function, Name, Schema
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Step
from ctb_audit.remedy.quoting import dollar_quoted, relation
from ctb_audit.semantics.quoting import identifier, literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTable(Change):
    """`statements` change nothing where their objects are there. `made`: the model of them.

    `schema`: one that is created with it, and goes unless something else came to stand in it.
    `own_rows`: a condition on the rows that the statements themselves put in, which going down may
    take away; other rows it keeps, and stops.
    """

    statements: tuple[str, ...]
    drops: tuple[str, ...] = ()  # of what stands beside the table
    own_rows: str = "false"
    schema: str = ""
    made: Catalog = field(compare=False)

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        made = (f"CREATE SCHEMA IF NOT EXISTS {identifier(self.schema)}",) if self.schema else ()
        return tuple(Step(sql, "none") for sql in (*made, *self.statements))

    def down(self) -> Sequence[Step]:
        name = relation(self.table)
        body = (
            f"\nBEGIN\n  IF to_regclass({literal(name)}) IS NOT NULL THEN\n"
            f"    IF EXISTS (SELECT FROM {name} WHERE ({self.own_rows}) IS NOT TRUE) THEN\n"
            f"      RAISE EXCEPTION '% holds rows', {literal(name)}\n"
            "        USING HINT = 'keep them elsewhere and empty the table, or keep the table';\n"
            "    END IF;\n  END IF;\nEND\n"
        )
        drops = (*self.drops, f"DROP TABLE IF EXISTS {name}")
        guard = Step(f"DO {dollar_quoted(body, 'guard')}", "none")
        return (guard, *(Step(sql) for sql in drops), *self._functions(), *self._schema())

    def _schema(self) -> Sequence[Step]:
        if not self.schema:
            return ()
        drop = f"DROP SCHEMA IF EXISTS {identifier(self.schema)}"
        body = (
            f"\nBEGIN\n  {drop};\nEXCEPTION WHEN dependent_objects_still_exist THEN\n"
            "  NULL;  -- it holds more by now\nEND\n"
        )
        return (Step(f"DO {dollar_quoted(body, 'schema')}", "none"),)

    def _functions(self) -> Sequence[Step]:
        return tuple(Step(f"DROP FUNCTION IF EXISTS {_call(f)}") for f in self.made.functions)

    def holds(self) -> Sequence[Held]:
        return (Held(f"table {self.table} exists", facts.relation_exists(self.table)),)

    def within(self, catalog: Catalog) -> Catalog:
        """The catalog with the table and what belongs to it."""
        made = self.made
        return replace(
            catalog,
            tables=(*catalog.tables, *made.tables),
            functions=(*catalog.functions, *made.functions),
            views=(*catalog.views, *made.views),
            sequences=(*catalog.sequences, *made.sequences),
            schemas=(*catalog.schemas, *([Schema(self.schema)] if self.schema else ())),
        )


def _call(function: Function) -> str:
    arguments = ", ".join(str(a.type) for a in function.arguments)
    return f"{relation(Name(function.schema, function.name))} ({arguments})"
