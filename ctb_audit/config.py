"""The configuration: `ctb.toml`, or `[tool.ctb]` of pyproject.toml.

It is looked for upwards from the current folder to the repository root (outside a
repository in the current folder only). `rules/config.schema.json` says what it may hold.
Paths in it count from its own folder. `env:NAME` sources stay as written: only the source
that is opened reads the environment.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from ctb_audit import resources
from ctb_audit.copies import replace
from ctb_audit.errors import ConfigurationError
from ctb_audit.lean import dataclass
from ctb_audit.model import Name, Policy, System
from ctb_audit.standard import Level, Severity, matches_table

CONFIG_NAME = "ctb.toml"
PYPROJECT_NAME = "pyproject.toml"
DEFAULT_ORIGIN = "default"
_WAIVER_STEP = 'give a waiver rule, owner, reason and until = "YYYY-MM-DD"'


@dataclass(frozen=True, slots=True)
class TableEntry:
    """What the configuration says of the tables that `name` fits (`schema.table` or `table`,
    `*` allowed). None: nothing said. `exempt` is the reason, "" for none.
    """

    name: str
    system: System | None = None
    level: Level | None = None
    exempt: str = ""
    planned: bool | None = None
    kind: Literal["log", "entity"] | None = None
    system_code: str = ""
    mode: str = ""
    table_id: str = ""
    heir_id: str = ""
    row_level_security: bool | None = None
    force_row_level_security: bool | None = None
    policy: tuple[Policy, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings accepted until the end of a day. `table` "" is every table, `requirement` ""
    every requirement of the rule. `key` is its place in the file, for messages.
    """

    rule: str
    owner: str
    reason: str
    until: date
    table: str = ""
    requirement: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """From `date` on a database score below `threshold` fails."""

    date: date
    threshold: int


@dataclass(frozen=True, slots=True)
class Registry:
    """Tables of the organisation that register tables and row ids, "" for none."""

    tables: str = ""
    ids: str = ""


@dataclass(frozen=True, slots=True)
class Migrations:
    """`trackers`: further tables that track migrations, as `Standard.exempt`."""

    trackers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Config:
    """Everything configured. `standard` "" means that the documents decide. `root` is the folder
    that relative paths count from; `path` is None where nothing is configured.

    `firestore`, `zod`: a file, or `file#Name`, to the collection or table that the type or schema
    describes.

    `origins` says where each value comes from: `default`, the file, or what `with_options` names.
    """

    root: Path
    path: Path | None = None
    standard: str = ""
    sources: tuple[str, ...] = field(default=(), repr=False)  # URLs may hold passwords
    exclude: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_under: int = 70
    fail_under_schedule: tuple[Threshold, ...] = ()
    fail_under_table: int | None = None
    fail_on: Severity = "CRITICAL"
    min_coverage: float = 95
    default_level: Level | None = None
    baseline: Path | None = None
    log: str = field(default="", repr=False)
    rules: tuple[Path, ...] = ()
    standards: tuple[Path, ...] = ()
    templates: Path | None = None
    severity: Mapping[str, str] = field(default_factory=dict)
    table: tuple[TableEntry, ...] = ()
    waiver: tuple[Waiver, ...] = ()
    dialect: Mapping[str, System] = field(default_factory=dict)
    registry: Registry = Registry()
    migrations: Migrations = Migrations()
    firestore: Mapping[str, str] = field(default_factory=dict)
    zod: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def origin(self, key: str) -> str:
        return self.origins.get(key, DEFAULT_ORIGIN)

    def table_entry(self, system: System, table: Name) -> TableEntry:
        """All entries that fit the table in one, a later one wins key by key."""
        said: dict[str, Any] = {}
        for entry in self.table:
            if entry.system in (None, system) and matches_table(table, [entry.name]):
                said.update(_said(entry))
        return TableEntry(**{**said, "name": str(table), "system": system})

    def threshold(self, today: date) -> int:
        """The lowest database score that passes today: of the schedule the latest date reached,
        else `fail_under`.
        """
        reached = [step for step in self.fail_under_schedule if step.date <= today]
        return max(reached, key=lambda step: step.date).threshold if reached else self.fail_under

    def dialect_of(self, path: str) -> System | None:
        """The system configured for a file, by its path from `root`; the last pattern that fits
        wins. A pattern without `*` holds for the folder and all below.
        """
        found = None
        for pattern, system in self.dialect.items():
            below = pattern.rstrip("/") + "/"
            if fnmatchcase(path, pattern) or path == pattern or path.startswith(below):
                found = system
        return found


def load_config(path: Path | None = None, cwd: Path | None = None) -> Config:
    """The configuration of `path`, or the one found from `cwd` upwards, or the defaults.

    Raises ConfigurationError: `ctb.toml: <key>: <problem>, did you mean <key>?`.
    """
    folder = (cwd or Path.cwd()).resolve()
    found = _given(path, folder) if path is not None else _search(folder)
    if found is None:
        return Config(root=folder)
    file, prefix, table = found
    return config_from_table(table, file, prefix=prefix)


