"""Examples of rules as pieces of larger projects, their names made their own by renaming.

What an audit says of a piece must not depend on what else there is in its project.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import NamedTuple

from ctb_audit.model import Catalog
from ctb_audit.rulebook.files import built_in_examples
from tests.trust.invariants import audited
from tests.trust.projects import SECTION, project, project_text, sections
from tests.trust.requirements import BASE, REQUIREMENTS


class Finding(NamedTuple):
    rule: str
    system: str
    table: str
    requirement: str
    severity: str


KNOWN_NAMES = frozenset(
    ("layer", "heir", "process", "processes", "ids", "schema_migrations", "public")
)
"""Names that mean something by themselves somewhere: to the standard, to tools, in prose."""
OF_ALL = {
    "unknown-level": "one level that is declared asks every table of the project for its own",
    "missing-id-registry": "one registry serves the whole project",
}
"""Rule -> why what it finds in one part depends on the others."""
CONCERNS_ALL = re.compile(r"=\*\*|All tables|\bEXECUTE\s+(?:'|format)|DEFAULT PRIVILEGES")
"""Says something of every table there is: rules for every path, a sentence about all tables, a
block that changes all tables that it finds, privileges of whatever is made later.
"""


class Piece(NamedTuple):
    """An example: `text` is its project, `names` are the names that it makes."""

    rule: str
    kind: str
    title: str
    text: str
    names: frozenset[str]

    @property
    def label(self) -> str:
        return f"{self.rule}: {self.kind}: {self.title}"

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({kind for kind, _, _ in sections(self.text)}))

    def renamed(self, prefix: str) -> "Piece":
        change = renaming(self.names, prefix)
        return self._replace(text=change(self.text), names=frozenset(map(change, self.names)))

    @property
    def is_separable(self) -> bool:
        """Whether it may stand beside any other without saying anything of it."""
        made = {name for catalog in project(self.text)[0] for name in _made(catalog)}
        known = made & KNOWN_NAMES - {"public"}
        return not (self.config or known or CONCERNS_ALL.search(self.text))

    @property
    def config(self) -> str:
        return "".join(f"{SECTION} {k}\n{t}\n" for k, _, t in sections(self.text) if k == "config")


@cache
def pieces() -> tuple[Piece, ...]:
    """Every example that no server and no file on disk is needed for."""
    return tuple(_pieces())


def _pieces() -> Iterator[Piece]:
    for rule, examples in built_in_examples().items():
        broken = ""
        for example in examples:
            kind, sql = example["kind"], str(example.get("sql", ""))
            if kind == "fail":
                broken = sql
            if example.get("live") or example.get("files"):
                continue
            whole = {**example, "sql": f"{broken}\n{sql}"} if kind == "fixed" else example
            text = project_text(whole)
            yield Piece(rule, kind, example["title"], text, frozenset(_names(text)))


@cache
def findings(text: str) -> frozenset[Finding]:
    """What an audit of the project finds; a script that a finding stands on has no number."""
    return frozenset(
        Finding(
            f.rule,
            f.system,
            re.sub(r"^\d+(?=\.(?:sql|md)$)", "", f.table),
            f.requirement,
            f.severity,
        )
        for f in audited(*project(text)).findings
        if f.rule not in OF_ALL
    )


def composed(parts: Iterable[Piece]) -> str:
    """One project of all pieces: the SQL of a surface in one script, each document its own."""
    scripts: dict[str, list[str]] = {}
    others: list[str] = []
    for kind, system, text in (s for part in parts for s in sections(part.text)):
        if system:
            scripts.setdefault(f"{SECTION} {kind} {system}\n", []).append(text.rstrip().rstrip(";"))
        else:
            others.append(f"{SECTION} {kind}\n{text}\n")
    return "".join((*(h + ";\n".join(texts) + ";\n" for h, texts in scripts.items()), *others))


def separable() -> dict[tuple[str, ...], list[Piece]]:
    """The examples that may stand beside others, by their surfaces; each has names of its own."""
    found: dict[tuple[str, ...], list[Piece]] = {}
    for number, piece in enumerate(pieces()):
        if piece.is_separable:
            first, second = divmod(number, 26)
            prefix = f"q{chr(97 + first)}{chr(97 + second)}z"
            found.setdefault(piece.kinds, []).append(piece.renamed(prefix))
    return found


def host(kinds: Iterable[str]) -> Piece:
    """A project that keeps the standard: the same table on each of the surfaces."""
    statements = (BASE.strip().rstrip(";"), *(r.statement for r in REQUIREMENTS))
    change = renaming(("accounts", "owners", "touch"), "host")
    script = change(";\n".join(statements)) + ";\n"
    found = []
    for kind in kinds:
        if kind == "document":
            found.append(f"{SECTION} document\n# Ledgers\n\n## Collected\n\n```sql\n{script}```\n")
        elif kind != "config":
            found.append(f"{SECTION} {kind} postgresql\n{script}")
    return Piece("", "ok", "host", "".join(found), frozenset())


def renaming(names: Iterable[str], prefix: str) -> Callable[[str], str]:
    """Puts a prefix before names in every spelling: `users`, `user_id`, `UserSchema`, `USERS`."""
    stems = sorted({_stem(name.lower()) for name in names}, key=lambda s: (-len(s), s))
    if not stems:
        return str
    plain, shouted = "|".join(map(re.escape, stems)), "|".join(re.escape(s.upper()) for s in stems)
    titled = "|".join(re.escape(s[0].upper() + s[1:]) for s in stems)
    found = re.compile(rf"(?<![A-Za-z])(?:{plain})|(?<![A-Z])(?:{titled}|{shouted})")

    def other(match: re.Match[str]) -> str:
        word = match.group()
        if word.isupper():
            return prefix.upper() + word
        return prefix.capitalize() + word.lower() if word[0].isupper() else prefix + word

    return lambda text: found.sub(other, text)


def _stem(name: str) -> str:
    for ending, cut in (("ies", 3), ("ses", 2), ("s", 1)):
        if name.endswith(ending):
            return name[:-cut]
    return name


def _names(text: str) -> Iterator[str]:
    for catalog in project(text)[0]:
        for name in _made(catalog):
            if name not in KNOWN_NAMES and re.fullmatch(r"[A-Za-z_]{3,}", name):
                yield name
    yield from re.findall(r"\bmatch /(\w+)/", text)


def _made(catalog: Catalog) -> Iterator[str]:
    for made in (catalog.tables, catalog.views, catalog.functions, catalog.types):
        yield from (each.name for each in made)
    yield from (sequence.name for sequence in catalog.sequences)
    yield from (schema.name for schema in catalog.schemas)
    yield from (index.name for table in catalog.tables for index in table.indexes)
