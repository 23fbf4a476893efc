"""Names and places: what every part of the model refers to other parts by."""

from typing import Literal, NamedTuple

System = Literal["postgresql", "bigquery", "firestore", "sqlite", "mysql"]
Surface = Literal["live", "ddl", "registry", "reference"]
SYSTEMS: tuple[System, ...] = ("postgresql", "bigquery", "firestore", "sqlite", "mysql")


class Name(NamedTuple):
    """A possibly qualified name. `schema` is None only before replay resolves it."""

    schema: str | None
    name: str

    def __str__(self) -> str:
        return self.name if self.schema is None else f"{self.schema}.{self.name}"


class Location(NamedTuple):
    """Where an object is defined: lines and columns count from 1; 0 where a source has none.

    `path` is relative to the root of the audit with forward slashes, or the URL of a live
    source without its password.
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path
