"""A table that keeps the standard, each requirement in a statement of its own.

Left out, the statement's findings appear and no others; said later, they go again.
"""

from typing import NamedTuple

BASE = """
-- ctb: enforcement=NONE
CREATE TABLE owners (id integer PRIMARY KEY);
-- ctb: enforcement=STRICT table=BART-SHQ-ACCOUNTS-V1
CREATE TABLE accounts (
  id integer, heir_id varchar(20), process_id varchar(50), created_at timestamptz,
  updated_at timestamptz, orbt_layer integer, blueprint_version varchar(20),
  compliance_score integer, enforcement_level varchar(20), email text, status text, owner_id integer
);
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
"""


class Requirement(NamedTuple):
    """`findings`: rule and requirement of what is found without the statement; `hides`: of what
    cannot be asked then (STANDARD section 11, dependent requirements).
    """

    statement: str
    findings: frozenset[tuple[str, str]]
    hides: frozenset[tuple[str, str]] = frozenset()


def _one(statement: str, rule: str, requirement: str = "") -> Requirement:
    return Requirement(statement, frozenset({(rule, requirement)}))


def _column(change: str, rule: str, *columns: str) -> list[Requirement]:
    return [
        _one(f"ALTER TABLE accounts ALTER COLUMN {name} {change}", rule, name) for name in columns
    ]


def _check(name: str, condition: str, rule: str, requirement: str = "") -> Requirement:
    statement = f"ALTER TABLE accounts ADD CONSTRAINT {name} CHECK ({condition})"
    return _one(statement, rule, requirement)


REQUIREMENTS = (
    _one("ALTER TABLE accounts ADD PRIMARY KEY (id)", "missing-primary-key"),
    Requirement(
        "ALTER TABLE accounts ADD UNIQUE (heir_id)",
        frozenset({("non-unique-heir-id", ""), ("unindexed-heir-id", "")}),
    ),
    _one(
        "ALTER TABLE accounts ADD COLUMN created_by varchar(100) NOT NULL",
        "missing-tracking-column",
        "created_by",
    ),
    *_column("TYPE varchar(50)", "wrong-tracking-type", "heir_id"),
    *_column(
        "SET NOT NULL",
        "nullable-tracking-column",
        *("heir_id", "process_id", "created_at", "updated_at", "orbt_layer", "blueprint_version"),
    ),
    *_column("SET DEFAULT now()", "missing-tracking-default", "created_at", "updated_at"),
    *_column("SET DEFAULT 1", "missing-tracking-default", "orbt_layer"),
    *_column("SET DEFAULT '1.0'", "missing-tracking-default", "blueprint_version"),
    _check("a", r"heir_id ~ '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'", "unenforced-heir-format"),
    _check("b", r"process_id ~ '^PRC-[A-Z]+-\d{10}(\d{3})?$'", "unenforced-process-format"),
    _check("c", "orbt_layer BETWEEN 1 AND 4", "unenforced-orbt-range"),
    _check("d", r"blueprint_version ~ '^\d+\.\d+(\.\d+)?$'", "unenforced-blueprint-version"),
    _check("e", "updated_at >= created_at", "unenforced-timestamp-order"),
    _check("f", "compliance_score BETWEEN 0 AND 100", "unenforced-score-range"),
    _check("g", r"email ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$'", "unenforced-email-format", "email"),
    _check(
        "h",
        "enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE')",
        "unenforced-documented-values",
        "enforcement_level",
    ),
    _one(
        "CREATE TRIGGER keep BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch()",
        "missing-update-trigger",
    ),
    Requirement(
        "ALTER TABLE accounts ADD FOREIGN KEY (owner_id) REFERENCES owners",
        frozenset({("missing-foreign-key", "owner_id")}),
        hides=frozenset({("unindexed-foreign-key", "owner_id")}),
    ),
    _one("CREATE INDEX ON accounts (owner_id)", "unindexed-foreign-key", "owner_id"),
    _one("CREATE INDEX ON accounts (created_at)", "unindexed-timestamp", "created_at"),
    _one("CREATE INDEX ON accounts (status)", "unindexed-status", "status"),
)
"""In an order in which each may also come last."""

DAMAGES = (
    (
        "ALTER TABLE accounts DISABLE TRIGGER keep",
        "ALTER TABLE accounts ENABLE TRIGGER keep",
        frozenset({("disabled-trigger", ""), ("missing-update-trigger", "")}),
    ),
    (
        "ALTER TABLE accounts DROP CONSTRAINT c; "
        "ALTER TABLE accounts ADD CONSTRAINT c CHECK (orbt_layer BETWEEN 1 AND 4) NOT VALID",
        "ALTER TABLE accounts VALIDATE CONSTRAINT c",
        frozenset({("unvalidated-constraint", "c"), ("unenforced-orbt-range", "")}),
    ),
    (
        "CREATE INDEX again ON accounts (owner_id, status); CREATE INDEX more ON accounts (id)",
        "DROP INDEX again, more",
        frozenset({("redundant-index", "accounts_owner_id_idx"), ("redundant-index", "more")}),
    ),
    (
        "ALTER TABLE accounts ADD CONSTRAINT twice UNIQUE (heir_id)",
        "ALTER TABLE accounts DROP CONSTRAINT twice",
        frozenset({("duplicate-unique", "heir_id")}),
    ),
    (
        "GRANT SELECT ON accounts TO PUBLIC",
        "REVOKE SELECT ON accounts FROM PUBLIC",
        frozenset({("public-grant", "")}),
    ),
    (
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN IF NEW.id > 1 THEN NEW.updated_at := now(); END IF; RETURN NEW; END $$",
        "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$",
        frozenset({("ineffective-trigger", "")}),
    ),
    (
        "ALTER TABLE accounts ALTER COLUMN orbt_layer SET DEFAULT 9",
        "ALTER TABLE accounts ALTER COLUMN orbt_layer SET DEFAULT 2",
        frozenset({("invalid-tracking-default", "orbt_layer")}),
    ),
    (
        "ALTER TABLE accounts DROP COLUMN process_id",
        "ALTER TABLE accounts ADD COLUMN process_id varchar(50) NOT NULL "
        "CHECK (process_id ~ '^PRC-[A-Z]+-\\d{10}$')",
        frozenset({("missing-tracking-column", "process_id")}),
    ),
)
"""A statement that breaks the finished table, one that mends it, and what is found between."""
