"""A standard and its rules, as loaded and validated data.

`rules/standards/<id>.toml` holds the fields, formats, levels and exemptions,
`rules/<topic>/<rule-id>.toml` one rule each. `ctb_audit.rulebook.load_standard` merges them
(user folders last) and refuses anything malformed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field
from fnmatch import translate
from functools import lru_cache
from typing import Any, Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import Name, System

Level = Literal["STRICT", "STANDARD", "RELAXED", "NONE"]
Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"]
LEVELS: tuple[Level, ...] = ("STRICT", "STANDARD", "RELAXED", "NONE")
SEVERITIES: tuple[Severity, ...] = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO")
WEIGHTS: Mapping[str, int] = {"CRITICAL": 10, "HIGH": 5, "MEDIUM": 3, "LOW": 1, "INFO": 0}


@dataclass(frozen=True, slots=True)
class TrackingField:
    """One tracking column (STANDARD section 1).

    `names`: the accepted names by system, the first is the proper one ("*" for any other
    system). `families`: accepted type families by system. `min_length`: of a text type with a
    length; None for no bound. `format`: key of `Standard.formats`. `default`: "" none
    required, "now", "in-range", "matches-format". `minimum`, `maximum`: of a number. `values`:
    the only ones. `required`: NOT NULL and present in STRICT and STANDARD, optional otherwise.
    """

    role: str
    names: Mapping[str, tuple[str, ...]]
    families: Mapping[str, tuple[str, ...]]
    spelling: str
    required: bool = True
    min_length: int | None = None
    default: str = ""
    format: str = ""
    minimum: int | None = None
    maximum: int | None = None
    values: tuple[str, ...] = ()
    nullable: bool = False
    tables: tuple[str, ...] = ()  # only these kinds of table expect it: "declared", "entity", ...
    unique: Literal["", "all", "entity"] = ""  # "entity": not in log tables

    def names_in(self, system: System) -> tuple[str, ...]:
        return self.names.get(system, self.names["*"])


@dataclass(frozen=True, slots=True)
class Example:
    """`kind` fail, ok or fixed. `findings`: what must be found, as (table, requirement) pairs."""

    kind: Literal["fail", "ok", "fixed"]
    title: str
    sql: str
    findings: tuple[tuple[str, str], ...] = ()
    config: str = ""  # a ctb.toml text
    system: System = "postgresql"
    document: str = ""  # a schema reference, in place of or beside sql
    live: bool = False  # run on a server, whose database is audited with its rows
    files: Mapping[str, str] = field(default_factory=dict)  # on disk, by path


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule file. `levels`: severity by level where it differs from `severity` capped by
    STANDARD section 11, None where the level does not ask for it.
    """

    id: str
    topic: str
    summary: str
    why: str
    remedy: str
    severity: Severity
    check: str
    params: Mapping[str, Any] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    levels: Mapping[str, Severity | None] = field(default_factory=dict)
    systems: tuple[System, ...] = ()
    kinds: tuple[str, ...] = ()
    exempt: bool = False  # also judged on exempt tables
    requirement: str = ""
    clause: str = ""  # of the standard, e.g. "STANDARD 1"
    tags: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    def severity_at(self, level: str) -> Severity | None:
        """Severity at an enforcement level; None where the level does not judge it."""
        if level in self.levels:
            return self.levels[level]
        if level == "NONE":
            return "INFO"
        if level == "RELAXED" and WEIGHTS[self.severity] > WEIGHTS["LOW"]:
            return "LOW"
        return self.severity


@dataclass(frozen=True, slots=True)
class Probes:
    """Strings that a format accepts and rejects; a database check is judged on them
    (STANDARD section 2).
    """

    valid: tuple[str, ...] = ()
    invalid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemFacts:
    """One database system of the organisation (STANDARD section 9).

    `names`: how documents call it, lower case. `url_variables`, `variables`: environment
    variables of its live source. `lacks`: what the engine cannot hold: unique, trigger, index,
    "foreign key", check.
    """

    title: str
    names: tuple[str, ...] = ()
    schemas: tuple[str, ...] = ()
    table_id_code: str = ""
    url_variables: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryColumn:
    """A column that the registry of row ids must have. `default`: its text, "" for any."""

    name: str
    nullable: bool = False
    unique: bool = False
    default: str = ""


