"""What holds for every input, whatever it is. Fuzzing and hypothesis drive the same functions.

Each takes a text and raises AssertionError where the product does not keep its word, or what the
product raised where that is no CtbError.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.codec import decode, encode
from ctb_audit.config import CONFIG_NAME, PYPROJECT_NAME, Config, config_from_text, load_config
from ctb_audit.errors import CtbError
from ctb_audit.model import Catalog, Name, Problem, System
from ctb_audit.result import Audit
from ctb_audit.rulebook.files import UserFile
from ctb_audit.rulebook.make import make_rule
from ctb_audit.rulebook.validation import validate_rule, validate_standard
from ctb_audit.sources.application import read_application_text
from ctb_audit.sources.chartdb import is_chartdb, read_chartdb
from ctb_audit.sources.ddl.operations import NotUnderstood, Script
from ctb_audit.sources.ddl.parse_postgres import read_statement
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.split import split, tile
from ctb_audit.sources.load import LoadOptions, reference_catalog
from ctb_audit.sources.snapshot import read_snapshots, snapshot_value

T = TypeVar("T")

DIALECTS: tuple[System, ...] = ("postgresql", "sqlite", "mysql", "bigquery")
TODAY = date(2026, 11, 22)
ROOT = Path("/nonexistent")
DEFAULTS = Config(ROOT)
OPTIONS = LoadOptions(root=ROOT)
MOST_STATEMENTS = 30
"""Of a script whose every prefix is replayed."""
_TAKES_TABLES = re.compile(
    r"DROP|RENAME|SCHEMA|ROLLBACK|ABORT|COMMIT|\bEND\b|DETACH|TEMP|CHANGE|SWITCH", re.I
)
_OUR_DEFECT = re.compile(r"\b(?:reader failed|check \w+ failed): ")


def refused_or(read: Callable[[], T]) -> T | None:
    """What `read` returns; None where it refuses the input in the way that is documented."""
    try:
        return read()
    except CtbError as error:
        assert error.place and error.problem, error
        assert error.exit_code in (2, 3), error
        assert "\n" not in str(error), error
        return None


def no_defects(texts: Iterable[str]) -> None:
    """None of the reasons says that a part of the product failed."""
    found = [text for text in texts if _OUR_DEFECT.search(text)]
    assert not found, found


# ---- SQL -----------------------------------------------------------------------------------------


def statements_tile(text: str) -> None:
    """Statements and gaps are the input, and each statement stands where it says."""
    for dialect in DIALECTS:
        spans = tile(text, dialect=dialect)
        assert "".join(text[start:end] for start, end in spans) == text, dialect
        assert all(start < end for start, end in spans), dialect
        for found in split(text, dialect=dialect):
            assert text.startswith(found.text, found.offset), dialect
            assert found.line == text.count("\n", 0, found.offset) + 1, dialect
            assert found.column == found.offset - text.rfind("\n", 0, found.offset), dialect


def replay_is_deterministic(text: str, system: System = "postgresql") -> None:
    """The same text is the same script and, in both modes, the same catalog, also through JSON."""
    script = read_script(text, "a.sql", system)
    assert script == read_script(text, "a.sql", system)
    no_defects(problem.message for problem in _problems(script))
    for mode in ("lenient", "server"):
        catalog = replay([script], mode=mode)
        assert catalog == replay([script], mode=mode), mode
        assert decode(Catalog, json.loads(json.dumps(encode(catalog)))) == catalog, mode


def foreign_replay_is_deterministic(text: str) -> None:
    for system in DIALECTS[1:]:
        replay_is_deterministic(text, system)


def spellings_are_the_grammars(text: str) -> None:
    """What is read without the grammar is what the grammar reads: when it is met first, and when
    its definitions are known.
    """
    for statement in split(text):
        if statement.kind == "sql":
            expected = read_statement(statement, "a.sql", known=False)
            for _ in range(2):
                assert read_statement(statement, "a.sql") == expected, statement.text


def tables_stay(text: str, system: System = "postgresql") -> None:
    """No table goes without a statement that says so."""
    script = read_script(text, "a.sql", system)
    words = [((s.line, s.column), s.text) for s in split(text, dialect=system)]
    before: set[Name] = set()
    for count, effect in enumerate(script.effects[:MOST_STATEMENTS], start=1):
        prefix = Script(script.path, system, script.effects[:count], ())
        after = {table.qualified for table in replay([prefix]).tables}
        place = effect.location
        assert place is not None
        statement = next(said for start, said in reversed(words) if start <= place[1:])
        if not _TAKES_TABLES.search(statement):
            assert before <= after, (statement, before - after)
        before = after


def _problems(script: Script) -> Iterator[Problem]:
    for effect in script.effects:
        for operation in effect.operations:
            if isinstance(operation, NotUnderstood):
                yield operation.problem


# ---- audits --------------------------------------------------------------------------------------


def sql_audits_as_its_snapshot(text: str) -> None:
    audits_as_its_snapshot([replay([read_script(text, "a.sql", "postgresql")], source="a.sql")])


def audits_as_its_snapshot(catalogs: Sequence[Catalog], config: Config = DEFAULTS) -> None:
    """A catalog read back from JSON gets the audit that it got itself."""
    written = json.dumps([snapshot_value(catalog) for catalog in catalogs])
    read = read_snapshots(written, "snapshot.json")
    assert read == tuple(catalogs)
    first = audited(catalogs, config)
    no_defects([*(u.reason for u in first.unknowns), *(n.reason for n in first.not_judged)])
    assert audited(read, config) == first


def audited(catalogs: Sequence[Catalog], config: Config = DEFAULTS) -> Audit:
    """The audit, made in this process."""
    return audit_catalogs(catalogs, config, AuditSettings(TODAY, jobs=1))


# ---- other inputs --------------------------------------------------------------------------------


def reference_is_read(text: str) -> None:
    """A schema reference is read alike each time, and its audit is that of its snapshot."""
    catalog = refused_or(lambda: reference_catalog(text, "a.md", OPTIONS))
    if catalog is not None:
        assert reference_catalog(text, "a.md", OPTIONS) == catalog
        no_defects(problem.message for problem in catalog.problems)
        audits_as_its_snapshot([catalog])


def rules_are_read(text: str) -> None:
    """Security rules of Firestore, as a source of their own."""
    _application_is_read(text, "firestore.rules")


def typescript_is_read(text: str) -> None:
    """Document types and zod models."""
    _application_is_read(text, "models.ts")


def _application_is_read(text: str, name: str) -> None:
    catalogs = refused_or(lambda: read_application_text(text, name))
    if catalogs:
        assert read_application_text(text, name) == catalogs
        no_defects(problem.message for catalog in catalogs for problem in catalog.problems)
        audits_as_its_snapshot(catalogs)


def configuration_is_read(text: str) -> None:
    """A configuration is read alike each time, or refused with its place."""
    config = refused_or(lambda: config_from_text(text, ROOT))
    if config is not None:
        assert config_from_text(text, ROOT) == config
        refused_or(lambda: config.table_entry("postgresql", Name("public", "users")))
        assert 0 <= config.threshold(TODAY) <= 100
        assert config.dialect_of("legacy/a.sql") in (None, *DIALECTS)
        assert {config.origin(key) for key in config.origins} <= {CONFIG_NAME}
    with TemporaryDirectory() as folder:
        for name in (CONFIG_NAME, PYPROJECT_NAME):
            (Path(folder) / name).write_text(text, encoding="utf-8")
        found = refused_or(lambda: load_config(cwd=Path(folder)))
        assert (found is None) == (config is None)
        if found is not None:
            assert load_config(Path(folder) / CONFIG_NAME) == found
        refused_or(lambda: load_config(Path(folder) / PYPROJECT_NAME))


def rule_files_are_read(text: str) -> None:
    """The same text as a team's rule and as its standard: read, or refused with its place."""
    for name, read in (("odd-thing", _rule), ("odd-standard", _standard)):
        try:
            table = tomllib.loads(text)
        except tomllib.TOMLDecodeError:
            return  # the reader of files says so, which the command line's tests hold
        file = UserFile(Path(f"{name}.toml"), name, "local", table, "")
        refused_or(lambda read=read, file=file: read(file))  # type: ignore[misc]


def _rule(file: UserFile) -> None:
    validate_rule(file, None)
    make_rule(file.id, {"topic": file.topic, **file.table})


def _standard(file: UserFile) -> None:
    validate_standard(file, None)


def snapshot_text(sql: str) -> str:
    """What `ctb inspect --format json` prints of a script."""
    return json.dumps(snapshot_value(replay([read_script(sql, "a.sql", "postgresql")])))


def json_is_read(text: str) -> None:
    """A snapshot or a diagram of ChartDB; what is read can be judged."""
    catalogs = refused_or(lambda: _json_catalogs(text))
    if catalogs:
        audits_as_its_snapshot(catalogs)


def _json_catalogs(text: str) -> tuple[Catalog, ...]:
    return (read_chartdb(text, "a.json"),) if is_chartdb(text) else read_snapshots(text, "a.json")
