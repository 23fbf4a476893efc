"""Columns that must hold a value, or each value once, for reasons besides tracking."""

from ctb_audit.checks.applied import NAME_COLUMNS
from ctb_audit.model import Column, Type
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.columns import AddColumn, SetDefault, SetNotNull
from ctb_audit.remedy.constraints import AddUnique
from ctb_audit.remedy.proposals.site import Proposal, Site, nothing, proposal
from ctb_audit.semantics.defaults import Literal, default_of
from ctb_audit.semantics.indexes import is_unique
from ctb_audit.semantics.quoting import literal
from ctb_audit.standard import RegistryColumn

_TEXT = Type("character varying", "text", (100,))


@proposal("nullable_documented_column")
def require_documented(site: Site) -> Proposal:
    column = site.table.column(site.finding.requirement)
    if column is None or column.generated is not None:
        return nothing("the column is missing, or generated: its expression decides")
    return Proposal((_required(column, site, "a document requires it"),))


def _required(column: Column, site: Site, why: str) -> SetNotNull:
    """No backfill: what rows without a value should hold is not for us to make up."""
    return SetNotNull(
        table=site.name,
        column=column.name,
        check=site.free("required", column.name),
        safety="review",
        reason=f"{column.name} accepts NULL, and {why}; fails while rows hold NULL, so fill them",
    )


@proposal("missing_migration_tracking")
def make_migrations_unique(site: Site) -> Proposal:
    column = next((c for n in NAME_COLUMNS if (c := site.table.column(n))), None)
    if column is None:
        return nothing("its columns are those of no known migration tool")
    return Proposal((_unique(column.name, site),))


def _unique(column: str, site: Site) -> AddUnique:
    return AddUnique(
        table=site.name,
        name=site.free("key", column),
        columns=(column,),
        safety="review",
        reason=f"{column} is not unique; fails while rows share a value",
    )


@proposal("missing_id_registry")
def mend_registry(site: Site) -> Proposal:
    """What the registry of row ids lacks; tracking columns have rules of their own."""
    roles = {n for f in site.project.standard.fields for n in f.names_in("postgresql")}
    made: list[Change] = []
    open_ones: list[str] = []
    for wanted in site.project.standard.registry_columns:
        column = site.table.column(wanted.name)
        if wanted.name in roles:
            continue
        if column is None:
            value = wanted.default or site.values.get(wanted.name, "")
            made += [_added(wanted, value, site)] if value else []
            open_ones += [] if value else [wanted.name]
        else:
            made += _mended(column, wanted, site)
    reason = (
        f"no source says which {', '.join(open_ones)} its rows have;"
        f" pass --value {open_ones[0]}=..."
        if open_ones
        else ""
    )
    return Proposal(tuple(made), reason)


def _added(wanted: RegistryColumn, value: str, site: Site) -> AddColumn:
    return AddColumn(
        table=site.name,
        column=wanted.name,
        type=_TEXT,
        default=literal(value),
        old=literal(value),
        reason=f"{wanted.name} is missing; its default serves writers that do not know it",
    )


def _mended(column: Column, wanted: RegistryColumn, site: Site) -> list[Change]:
    made: list[Change] = []
    if wanted.default and default_of(column) != Literal(wanted.default):
        made.append(
            SetDefault(
                table=site.name,
                column=column.name,
                default=literal(wanted.default),
                former=column.default,
                safety="review" if column.default is not None else "safe",
                reason=f"{column.name} does not default to {wanted.default}",
            )
        )
    if column.nullable and not wanted.nullable:
        made.append(_required(column, site, "the registry needs it"))
    if wanted.unique and not is_unique(site.table, (column.name,)):
        made.append(_unique(column.name, site))
    return made
