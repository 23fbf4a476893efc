"""Statements that stand behind a CREATE TABLE because it cannot hold them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from ctb_audit.model import Catalog
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.in_place.edits import Edit, statement_end
from ctb_audit.remedy.in_place.places import Place, Places
from ctb_audit.remedy.in_place.style import Style
from ctb_audit.remedy.in_place.tokens import tokens
from ctb_audit.remedy.routines import CreateFunction

_BLOCKS = {"+goose": "-- +goose", "+migrate": "-- +migrate", "+micrate": "-- +micrate"}
"""Tools that cut files at semicolons unless a block says otherwise, by the mark in their files."""


@dataclass(frozen=True, slots=True)
class Following:
    """Statements to be put behind the one at `place`, and the functions that they call."""

    place: Place
    statements: tuple[str, ...]
    functions: tuple[CreateFunction, ...]
    style: Style


def statements_of(change: Change, *, again: bool) -> Iterable[str]:
    """The statements of a change on a table without rows. `again`: the file may run twice."""
    for step in change.up(empty=True):
        if again:
            yield step.sql
        elif " DROP CONSTRAINT IF EXISTS " not in step.sql and step.sql[:11] != "DROP POLICY":
            yield step.sql.replace(" IF NOT EXISTS ", " ", 1).replace(
                " OR REPLACE TRIGGER", " TRIGGER"
            )


def following_edits(
    items: Sequence[Following],
    catalog: Catalog,
    places: Places,
    edits: defaultdict[str, list[Edit]],
) -> None:
    """Adds the edits; a function is defined once, before the first statement that calls it."""
    known = {
        (name, function.body.strip())
        for name, functions in catalog.functions_by_name.items()
        for function in functions
    }
    ordered = sorted(items, key=lambda item: item.place)
    for place, group in groupby(ordered, key=lambda item: item.place):
        texts: list[str] = []
        newline = "\n"
        for item in group:
            newline = item.style.newline
            for function in item.functions:
                key = (function.table, function.body.strip())
                if key not in known:
                    known.add(key)
                    made = statements_of(function, again=True)
                    texts += (item.style.sql(sql) for sql in made)
            texts += item.statements
        path = places.pieces[place.script].path
        edits[path] += _inserted(places, place, texts, newline)


def _inserted(places: Places, place: Place, texts: Sequence[str], newline: str) -> Iterable[Edit]:
    file = places.pieces[place.script].text
    statement = places.statement(place)
    end = statement.offset + len(statement.text)
    at, closed = statement_end(file, end)
    if not closed:
        last = list(tokens(statement.text))[-1]
        yield Edit(end, end, f"{newline};" if last.text.startswith("--") else ";")
    mark = next((block for word, block in _BLOCKS.items() if word in file), "")
    text = f"\n\n{_joined([_terminated(text, mark) for text in texts])}".replace("\n", newline)
    rest = file[at:]
    yield Edit(at, at, text if not rest.strip(" \t") or rest[:1] in "\r\n" else text + newline)


def _terminated(sql: str, mark: str) -> str:
    """One statement with its end; where tools would cut a body, in a block of theirs."""
    if mark and "$" in sql and ";" in sql:
        return f"{mark} StatementBegin\n{sql};\n{mark} StatementEnd"
    return f"{sql};"


def _joined(statements: Sequence[str]) -> str:
    """A line each; what is longer than a line stands apart."""
    text = statements[0]
    for before, statement in pairwise(statements):
        text += ("\n\n" if "\n" in before or "\n" in statement else "\n") + statement
    return text
