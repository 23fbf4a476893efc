"""A catalog kept as JSON: what `ctb inspect --format json` prints, read back as a source."""

import json
from typing import Any

from ctb_audit.codec import CodecError, decode, encode
from ctb_audit.errors import SourceError
from ctb_audit.model import Catalog

SCHEMA_VERSION = "1.0"


def snapshot_value(catalog: Catalog) -> dict[str, Any]:
    """The catalog as a JSON value that says its own version (rules/catalog.schema.json)."""
    value: dict[str, Any] = encode(catalog)
    return {"schema_version": SCHEMA_VERSION, **value}


def is_snapshot(text: str) -> bool:
    """Whether a JSON text is a catalog of ours, from its beginning alone."""
    return text.lstrip().lstrip("[").lstrip().startswith('{"schema_version":') and (
        '"surface"' in text[:400]
    )


def read_snapshots(text: str, path: str) -> tuple[Catalog, ...]:
    """The catalogs in a JSON text; SourceError where it is none or of a newer version."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise SourceError(path, f"is not JSON: {error}", _STEP) from None
    return tuple(_catalog(item, path) for item in (value if isinstance(value, list) else [value]))


_STEP = "write it again with `ctb inspect --format json`"


def _catalog(value: Any, path: str) -> Catalog:
    version = value.get("schema_version") if isinstance(value, dict) else None
    if not isinstance(version, str):
        raise SourceError(path, "is no catalog: it has no schema_version", _STEP)
    if version.partition(".")[0] != SCHEMA_VERSION.partition(".")[0]:
        raise SourceError(path, f"is a catalog of version {version}", _STEP)
    body = {key: item for key, item in value.items() if key != "schema_version"}
    try:
        return decode(Catalog, body)
    except CodecError as error:
        raise SourceError(path, str(error), _STEP) from None
