"""The tables that the product's standards bring: the registries, and the compliance log."""

import re
from collections.abc import Iterable, Sequence

from ctb_audit.log.entry import TABLE as LOG
from ctb_audit.log.postgres import DDL_FILE as LOG_DDL
from ctb_audit.model import Catalog, Name
from ctb_audit.project import Project, Subject
from ctb_audit.remedy.new_tables import CreateTable
from ctb_audit.remedy.quoting import relation
from ctb_audit.semantics.quoting import identifier, literal
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.split import split
from ctb_audit.standard import RegistryColumn, Standard

_LOG_VIEW = "view_compliance_history"
_LOG_FUNCTION = f"{LOG}_touch"
_PLACE = re.compile(
    rf"\b(ON|FROM|TABLE|VIEW|FUNCTION|COLUMN|EXISTS) ({_LOG_FUNCTION}|{LOG}|{_LOG_VIEW})\b"
)
_HOME = "public"
_ID_LENGTH, _NAME_LENGTH = 255, 100


def compliance_log(schema: str = _HOME) -> CreateTable:
    """The log as the product's own DDL makes it (STANDARD section 10)."""
    text = _PLACE.sub(rf"\1 {identifier(schema)}.\2", LOG_DDL.read_text(encoding="utf-8"))
    view = relation(Name(schema, _LOG_VIEW))
    return CreateTable(
        table=Name(schema, LOG),
        statements=_statements(text),
        drops=(f"DROP VIEW IF EXISTS {view}",),
        made=_model(text),
        reason="the compliance log is not there; one row for each run of ctb",
    )


def _statements(text: str) -> tuple[str, ...]:
    """Without comments around them and without semicolons."""
    return tuple(s.text.strip().rstrip(";") for s in split(text) if s.text.strip())


def _model(text: str) -> Catalog:
    return replay([read_script(text, LOG_DDL.name, "postgresql")], mode="lenient")


def id_registry(name: Name, project: Project) -> CreateTable:
    """The registry of row ids, with the columns that the standard asks of it (section 1)."""
    standard = project.standard
    columns = [_registry_column(c, standard) for c in standard.registry_columns]
    text = _table(
        name,
        (
            "id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            *columns,
            "created_at timestamptz NOT NULL DEFAULT now()",
        ),
    )
    return CreateTable(
        table=name,
        statements=(text,),
        schema=_new_schema(name, project),
        made=_model(f"{text};"),
        reason="no table registers the row ids",
    )


def _registry_column(column: RegistryColumn, standard: Standard) -> str:
    roles = {name for f in standard.fields for name in f.names_in("postgresql")}
    length = _ID_LENGTH if column.name in roles else _NAME_LENGTH
    parts = [f"{identifier(column.name)} varchar({length})"]
    parts += ["NOT NULL"] * (not column.nullable)
    parts += ["UNIQUE"] * column.unique
    parts += [f"DEFAULT {literal(column.default)}"] if column.default else []
    return " ".join(parts)


def table_registry(name: Name, project: Project, created: Iterable[Name]) -> CreateTable:
    """The organisation's registry of tables, holding those that the sources define, and those
    that the plan creates.
    """
    text = _table(
        name,
        (
            "table_schema varchar(63) NOT NULL",
            "table_name varchar(63) NOT NULL",
            "system varchar(20) NOT NULL DEFAULT 'postgresql'",
            "table_id varchar(100)",
            "enforcement_level varchar(20)"
            " CHECK (enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE'))",
            "status varchar(50)",
            "created_at timestamptz NOT NULL DEFAULT now()",
            "PRIMARY KEY (table_schema, table_name)",
        ),
    )
    new = ((n.schema or _HOME, n.name, "", "", "") for n in (*created, name))
    rows = sorted({*_registered(project.subjects), *new})
    keys = ", ".join(f"({literal(schema)}, {literal(table)})" for schema, table, *_ in rows)
    return CreateTable(
        table=name,
        statements=(text, *_registrations(name, rows)),
        schema=_new_schema(name, project),
        own_rows=f"(table_schema, table_name) IN ({keys})" if rows else "false",
        made=_model(f"{text};"),
        reason="the configuration names a registry of tables, and no source has it",
    )


_Row = tuple[str, str, str, str, str]


def _registered(subjects: Iterable[Subject]) -> Iterable[_Row]:
    """Schema, name, id, level and status; "" for what nobody says."""
    for subject in subjects:
        if subject.system == "postgresql" and subject.table.kind != "partition":
            given = "" if subject.level_source == "default" else subject.level
            table_id = next(iter(subject.table_ids), "")
            name = subject.name
            yield name.schema or _HOME, name.name, table_id, given, subject.planned


def _registrations(name: Name, rows: Sequence[_Row]) -> tuple[str, ...]:
    if not rows:
        return ()
    listed = ",\n".join(
        f"  ({', '.join(literal(value) if value else 'NULL' for value in row)})" for row in rows
    )
    columns = "table_schema, table_name, table_id, enforcement_level, status"
    return (f"INSERT INTO {relation(name)} ({columns}) VALUES\n{listed}\nON CONFLICT DO NOTHING",)


def _new_schema(name: Name, project: Project) -> str:
    """The name's schema where no source shows it, else ""."""
    known = {s.name for c in project.catalogs for s in c.schemas}
    known |= {t.schema for c in project.catalogs for t in (*c.tables, *c.foreign_tables)}
    schema = name.schema or _HOME
    return "" if schema in (_HOME, *known) else schema


def _table(name: Name, lines: Iterable[str]) -> str:
    body = ",\n".join(f"  {line}" for line in lines)
    return f"CREATE TABLE IF NOT EXISTS {relation(name)} (\n{body}\n)"
