"""A team's own rule and standard files, held to the schemas of `rules/*.schema.json`.

`jsonschema` decides (imported only when a file's content is new); `ctb_audit.shape` words
the message. A content that passed is remembered by hash in the cache folder.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from ctb_audit import resources
from ctb_audit.errors import ConfigurationError
from ctb_audit.rulebook.files import UserFile
from ctb_audit.rulebook.signature import check_parameters
from ctb_audit.shape import plain, problems

RULE_ID = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
_REMEMBERED = "validated"


def validate_rule(file: UserFile, cache: Path | None) -> None:
    """Raises ConfigurationError where the file does not hold a rule that can run."""
    import re

    if not re.fullmatch(RULE_ID, file.id):
        raise ConfigurationError(str(file.path), "a rule's file name must be kebab-case")
    _validate(file, "rule", cache)
    check_parameters(str(file.path), file.table["check"], file.table.get("params", {}))


def validate_standard(file: UserFile, cache: Path | None) -> None:
    """Raises ConfigurationError where the file does not hold a standard."""
    _validate(file, "standard", cache)


def _validate(file: UserFile, kind: str, cache: Path | None) -> None:
    text = resources.resource_text(f"rules/{kind}.schema.json")
    mark = _mark(cache, text, file.digest)
    if mark is not None and mark.exists():
        return
    refuse(str(file.path), plain(file.table), json.loads(text))
    _check_patterns(file)
    if mark is not None:
        _remember(mark)


def refuse(place: str, table: Mapping[str, Any], schema: Mapping[str, Any]) -> None:
    """Raises ConfigurationError for the first thing in the table that breaks the schema."""
    for found in problems(table, schema):
        raise ConfigurationError(f"{place}: {found.key}" if found.key else place, found.problem)
    from jsonschema import Draft202012Validator

    error = next(Draft202012Validator(schema).iter_errors(table), None)
    if error is not None:
        raise ConfigurationError(f"{place}: {error.json_path.removeprefix('$.')}", error.message)


def _check_patterns(file: UserFile) -> None:
    """Formats and table ids of a standard must be patterns that can be held against texts."""
    from ctb_audit.semantics.formats import fault

    for group in ("formats", "table_ids"):
        for name, pattern in file.table.get(group, {}).items():
            if reason := fault(pattern):
                place = f"{file.path}: {group}.{name}"
                raise ConfigurationError(place, f"not a format: {reason}")


def _mark(cache: Path | None, schema: str, digest: str) -> Path | None:
    if cache is None:
        return None
    key = sha256(schema.encode() + digest.encode()).hexdigest()
    return cache / _REMEMBERED / key


def _remember(mark: Path) -> None:
    """Best effort: without it the file is validated again next time."""
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
    except OSError:
        return
