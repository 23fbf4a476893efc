"""A TypeScript type as the collection whose documents it describes."""

from ctb_audit.model import Location, Name, Table
from ctb_audit.sources.typescript.inferred import Shape


def collection(name: Name, shape: Shape, location: Location | None) -> Table:
    """The collection: its documents' fields as columns; what Firestore cannot hold is ()."""
    return Table(
        system="firestore",
        schema=name.schema or "default",
        name=name.name,
        columns=shape.fields,
        kind="collection",
        location=location,
    )
