"""fleet.toml, or folders to discover in, to the targets of a fleet."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ctb_audit.errors import ConfigurationError, EmptySourceError, UsageError
from ctb_audit.fleet.discovery import discovered
from ctb_audit.fleet.target import LIVE, Kind, Target
from ctb_audit.lean import dataclass
from ctb_audit.resources import resource_text
from ctb_audit.shape import plain, problems

FLEET_NAME = "fleet.toml"
DEFAULT_TIMEOUT = 600.0
DEFAULT_RETRIES = 2
_KEYS: Mapping[str, Kind] = {
    "path": "folder",
    "git": "git",
    "database": "database",
    "bigquery": "bigquery",
    "firestore": "firestore",
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_URL = re.compile(r"(https|ssh|file)://(?:[^/@\s:]+@)?[^/@\s]*/\S*")
_SCP = re.compile(r"[\w.-]+@[\w.-]+:[^:\s]\S*")
_GIT_STEP = "write https://host/path, ssh://host/path, user@host:path or a local path"


@dataclass(frozen=True, slots=True)
class Fleet:
    """Targets sorted by name. `root`: what relative paths, the state and the default log count
    from. `timeout` in seconds.
    """

    root: Path
    targets: tuple[Target, ...]
    log: str = ""
    timeout: float = DEFAULT_TIMEOUT
    retries: int = DEFAULT_RETRIES


def read_fleet(file: Path) -> Fleet:
    """The fleet of a file. Raises ConfigurationError: `fleet.toml: <key>: <problem>`."""
    table = plain(_parsed(file))
    _refuse_secrets(table, file.name)
    for found in problems(table, _schema()):
        raise ConfigurationError(f"{file.name}: {found.key}".rstrip(": "), found.problem)
    root = file.parent.resolve()
    standard = _standard(table.get("standard", ""), root)
    declared = [
        replace(target, standard=target.standard or standard)
        for target in _targets(table, root, file.name)
    ]
    return Fleet(
        root=root,
        targets=_sorted(declared, file.name),
        log=table.get("log", ""),
        timeout=float(table.get("timeout", DEFAULT_TIMEOUT)),
        retries=table.get("retries", DEFAULT_RETRIES),
    )


def fleet_of_folders(folders: Sequence[str], root: Path) -> Fleet:
    """The fleet that is found below folders. Raises SourceError."""
    many = len(folders) > 1
    found = [
        target if not many else replace(target, name=f"{folder.rstrip('/')}/{target.name}")
        for folder in folders
        for target in _discovered({"below": folder}, root, folder)
    ]
    return Fleet(root=root, targets=_sorted(found, "the folders"))


def _parsed(file: Path) -> Mapping[str, Any]:
    from ctb_audit.toml_text import TOMLDecodeError, parse_toml

    try:
        return parse_toml(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ConfigurationError(file.name, "is not UTF-8 text") from None
    except TOMLDecodeError as error:
        raise ConfigurationError(file.name, f"is not valid TOML: {error}") from None
    except OSError as error:
        step = "name a fleet with --fleet, or a folder to discover targets in"
        raise UsageError(str(file), f"cannot be read ({error.strerror})", step) from None


def _schema() -> Mapping[str, Any]:
    import json

    loaded: Mapping[str, Any] = json.loads(resource_text("rules/fleet.schema.json"))
    return loaded


def _refuse_secrets(table: Mapping[str, Any], file: str) -> None:
    """Before anything else, so that no message repeats a URL that stands where a name belongs."""
    entries = table.get("target")
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        if not isinstance(entry, dict):
            continue
        place = f"{file}: target[{number}]"
        database = entry.get("database", "NAME")
        if isinstance(database, str) and not _NAME.fullmatch(database):
            step = "export the URL in the environment and write the variable's name"
            raise ConfigurationError(f"{place}.database", "is no name of a variable", step)
        if re.match(r"\w+://[^/@]*:[^/@]*@", str(entry.get("git", ""))):
            step = "leave it to a credential helper of git, or to an SSH key"
            raise ConfigurationError(f"{place}.git", "holds a password", step)


def _targets(table: Mapping[str, Any], root: Path, file: str) -> list[Target]:
    """The declared ones, and those found that no declaration names."""
    declared = [
        _target(entry, root, f"{file}: target[{number}]")
        for number, entry in enumerate(table.get("target", ()))
    ]
    _refuse_twins(declared)
    known = {target.location for target in declared}
    found = [
        target
        for number, entry in enumerate(table.get("discover", ()))
        for target in _discovered(entry, root, f"{file}: discover[{number}]")
    ]
    _refuse_twins(found)
    return [*declared, *(target for target in found if target.location not in known)]


def _target(entry: Mapping[str, Any], root: Path, key: str) -> Target:
    kinds = [name for name in _KEYS if name in entry]
    if len(kinds) != 1:
        problem = "names no place" if not kinds else f"names both {' and '.join(kinds[:2])}"
        raise ConfigurationError(key, problem, f"write exactly one of {', '.join(_KEYS)}")
    kind, written = _KEYS[kinds[0]], entry[kinds[0]]
    _refuse_foreign(entry, kind, key)
    place = _place(kind, written, root, f"{key}.{kinds[0]}")
    folder = _inner(entry.get("folder", ""), f"{key}.folder")
    return Target(
        name=entry.get("name") or _default_name(kind, written, folder),
        kind=kind,
        place=place,
        shown=_shown(kind, written, entry.get("ref", ""), folder),
        team=entry.get("team", ""),
        system=entry.get("system", ""),
        ref=_ref(entry.get("ref", ""), f"{key}.ref"),
        folder=folder,
        config=_config(entry.get("config", ""), root, f"{key}.config"),
        standard=_standard(entry.get("standard", ""), root),
        timeout=float(entry.get("timeout", 0)),
        key=key,
    )


def _refuse_foreign(entry: Mapping[str, Any], kind: Kind, key: str) -> None:
    """Keys that belong to another kind of target."""
    for name, kinds in (("ref", {"git"}), ("folder", {"git"}), ("config", LIVE)):
        if name in entry and kind not in kinds:
            raise ConfigurationError(f"{key}.{name}", f"does not go with a {kind}", "remove it")


def _place(kind: Kind, written: str, root: Path, key: str) -> str:
    if kind == "folder":
        return str((root / written).resolve())
    if kind != "git" or _URL.fullmatch(written) or _SCP.fullmatch(written):
        return written
    if written.startswith("-") or "::" in written or "://" in written:
        raise ConfigurationError(key, "is no repository that may be fetched", _GIT_STEP)
    return str((root / written).resolve())


def _config(written: str, root: Path, key: str) -> str:
    if not written:
        return ""
    path = (root / written).resolve()
    if not path.is_file():
        raise ConfigurationError(key, f"there is no {written}", "correct the path")
    return str(path)


def _inner(folder: str, key: str) -> str:
    if folder.startswith("/") or ".." in folder.split("/"):
        raise ConfigurationError(key, "leads out of the repository", "name a folder inside it")
    return folder.strip("/")


def _ref(ref: str, key: str) -> str:
    if ref.startswith("-") or any(mark in ref for mark in " :^~?*[\\"):
        raise ConfigurationError(key, "is no branch, tag or commit", "write the name of one")
    return ref


def _standard(named: str, root: Path) -> str:
    return str((root / named).resolve()) if named.endswith(".toml") else named


def _default_name(kind: Kind, written: str, folder: str) -> str:
    if kind != "git":
        return written.rstrip("/")
    name = re.split(r"[/:]", written.rstrip("/"))[-1].removesuffix(".git")
    return f"{name}/{folder}" if folder else name


def _shown(kind: Kind, written: str, ref: str, folder: str) -> str:
    match kind:
        case "folder":
            return written
        case "git":
            return written + (f"#{ref}" if ref else "") + (f" {folder}" if folder else "")
        case "database":
            return f"env:{written}"
        case _:
            return f"{kind}://{written}"


def _discovered(entry: Mapping[str, Any], root: Path, key: str) -> list[Target]:
    below = entry["below"]
    top = (root / below).resolve()
    try:
        paths = discovered(top, below, entry.get("exclude", ()))
    except EmptySourceError as error:
        place = key if key == below else f"{key}.below: {below}"
        raise EmptySourceError(place, error.problem, error.step) from None
    return [
        Target(
            name=path,
            kind="folder",
            place=str(top / path),
            shown=f"{below.rstrip('/')}/{path}",
            team=entry.get("team", path.split("/")[0] if "/" in path else ""),
            system=entry.get("system", path.rpartition("/")[2]),
            key=key,
        )
        for path in paths
    ]


def _refuse_twins(targets: Sequence[Target]) -> None:
    seen: dict[tuple[str, ...], Target] = {}
    for target in targets:
        twin = seen.setdefault(target.location, target)
        if twin is not target:
            problem = f"is the same target as {_told(twin)} ({target.shown})"
            raise ConfigurationError(target.key, problem, "remove one of them")


def _sorted(targets: Sequence[Target], place: str) -> tuple[Target, ...]:
    if not targets:
        step = "add [[target]] or [[discover]]"
        raise EmptySourceError(place, "names no target", step)
    seen: dict[str, Target] = {}
    for target in targets:
        twin = seen.setdefault(target.name, target)
        if twin is not target:
            problem = f"has the name of {_told(twin)}: {target.name}"
            raise ConfigurationError(target.key, problem, "give one of them another name")
    return tuple(sorted(targets, key=lambda target: target.name))


def _told(target: Target) -> str:
    return target.key.rpartition(": ")[2]
