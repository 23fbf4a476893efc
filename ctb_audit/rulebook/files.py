"""Rule and standard files as plain tables, built-in or from a team's folders.

A rule's id is its file name and its topic the folder: `<folder>/<topic>/<rule-id>.toml`.
A standard's id is its file name too.
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from pathlib import Path
from typing import Any

from ctb_audit import resources
from ctb_audit.errors import ConfigurationError
from ctb_audit.lean import dataclass

RULES_JSON = "rules.json"
EXAMPLES_JSON = "rule-examples.json"
STANDARDS_FOLDER = "standards"
_FORMAT = 3  # of the compiled files that a checkout caches
LOCAL_TOPIC = "local"  # of a user rule that stands in no topic folder

RawTable = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Built:
    """The built-in files: rules without their examples, and standards, by id. `digests`: the hash
    of each standard with its rules, which takes longer to make than the rest of a load.
    """

    rules: Mapping[str, RawTable] = field(default_factory=dict)
    standards: Mapping[str, RawTable] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class UserFile:
    """A file of the team: `table` as read, `digest` of its bytes."""

    path: Path
    id: str
    topic: str
    table: RawTable
    digest: str


def built_in() -> Built:
    """The built-in rules and standards."""
    loaded = _compiled(RULES_JSON)
    return Built(loaded["rules"], loaded["standards"], loaded["digests"])


def built_in_examples() -> Mapping[str, list[RawTable]]:
    """The examples of the built-in rules, by rule id."""
    examples: Mapping[str, list[RawTable]] = _compiled(EXAMPLES_JSON)
    return examples


def compile_folder(folder: Path) -> Mapping[str, Any]:
    """What the build hook writes: file name -> content to be stored as JSON."""
    from ctb_audit.rulebook.load import digests

    rules: dict[str, Any] = {}
    examples: dict[str, Any] = {}
    for path in _rule_paths(folder):
        table = dict(_read_toml(path.read_bytes(), str(path)))
        examples[path.stem] = table.pop("example", [])
        rules[path.stem] = {"topic": path.parent.name, **table}
    standards = {
        path.stem: _read_toml(path.read_bytes(), str(path))
        for path in sorted((folder / STANDARDS_FOLDER).glob("*.toml"))
    }
    made = {"rules": rules, "standards": standards, "digests": digests(rules, standards)}
    return {RULES_JSON: made, EXAMPLES_JSON: examples}


def user_rules(folders: Iterable[Path]) -> Iterator[UserFile]:
    """The rule files below the folders, in the order of their paths; `standards/` holds none."""
    for folder in folders:
        _require_folder(folder, "rules")
        for path in sorted(folder.rglob("*.toml")):
            if path.parent.name == STANDARDS_FOLDER:
                continue
            topic = path.parent.name if path.parent != folder else LOCAL_TOPIC
            yield read_user_file(path, topic)


def user_standards(folders: Iterable[Path]) -> Mapping[str, Path]:
    """Standard id -> file, of the folders; a later folder wins."""
    found: dict[str, Path] = {}
    for folder in folders:
        _require_folder(folder, "standards")
        found.update({path.stem: path for path in sorted(folder.glob("*.toml"))})
    return found


def read_user_file(path: Path, topic: str = "") -> UserFile:
    """Reads one TOML file. Raises ConfigurationError where it cannot be read or parsed."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(str(path), f"cannot be read ({error.strerror})") from error
    table = _read_toml(content, str(path))
    from hashlib import sha256  # loads OpenSSL, which a run may do without

    return UserFile(path, path.stem, topic, table, sha256(content).hexdigest())


def _compiled(name: str) -> Any:
    path = resources.compiled(name)
    if path is not None:
        return json.loads(path.read_bytes())
    folder, root = resources.resource_path("rules"), resources.checkout()
    if root is None:
        return compile_folder(folder)[name]
    cached = root / ".ctb" / "cache" / name
    state = [_FORMAT, *sorted(_stamps(folder))]
    with suppress(OSError, ValueError, TypeError, KeyError):
        held = json.loads(cached.read_bytes())
        if held["state"] == state:
            return held["content"]
    made = compile_folder(folder)[name]
    _store(cached, json.dumps({"state": state, "content": made}))
    return made


def _stamps(folder: Path) -> Iterator[list[str | int]]:
    """Every name, time and size below `rules/`, which a checkout's cache was made of."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _stamps(Path(entry.path))
            elif entry.name.endswith(".toml"):
                status = entry.stat()
                yield [entry.path, status.st_mtime_ns, status.st_size]


def _store(path: Path, text: str) -> None:
    """Best effort: a checkout that cannot be written is read anew each time."""
    from ctb_audit.whole_file import write_whole

    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, text.encode())


def _rule_paths(folder: Path) -> list[Path]:
    return [p for p in sorted(folder.glob("*/*.toml")) if p.parent.name != STANDARDS_FOLDER]


def _read_toml(content: bytes, place: str) -> RawTable:
    from ctb_audit.toml_text import TOMLDecodeError, parse_toml

    try:
        return parse_toml(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(place, "is not UTF-8 text") from error
    except TOMLDecodeError as error:
        raise ConfigurationError(place, f"is not valid TOML: {error}") from error


def _require_folder(folder: Path, key: str) -> None:
    if not folder.is_dir():
        raise ConfigurationError(str(folder), "no such folder", f"correct `{key}` in ctb.toml")
