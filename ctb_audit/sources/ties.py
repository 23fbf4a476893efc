"""What ties a type to a collection and a zod model to a table, besides their names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ctb_audit.model import Catalog, Name, System
from ctb_audit.rules_model import Rules
from ctb_audit.semantics.field_names import means

Key = tuple[System, Name]


@dataclass(frozen=True, slots=True)
class Ties:
    """What ties files to tables: `path` or `path#Name` to a collection or table as configured."""

    documents: Mapping[str, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)


class Known:
    """Tables, collections and ties that the other sources know."""

    def __init__(self, catalogs: Sequence[Catalog], rules: Sequence[Rules], ties: Ties) -> None:
        self._ties = ties
        self.tables: dict[Key, None] = {}
        self.stated: dict[str, Key] = {}
        for catalog in catalogs:
            self.tables.update(dict.fromkeys((t.system, t.qualified) for t in catalog.tables))
            self.tables.update(dict.fromkeys((d.system, d.table) for d in catalog.declared))
            for document in catalog.documents:
                for table in document.tables:
                    keys = (s.path.lstrip("./") for s in table.sources)
                    self.stated.update(dict.fromkeys(keys, (table.system, table.name)))
        self.collections = dict.fromkeys(n.name for s, n in self.tables if s == "firestore")
        self.collections.update(dict.fromkeys(_collections_in(rules)))

    def configured(self, path: str, kind: str) -> Iterator[tuple[str, str]]:
        """Name, "" for the main one, and table or collection, as configured for a file."""
        ties = self._ties.documents if kind == "documents" else self._ties.models
        for key, target in ties.items():
            file, _, name = key.partition("#")
            if file == path:
                yield name, target

    def is_configured(self, path: str) -> bool:
        kinds = ("documents", "models")
        return any(True for kind in kinds for _ in self.configured(path, kind))

    def table(self, text: str) -> Key:
        """The table that a configuration names as `[system:][schema.]table`."""
        system, _, rest = text.rpartition(":")
        schema, _, name = rest.rpartition(".")
        fitting = [
            (s, n)
            for s, n in self.tables
            if n.name == name and schema in ("", n.schema) and system in ("", s)
        ]
        return fitting[0] if fitting else ("postgresql", Name(schema or "public", name))

    def collection(self, name: str) -> str:
        """The known collection that a name means, else the name."""
        return next((c for c in self.collections if means(name, c)), name)


def _collections_in(rules: Sequence[Rules]) -> Iterator[str]:
    from ctb_audit.semantics.firestore import collection_of, matched_paths

    for one in rules:
        for matched in matched_paths(one):
            name = collection_of(matched.path)
            if name:
                yield name