def config_from_table(table: Mapping[str, Any], file: Path, *, prefix: str = "") -> Config:
    """The configuration in a parsed table; `file` is where it stands (need not exist)."""
    from ctb_audit.config_paths import refuse_outside
    from ctb_audit.shape import plain, problems

    table = plain(table)
    place = f"{file.name}: {prefix}"
    for found in problems(table, _schema()):
        step = _WAIVER_STEP if found.key.startswith("waiver") else ""
        raise ConfigurationError(f"{place}{found.key}".rstrip(": "), found.problem, step)
    root = file.parent
    refuse_outside(table, root, place)
    values = {key: _value(key, value, root, place) for key, value in table.items()}
    return Config(root=root, path=file, origins=dict.fromkeys(table, file.name), **values)


def config_from_text(text: str, root: Path) -> Config:
    """The configuration in a `ctb.toml` text, as the examples of rules hold one."""
    return config_from_table(_parse(text.encode(), CONFIG_NAME), root / CONFIG_NAME)


def with_options(config: Config, origin: str = "command line", **values: Any) -> Config:
    """The configuration with values laid over it that are not None."""
    given = {key: value for key, value in values.items() if value is not None}
    return replace(config, **given, origins={**config.origins, **dict.fromkeys(given, origin)})


# ---- finding the file ----------------------------------------------------------------------------

_Found = tuple[Path, str, Mapping[str, Any]]


def _given(path: Path, folder: Path) -> _Found:
    file = (folder / path).resolve()
    if not file.is_file():
        raise ConfigurationError(str(path), "no such configuration file", "correct --config")
    if file.name == PYPROJECT_NAME:
        table = _pyproject(file)
        if table is None:
            raise ConfigurationError(str(path), "has no [tool.ctb]", "add it, or name a ctb.toml")
        return file, "tool.ctb.", table
    return file, "", _read(file)


def _search(folder: Path) -> _Found | None:
    for candidate in _up_to_repository(folder):
        if (candidate / CONFIG_NAME).is_file():
            return candidate / CONFIG_NAME, "", _read(candidate / CONFIG_NAME)
        table = _pyproject(candidate / PYPROJECT_NAME)
        if table is not None:
            return candidate / PYPROJECT_NAME, "tool.ctb.", table
    return None


def _up_to_repository(folder: Path) -> Iterator[Path]:
    chain = [folder, *folder.parents]
    depth = next((n for n, path in enumerate(chain) if (path / ".git").exists()), 0)
    yield from chain[: depth + 1]


def _pyproject(file: Path) -> Mapping[str, Any] | None:
    if not file.is_file() or b"ctb" not in _bytes(file):
        return None
    found = _read(file).get("tool", {}).get("ctb")
    if found is not None and not isinstance(found, dict):
        raise ConfigurationError(f"{file.name}: tool.ctb", "must be a table")
    return found


def _read(file: Path) -> Mapping[str, Any]:
    return _parse(_bytes(file), file.name)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(str(file), f"cannot be read ({error.strerror})") from error


def _parse(content: bytes, place: str) -> Mapping[str, Any]:
    from ctb_audit.toml_text import TOMLDecodeError, parse_toml

    try:
        return parse_toml(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ConfigurationError(place, "is not UTF-8 text") from error
    except TOMLDecodeError as error:
        raise ConfigurationError(place, f"is not valid TOML: {error}") from error


def _schema() -> Mapping[str, Any]:
    import json

    loaded: Mapping[str, Any] = json.loads(resources.resource_text("rules/config.schema.json"))
    return loaded


# ---- validated values into their types ----------------------------------------------------------


def _value(key: str, value: Any, root: Path, place: str) -> Any:
    if key in ("rules", "standards"):
        return tuple((root / path).resolve() for path in value)
    if key in ("baseline", "templates"):
        return (root / value).resolve()
    if key == "standard" and PurePosixPath(value).suffix == ".toml":
        return str((root / value).resolve())
    if key in _TABLES:
        return _TABLES[key](value, place)
    return tuple(value) if isinstance(value, list) else value


def _entries(value: list[dict[str, Any]], _place: str) -> tuple[TableEntry, ...]:
    return tuple(
        TableEntry(**{**entry, "policy": tuple(map(_policy, entry.get("policy", ())))})
        for entry in value
    )


def _policy(value: dict[str, Any]) -> Policy:
    """Without `roles` a policy is for PUBLIC, as PostgreSQL has it."""
    return Policy(**{**value, "roles": tuple(value.get("roles", ("public",)))})


def _waivers(value: list[dict[str, Any]], place: str) -> tuple[Waiver, ...]:
    made = []
    for position, entry in enumerate(value):
        key = f"waiver[{position}]"
        until = _date(entry["until"], f"{place}{key}.until")
        made.append(Waiver(**{**entry, "until": until, "key": key}))
    return tuple(made)


def _schedule(value: list[dict[str, Any]], place: str) -> tuple[Threshold, ...]:
    return tuple(
        Threshold(
            _date(entry["date"], f"{place}fail_under_schedule[{position}].date"),
            entry["threshold"],
        )
        for position, entry in enumerate(value)
    )


def _date(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ConfigurationError(place, f"no such day: {text}") from error


_TABLES: Mapping[str, Callable[[Any, str], Any]] = {
    "table": _entries,
    "waiver": _waivers,
    "fail_under_schedule": _schedule,
    "registry": lambda value, _: Registry(**value),
    "migrations": lambda value, _: Migrations(tuple(value.get("trackers", ()))),
}


def _said(entry: TableEntry) -> dict[str, Any]:
    pairs = ((name, getattr(entry, name)) for name in TableEntry.__slots__)
    return {name: value for name, value in pairs if value not in (None, "", ())}
