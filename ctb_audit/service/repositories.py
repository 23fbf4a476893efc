"""The repositories that are served, and which of them a HEIR id chooses."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ctb_audit.config import CONFIG_NAME, PYPROJECT_NAME, Config, load_config, with_options
from ctb_audit.errors import ConfigurationError, UsageError
from ctb_audit.ids import patterns
from ctb_audit.lean import dataclass
from ctb_audit.log import Log, LogFilter, LogRow, open_log
from ctb_audit.rulebook.load import DEFAULT_STANDARD, load_standard
from ctb_audit.service.paths import require_below

STATE = ".ctb"


@dataclass(frozen=True, slots=True)
class Repository:
    """`name` is the path of `folder` below the service's root, "." for the root itself.

    `log_url`: the log of the command line, None for the one that is configured.
    """

    name: str
    folder: Path
    log_url: str | None = None

    @property
    def label(self) -> str:
        """What rows of the log and pages call it."""
        return self.folder.name if self.name == "." else self.name

    def owns(self, row: LogRow) -> bool:
        """False for a run that the service made of another repository, in a log of several."""
        named: object = request_of(row).get("repository", self.label)
        return named == self.label

    def config(self) -> Config:
        """The configuration as it is now. Raises ConfigurationError, also where no log is kept."""
        config = with_options(configuration(self.folder), log=self.log_url)
        if config.log == "none":
            raise ConfigurationError("log", "the configuration keeps no log", "name one with --log")
        return config

    def log(self) -> Log:
        config = self.config()
        return open_log(config.log, root=config.root)


def configuration(folder: Path) -> Config:
    """What the folder itself configures: a file further up belongs to somebody else."""
    if (folder / CONFIG_NAME).is_file():
        return load_config(folder / CONFIG_NAME)
    project = folder / PYPROJECT_NAME
    if project.is_file() and b"[tool.ctb" in project.read_bytes():
        return load_config(project)
    return Config(root=folder)


class Repositories:
    """All repositories of a service. `registered`: HEIR id -> repository."""

    def __init__(self, root: Path, registered: Mapping[str, Repository], log: str | None) -> None:
        self.root = root
        self._registered = registered
        found = {r.name: r for r in registered.values()} or {".": Repository(".", root, log)}
        self.by_name: Mapping[str, Repository] = found

    @property
    def first(self) -> Repository:
        return next(iter(self.by_name.values()))

    def chosen(self, heir_id: str) -> Repository | None:
        """The repository that the id is registered for; else the only one there is; else the only
        one whose log holds a row of this id. Reads logs; LogError where one cannot be read.
        """
        if heir_id in self._registered:
            return self._registered[heir_id]
        if len(self.by_name) == 1:
            return self.first
        found = [r for r in self.by_name.values() if _holds(r, heir_id)]
        return found[0] if len(found) == 1 else None


def registered(root: Path, texts: Sequence[str], log: str | None) -> Repositories:
    """What `--repository HEIR-ID=FOLDER` says; folders count from `root`.

    Raises UsageError for another form, an id given twice, or a folder that is not below `root`,
    ConfigurationError for a repository that is configured wrongly.
    """
    found: dict[str, Repository] = {}
    for text in texts:
        place = f"--repository {text}"
        heir_id, equals, folder = text.partition("=")
        if not equals or not heir_id or not folder:
            raise UsageError(
                place, "is no HEIR-ID=FOLDER", "write e.g. HEIR-2026-11-SYS-SHOP-01=shop"
            )
        if heir_id in found:
            raise UsageError(place, "registers an id again", "give each repository its own")
        inside = require_below(root, root / folder, place)
        if not inside.is_dir():
            raise UsageError(place, "is no folder", "correct it")
        found[heir_id] = Repository(inside.relative_to(root).as_posix(), inside, log)
    made = Repositories(root, found, log)
    for repository in made.by_name.values():
        repository.config()
    return made


def heir_pattern(repositories: Repositories) -> str:
    """What a HEIR id of a request must match: the patterns of all standards in use, ASCII alone.

    Raises ConfigurationError where a standard has none.
    """
    found: dict[str, None] = {}
    for repository in repositories.by_name.values():
        config = repository.config()
        name = config.standard or DEFAULT_STANDARD
        standard = load_standard(name, standard_folders=config.standards)
        if not patterns(standard, "heir"):
            raise ConfigurationError(f"standard {name}", "has no HEIR ids", "serve another one")
        found.update(dict.fromkeys(patterns(standard, "heir")))
    forms = (p.removeprefix("^").removesuffix("$").replace(r"\d", "[0-9]") for p in found)
    return f"^(?:{'|'.join(forms)})(?![\\s\\S])"


def is_begun(log: Log) -> bool:
    """False for a file that no run has made yet."""
    path = getattr(log, "path", None)
    return not isinstance(path, Path) or path.exists()


def request_of(row: LogRow) -> Mapping[str, Any]:
    """The request that a run answers, empty for a run of the command line."""
    found = row.actions.get("request")
    return found if isinstance(found, dict) else {}


def _holds(repository: Repository, heir_id: str) -> bool:
    log = repository.log()
    if not is_begun(log):
        return False
    rows = log.entries(LogFilter(heir_id=heir_id, limit=1, details=False))
    return any(repository.owns(row) for row in rows)