@dataclass(frozen=True, slots=True)
class Standard:
    """`formats`: name -> regular expression (full match). `table_ids`: system -> pattern.
    `exempt`: table names of migration trackers, `*` allowed. `hash`: of all that was loaded.
    """

    id: str
    title: str
    fields: tuple[TrackingField, ...]
    formats: Mapping[str, str]
    table_ids: Mapping[str, str]
    rules: Mapping[str, Rule]
    default_level: Level = "STANDARD"
    exempt: tuple[str, ...] = ()
    log_tables: tuple[str, ...] = ("*_log", "*_logs")
    id_registry: str = ""
    capacity: int = 100  # ids for each month, system and mode (STANDARD section 2)
    hash: str = ""
    probes: Mapping[str, Probes] = field(default_factory=dict)
    systems: Mapping[System, SystemFacts] = field(default_factory=dict)
    registry_columns: tuple[RegistryColumn, ...] = ()
    table_registry: str = ""
    orbt_layers: tuple[str, ...] = ()  # names of layers 1, 2, ... where the source gives them
    extends: tuple[str, ...] = ()  # the standards it derives from, nearest first
    source: str = ""  # where it was read: "built-in" or a path

    def field(self, role: str) -> TrackingField | None:
        return next((f for f in self.fields if f.role == role), None)

    def is_tracker(self, table: Name) -> bool:
        """True for the tables of migration tools (`exempt`), which no tracking rule judges."""
        return matches_table(table, self.exempt)

    def is_log(self, table: Name) -> bool:
        """True for log tables by name (STANDARD section 1); configuration may add others."""
        return matches_table(table, self.log_tables)


def matches_table(table: Name, patterns: Iterable[str]) -> bool:
    """True if a pattern fits the table, `*` allowed, upper and lower case alike.

    A pattern with a dot is held against `schema.name`, any other against the name alone.
    """
    bare, qualified = _sorted(tuple(patterns))
    return bare.fits(table.name.lower()) or qualified.fits(str(table).lower())


_MOST_KNOWN = 4096
"""Names that an instance remembers: what a process meets over its life has no bound."""


class NamePatterns:
    """Names with `*`, `?` and `[...]` asked as one: plain ones by a look, beginnings and endings as
    such, the others by one expression. A standard exempts 40 tables by name, and compiling 40
    expressions takes 3 ms.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        found = list(patterns)
        wild = [p for p in found if _is_wild(p)]
        endings = {p: p[1:] for p in wild if p[0] == "*" and not _is_wild(p[1:])}
        beginnings = {p: p[:-1] for p in wild if p[-1] == "*" and not _is_wild(p[:-1])}
        self._endings, self._beginnings = tuple(endings.values()), tuple(beginnings.values())
        others = [p for p in wild if p not in endings and p not in beginnings]
        self._wild = re.compile("|".join(map(translate, others))) if others else None
        self._known = dict.fromkeys(set(found).difference(wild), True)
        """What was asked before: names of columns repeat from table to table."""

    def fits(self, text: str) -> bool:
        """Whether one of the patterns, if there are any, fits the whole text, case and all."""
        known = self._known.get(text)
        if known is None:
            known = text.endswith(self._endings) or text.startswith(self._beginnings)
            known = known or (self._wild is not None and self._wild.match(text) is not None)
            if len(self._known) < _MOST_KNOWN:
                self._known[text] = known
        return known


def _is_wild(pattern: str) -> bool:
    return any(mark in pattern for mark in "*?[")


@lru_cache(maxsize=256)
def name_patterns(patterns: tuple[str, ...]) -> NamePatterns:
    """The patterns of a rule's parameters, which are asked of every column of every table."""
    return NamePatterns(patterns)


@lru_cache(maxsize=256)
def _sorted(patterns: tuple[str, ...]) -> tuple[NamePatterns, NamePatterns]:
    """The patterns for the name alone and those for the name with its schema."""
    lowered = [pattern.lower() for pattern in patterns]
    bare = NamePatterns(p for p in lowered if "." not in p)
    return bare, NamePatterns(p for p in lowered if "." in p)
