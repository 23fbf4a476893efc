"""What is fuzzed: a check over a text, and texts to start from.

The checks are the invariants of `tests/trust`; the texts are the project's own examples. What
code a target is about says `fuzz.covers`.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ctb_audit.rulebook.files import built_in_examples
from ctb_audit.sources.ddl.split import split
from fuzz.covers import ROOT
from tests.sources.parse_postgres.dumps import DUMPED, TABLES
from tests.trust import invariants, projects
from tests.trust.projects import SECTION, project_text

SEEDS = ROOT / "fuzz" / "seeds"
MODELS = """
import { z } from 'zod';
export interface User { id: string; tags?: string[]; createdAt: Timestamp; role: 'a' | 'b' }
export type Log = Omit<User, 'tags'> & { level: number | null };
export const UserSchema = z.object({ id: z.string().uuid(), n: z.number().min(0).optional(),
  role: z.enum(['a', 'b']).default('a'), at: z.date().nullable() }).strict();
export const MoreSchema = UserSchema.omit({ n: true })
  .extend({ x: z.union([z.string(), z.null()]) });
const users = collection(db, 'users') as CollectionReference<User>;
"""


@dataclass(frozen=True)
class Target:
    """A check that raises where the product does not keep its word, and texts to start from.

    `longest`: bytes of a text.
    """

    check: Callable[[str], None]
    seeds: Callable[[], Iterator[str]]
    longest: int = 8_192


def _sql() -> Iterator[str]:
    for examples in built_in_examples().values():
        yield from (str(e["sql"]) for e in examples if e.get("sql"))
    for path in sorted((ROOT / "tests/fidelity/examples").glob("*.sql")):
        yield path.read_text(encoding="utf-8")


def _foreign_sql() -> Iterator[str]:
    for examples in built_in_examples().values():
        yield from (str(e["sql"]) for e in examples if e.get("system"))
    for text in _kept("mysql.sql", "sqlite.sql", "bigquery.sql"):
        yield from (f"{part};" for part in text.split(";\n"))
    listed = (ROOT / "tests/sources/parse_sqlglot/statements.sql").read_text(encoding="utf-8")
    yield from (f"{part};" for part in listed.split(";\n"))


def _kept(*names: str) -> Iterator[str]:
    """Whole texts that are kept for fuzzing alone."""
    for name in names:
        yield (SEEDS / name).read_text(encoding="utf-8")


def _fenced(language: str) -> Iterator[str]:
    """The blocks of a language in the documentation."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        yield from re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)


def _documents() -> Iterator[str]:
    for examples in built_in_examples().values():
        yield from (str(e["document"]) for e in examples if e.get("document"))
    whole = (ROOT / "examples/imo-creator/SCHEMA_REFERENCE.md").read_text(encoding="utf-8")
    yield from (f"### {part}" for part in re.split(r"\n##+ ", whole))


def _rules() -> Iterator[str]:
    for path in sorted((ROOT / "examples").rglob("*.rules")):
        yield path.read_text(encoding="utf-8")
    yield from _fenced("javascript")
    for text in _documents():
        yield from (part for part in text.split("```") if "match /" in part)


def _typescript() -> Iterator[str]:
    yield MODELS
    yield from _fenced("(?:ts|typescript)")
    for path in sorted((ROOT / "examples").rglob("*.ts")):
        yield path.read_text(encoding="utf-8")
    for text in _documents():
        yield from (part for part in text.split("```") if "z.object" in part or "interface" in part)


def _configurations() -> Iterator[str]:
    yield from _kept("ctb.toml", "wrong.toml")
    for examples in built_in_examples().values():
        yield from (str(e["config"]) for e in examples if e.get("config"))
    yield from _fenced("toml")
    for path in sorted((ROOT / "examples").rglob("ctb.toml")):
        yield path.read_text(encoding="utf-8")


def _standards() -> Iterator[str]:
    for path in sorted((ROOT / "rules").rglob("*.toml")):
        yield path.read_text(encoding="utf-8")


def _json() -> Iterator[str]:
    yield from _kept("diagram.json", "diagram_mysql.json", "chartdb_import.json")
    for text in _sql():
        yield invariants.snapshot_text(text)


def _projects() -> Iterator[str]:
    """Every example with all that it consists of, and one of expressions and bodies."""
    whole = next(_kept("expressions.txt"))
    yield whole
    head, ddl, live = re.split(r"^(?=%%)", whole, flags=re.M)
    yield from (f"{head}{part};" for part in ddl.split(";\n") if "CREATE" in part)
    yield f"{ddl}{live}"
    for examples in built_in_examples().values():
        yield from (project_text(e) for e in examples)
    for text in (*_typescript(), *_rules()):
        kind = "rules" if "match /" in text else "models"
        yield f"{SECTION} {kind}\n{text}"


def _dumped() -> Iterator[str]:
    yield from (*DUMPED, *TABLES)
    for text in _sql():
        yield from (s.text for s in split(text) if s.kind == "sql")


TARGETS = {
    "split": Target(invariants.statements_tile, _sql),
    "replay": Target(invariants.replay_is_deterministic, _sql),
    "tables": Target(invariants.tables_stay, _sql),
    "spellings": Target(invariants.spellings_are_the_grammars, _dumped),
    "foreign": Target(invariants.foreign_replay_is_deterministic, _foreign_sql),
    "audit": Target(projects.project_audits_as_its_snapshot, _projects),
    "reference": Target(invariants.reference_is_read, _documents, longest=4_096),
    "rules": Target(invariants.rules_are_read, _rules),
    "typescript": Target(invariants.typescript_is_read, _typescript),
    "configuration": Target(invariants.configuration_is_read, _configurations),
    "standard": Target(invariants.rule_files_are_read, _standards),
    "json": Target(invariants.json_is_read, _json, longest=16_384),
}
