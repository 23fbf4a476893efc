"""Audits one target, as `ctb audit` does in its folder: the same reading, judging and gate."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ctb_audit import __version__
from ctb_audit.audit import AuditSettings, audit_catalogs, gate_settings
from ctb_audit.cli.server import settling
from ctb_audit.cli.sources import read_sources
from ctb_audit.config import Config, load_config, with_options
from ctb_audit.errors import ConfigurationError, CtbError, SourceError, UsageError
from ctb_audit.fleet.checkout import check_out, remote_commit
from ctb_audit.fleet.inputs import content_of, digest_of
from ctb_audit.fleet.kept import pack
from ctb_audit.fleet.target import Target
from ctb_audit.fleet.task import Audited, Failed, Outcome, Settings, Task, Unchanged
from ctb_audit.lean import dataclass
from ctb_audit.result import Audit

_CLONE = "clone"
_FILES = f"{_CLONE}/files"
_URLS: dict[str, Callable[[str], str]] = {
    "database": lambda place: f"env:{place}",
    "bigquery": lambda place: f"bigquery://{place}",
    "firestore": lambda place: f"firestore://{place}",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """What is audited: `argument` as `ctb audit` takes it, under `config`. `content` stands for
    all that is read.
    """

    argument: str
    config: Config
    content: str
    revision: str = ""
    left_out: tuple[str, ...] = ()


def work(task: Task, folder: Path) -> Outcome:
    """Audit the target; temporary files go below `folder`. Never raises for what a target holds."""
    started, busy = time.monotonic(), time.process_time()
    secrets = [str(folder / _FILES), str(folder)]
    secrets += [task.target.place] if task.target.kind == "folder" else []
    try:
        outcome = _outcome(task, folder)
    except (ConfigurationError, UsageError) as error:
        return Failed("configuration", _without(str(error), secrets, task.target))
    except CtbError as error:
        return Failed("source", _without(str(error), secrets, task.target))
    except (RecursionError, MemoryError) as error:
        return Failed("source", f"the input is too deep or too large ({type(error).__name__})")
    except Exception as error:  # one target must never end the fleet
        told = f"internal error: {type(error).__name__}: {error}"
        return Failed("internal", _without(told, secrets, task.target))
    if isinstance(outcome, Audited):
        outcome = replace(
            outcome,
            seconds=time.monotonic() - started,
            processor=time.process_time() - busy,
            peak=_peak(),
        )
    return outcome


def _peak() -> float:
    """MB that this process reached; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _without(text: str, paths: list[str], target: Target) -> str:
    """The message with the target's own name in place of paths of this machine."""
    for path in paths:
        text = text.replace(path, target.shown)
    return text


def _outcome(task: Task, folder: Path) -> Outcome:
    with _placed(task, folder) as place:
        inputs = digest_of(task, place.content)
        if inputs == task.known:
            return Unchanged(inputs)
        audit = _audit(place, task.settings)
        content = pack(audit, gate_settings(place.config))
        return Audited(datetime.now(UTC), inputs, __version__, content)


def _audit(place: _Place, settings: Settings) -> Audit:
    chosen = AuditSettings(today=settings.day, jobs=1, counted=True)
    how: dict[str, Any] = {"parser": "auto", "stdin_filename": None, "jobs": 1, "no_cache": True}
    loaded = read_sources((place.argument,), place.config, how)
    with settling(loaded.catalogs, chosen) as settled:
        audit = audit_catalogs(loaded.catalogs, place.config, settled)
    notices = tuple(f"{s.path}: not read: {s.reason}" for s in loaded.skipped)
    return replace(
        audit,
        notices=(*audit.notices, *notices, *place.left_out),
        revision=place.revision or audit.revision,
    )


@contextmanager
def _placed(task: Task, folder: Path) -> Iterator[_Place]:
    target = task.target
    if target.kind == "folder":
        yield _folder(task, Path(target.place))
    elif target.kind == "git":
        with _cloned(task, folder) as place:
            yield place
    else:
        config = load_config(Path(target.config)) if target.config else Config(root=folder)
        config = _with_settings(config, task)
        yield _Place(_URLS[target.kind](target.place), config, task.settings.run)


def _folder(task: Task, path: Path) -> _Place:
    if not path.is_dir():
        raise SourceError(task.target.shown, "is no folder", "check the path")
    config = _with_settings(load_config(cwd=path), task)
    return _Place(str(path), config, content_of(path, config))


@contextmanager
def _cloned(task: Task, folder: Path) -> Iterator[_Place]:
    """A commit that the server names already needs no fetch where its result is known."""
    target = task.target
    if task.known:
        commit = remote_commit(target.place, target.ref)
        if digest_of(task, commit) == task.known:
            yield _Place("", Config(root=folder), commit)
            return
    store = folder / _CLONE
    try:
        found = check_out(target.place, target.ref, store)
        inner = found.folder / target.folder
        if not inner.is_dir():
            step = "correct folder, or ref"
            raise SourceError(target.shown, f"has no folder {target.folder}", step)
        config = _with_settings(load_config(cwd=inner), task)
        yield _Place(
            argument=str(inner),
            config=config,
            content=found.commit,
            revision=found.commit,
            left_out=found.left_out,
        )
    finally:
        shutil.rmtree(store, ignore_errors=True)


def _with_settings(config: Config, task: Task) -> Config:
    settings = task.settings
    return with_options(
        config,
        origin="ctb fleet",
        standard=settings.standard or task.target.standard or None,
        select=settings.select or None,
        ignore=settings.ignore or None,
        exclude=(*config.exclude, *settings.exclude) or None,
        fail_under=settings.fail_under,
        fail_under_schedule=() if settings.fail_under is not None else None,
        fail_on=settings.fail_on,
        min_coverage=settings.min_coverage,
    )
