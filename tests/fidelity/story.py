"""What the replay tells about a script besides the schema: whence each part comes, what was refused
and why, and what of that is otherwise in lenient mode. No server says this: a person reviewed it.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ctb_audit.model import (
    Catalog,
    Column,
    Constraint,
    Function,
    Index,
    Policy,
    Problem,
    Table,
    Trigger,
    UserType,
    View,
)
from ctb_audit.names import Location
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.replay.state import Mode
from tests.fidelity.facts import facts
from tests.fidelity.fidelity import prepared
from tests.fidelity.recording import MAJOR, said


def path_of(example: Path) -> Path:
    return example.parents[1] / "recorded" / f"{example.stem}.txt"


@cache
def script_of(example: Path) -> Script:
    return read_script(prepared(example.read_text()), "schema.sql", "postgresql")


def replayed(example: Path, mode: Mode = "server") -> Catalog:
    return replay([script_of(example)], mode=mode, server_version=MAJOR, user="postgres")


def story(server: Catalog, lenient: Catalog) -> str:
    """`server`, `lenient`: one script replayed in each mode."""
    told, other = [*_told(server)], [*_told(lenient)]
    told_facts, other_facts = fact_lines(server), fact_lines(lenient)
    return "\n".join(
        (
            *told,
            "lenient:",
            *(f"- {line}" for line in told if line not in other),
            *(f"+ {line}" for line in other if line not in told),
            *(f"- {line}" for line in told_facts if line not in other_facts),
            *(f"+ {line}" for line in other_facts if line not in told_facts),
            "",
        )
    )


def fact_lines(catalog: Catalog) -> list[str]:
    return [f"{key}: {json.dumps(value)}" for key, value in said(facts(catalog)).items()]


def _told(catalog: Catalog) -> Iterator[str]:
    yield str(catalog.coverage)
    yield "extensions: " + ", ".join(f"{e.name} in {e.schema}" for e in catalog.extensions)
    yield "schemas: " + ", ".join(schema.name + _at(schema.location) for schema in catalog.schemas)
    for table in (*catalog.tables, *catalog.foreign_tables):
        yield from _table(table)
    for view in catalog.views:
        yield from _view(view)
    for function in catalog.functions:
        yield _function(function)
    for type_ in catalog.types:
        yield _type(type_)
    for sequence in catalog.sequences:
        yield f"sequence {sequence.schema}.{sequence.name}{_at(sequence.location)}"
    for problem in catalog.problems:
        yield _problem(problem)


def _at(location: Location | None) -> str:
    return "" if location is None else f" {location.line}:{location.column}"


def _owned(owner: str | None) -> str:
    return "" if owner is None else f" of {owner}"


def _table(table: Table) -> Iterator[str]:
    name = str(table.qualified)
    yield f"table {name}{_at(table.location)}{_owned(table.owner)}"
    yield f"{name} columns: " + ", ".join(c.name + _at(c.location) for c in table.columns)
    yield from (f"{name} constraint {_constraint(c)}" for c in table.constraints)
    yield from _parts(name, (*table.indexes, *(table.triggers or ()), *(table.policies or ())))
    for one in table.declarations:
        yield f"{name} declares {one.source} {one.level}{_at(one.location)}"
    yield from (f"{name} waives {waiver.rule}{_at(waiver.location)}" for waiver in table.waivers)


def _parts(name: str, parts: tuple[Index | Trigger | Policy, ...]) -> Iterator[str]:
    for part in parts:
        yield f"{name} {type(part).__name__.lower()} {part.name}{_at(part.location)}"


def _constraint(constraint: Constraint) -> str:
    merged = "".join(f" = {one.name}{_at(one.location)}" for one in constraint.merged_from)
    columns = ", ".join(constraint.columns)
    return f"{constraint.name}{_at(constraint.location)}{merged} ({columns})"


def _view(view: View) -> Iterator[str]:
    name = f"{view.schema}.{view.name}"
    query = " ".join(view.definition.split())
    yield f"view {name}{_at(view.location)}{_owned(view.owner)}: {query}"
    yield from _parts(name, (*view.indexes, *view.triggers))


def _function(function: Function) -> str:
    name = f"{function.schema}.{function.name}"
    arguments = ", ".join(str(argument.type) for argument in function.arguments)
    return f"function {name}({arguments}){_at(function.location)}{_owned(function.owner)}"


def _type(type_: UserType) -> str:
    parts: tuple[Column | Constraint, ...] = (*type_.attributes, *type_.constraints)
    named = ", ".join(part.name + _at(part.location) for part in parts)
    return f"type {type_.schema}.{type_.name}{_at(type_.location)}: {named}"


def _problem(problem: Problem) -> str:
    objects = ", ".join(map(str, problem.objects))
    return f"problem{_at(problem.location)} {problem.kind}: {problem.message} ({objects})"
