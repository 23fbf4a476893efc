"""Sources read as if files had been edited already: nothing is on disk before it is proven."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ctb_audit.model import Catalog, System
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import Parser, read_script
from ctb_audit.sources.ddl.undo import without_undo
from ctb_audit.sources.scripts import Piece, ScriptReader, Through

Include = Callable[[str, bool, str], Piece | None]


class Reread(Protocol):
    """Reads the sources of the run once more, through other readers."""

    def __call__(
        self, *, reader: ScriptReader = ..., through: Through | None = ...
    ) -> tuple[Catalog, ...]: ...


@dataclass(frozen=True)
class Scripts:
    """Scripts that are replayed together, in their order, and the catalog that they make."""

    pieces: tuple[Piece, ...]
    replayed: Catalog


@dataclass(frozen=True)
class Overlay:
    """`texts`: by path the text as it is and as it is to be, undo sections included."""

    texts: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def text(self, path: str, present: str) -> str:
        before, after = self.texts.get(path, ("", ""))
        return without_undo(after) if before and without_undo(before) == present else present

    def read(self, text: str, path: str, system: System, *, parser: Parser) -> Script:
        return read_script(self.text(path, text), path, system, parser=parser)

    def piece(self, piece: Piece) -> Piece:
        return Piece(piece.path, self.text(piece.path, piece.text))


class Recorder:
    """Keeps which scripts are replayed together, and passes the catalogs on as they are."""

    def __init__(self) -> None:
        self.scripts: list[Scripts] = []

    def __call__(self, pieces: Sequence[Piece], include: Include, replayed: Catalog) -> Catalog:
        self.scripts.append(Scripts(tuple(pieces), replayed))
        return replayed
