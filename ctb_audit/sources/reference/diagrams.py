"""Mermaid entity relationship diagrams."""

import re
from collections.abc import Iterator

from ctb_audit.document_model import ColumnNote, Diagram, Entity, Relation
from ctb_audit.lean import pattern
from ctb_audit.model import Location
from ctb_audit.sources.reference.document import Fence

_NAME = r"(?:\"(?:[^\"]+)\"|[A-Za-z_][\w.-]*)"
_RELATION = pattern(
    rf"^(?P<left>{_NAME})\s+(?P<ends>[|}}o]{{1,2}}(?:--|\.\.)[|{{o]{{1,2}})\s+(?P<right>{_NAME})"
    r"\s*(?::\s*\"?(?P<label>[^\"]*)\"?)?$"
)
_ENTITY = pattern(rf"^(?P<name>{_NAME})(?:\[[^\]]*\])?\s*\{{\s*(?P<closed>\}})?$")
_COLUMN = pattern(
    r"^(?P<type>[A-Za-z_][\w()\[\],-]*)\s+(?P<name>\*?[A-Za-z_][\w-]*)"
    r"(?:\s+(?P<key>(?:PK|FK|UK)(?:\s*,\s*(?:PK|FK|UK))*))?(?:\s+\"[^\"]*\")?$"
)


def diagrams(fences: tuple[Fence, ...], path: str) -> Iterator[tuple[Diagram, list[int]]]:
    """Each diagram, and the lines of it that are not understood."""
    for fence in fences:
        head = fence.text.lstrip()
        if fence.language == "mermaid" and re.match(r"(?:%%.*\n\s*)*erDiagram\b", head):
            yield _Reader(path).read(fence)


class _Reader:
    def __init__(self, path: str) -> None:
        self._path = path
        self._entities: dict[str, Entity] = {}
        self._relations: list[Relation] = []
        self._open = ""
        self._missed: list[int] = []

    def read(self, fence: Fence) -> tuple[Diagram, list[int]]:
        for offset, raw in enumerate(fence.text.splitlines()):
            text = raw.split("%%")[0].strip()
            if text and text != "erDiagram":
                self._line(text, Location(self._path, fence.line + offset, 1))
        place = Location(self._path, fence.line, 1)
        return Diagram(tuple(self._entities.values()), tuple(self._relations), place), self._missed

    def _line(self, text: str, place: Location) -> None:
        if text == "}":
            self._open = ""
            return
        if self._open:
            self._column(text, place)
            return
        relation, entity = _RELATION.match(text), _ENTITY.match(text)
        if relation:
            self._relate(relation, place)
        elif entity or re.fullmatch(_NAME, text):
            name = _bare(entity["name"] if entity else text)
            self._entities.setdefault(name, Entity(name, (), place))
            self._open = name if entity and not entity["closed"] else ""
        elif not re.match(r"(?:direction|title|accTitle|accDescr|classDef|class|style)\b", text):
            self._missed.append(place.line)

    def _relate(self, found: re.Match[str], place: Location) -> None:
        left, right = _bare(found["left"]), _bare(found["right"])
        label = (found["label"] or "").strip()
        self._relations.append(Relation(left, right, label, place, found["ends"]))
        for name in (left, right):
            self._entities.setdefault(name, Entity(name, (), place))

    def _column(self, text: str, place: Location) -> None:
        found = _COLUMN.match(text)
        if found is None:
            self._missed.append(place.line)
            return
        entity = self._entities[self._open]
        key = (found["key"] or "").replace(" ", "")
        column = ColumnNote(found["name"].lstrip("*"), found["type"], place, key=key)
        self._entities[self._open] = Entity(entity.name, (*entity.columns, column), entity.location)


def _bare(name: str) -> str:
    return name.strip('"')
