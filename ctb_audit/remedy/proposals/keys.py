"""Keys and indexes (STANDARD section 4)."""

from collections.abc import Iterator

from ctb_audit.checks.identifiers import must_be_unique
from ctb_audit.checks.references import reference_of
from ctb_audit.model import Name, Table
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.constraints import AddForeignKey, AddUnique, ValidateConstraint
from ctb_audit.remedy.indexes import CreateIndex, DropIndex, Part, RebuildIndex
from ctb_audit.remedy.proposals.site import Proposal, Site, nothing, proposal
from ctb_audit.remedy.quoting import free_name

_PARTITIONED_UNIQUE = (
    "the table is partitioned, where uniqueness needs the partition key in the constraint"
)


@proposal("non_unique_identifier")
def make_unique(site: Site) -> Proposal:
    column = site.column_of(str(site.rule.params["role"]))
    if column is None:
        return nothing("the column is missing")
    if site.table.kind == "partitioned":
        return nothing(_PARTITIONED_UNIQUE)
    safety = site.safety(column.name)
    change = AddUnique(
        table=site.name,
        name=site.free("key", column.name),
        columns=(column.name,),
        safety=safety,
        reason=f"{column.name} is not unique"
        + ("" if safety == "safe" else "; fails while rows share a value"),
    )
    return Proposal((change,))


@proposal("unindexed_tracking_column")
def index_tracking_column(site: Site) -> Proposal:
    role = str(site.rule.params["role"])
    column = site.column_of(role)
    if column is None:
        return nothing("the column is missing")
    unique = must_be_unique(role, site.subject, site.project)
    if unique and "non_unique_identifier" in site.defects and site.table.kind != "partitioned":
        return Proposal()  # the unique constraint brings the index
    return _indexed(site, (column.name,))


@proposal("unindexed_timestamp", "unindexed_status")
def index_column(site: Site) -> Proposal:
    if site.table.column(site.finding.requirement) is None:
        return nothing("the column is missing")
    return _indexed(site, (site.finding.requirement,))


@proposal("unindexed_foreign_key")
def index_foreign_key(site: Site) -> Proposal:
    wanted = site.finding.object
    found = (c for c in site.table.constraints if c.kind == "foreign key" and c.name == wanted)
    constraint = next(found, None)
    if constraint is None:
        return nothing("the foreign key is not there")
    return _indexed(site, constraint.columns)


def _indexed(site: Site, columns: tuple[str, ...]) -> Proposal:
    name = site.free("idx", *columns)
    partitioned = site.table.kind == "partitioned"
    index = Name(site.name.schema, name)
    taken = set(site.taken) | {name}
    change = CreateIndex(
        table=site.name,
        name=name,
        columns=columns,
        parts=tuple(_parts(site, site.name, index, columns, taken)) if partitioned else (),
        partitioned=partitioned,
        reason=f"no index starts with {', '.join(columns)}",
    )
    return Proposal((change,))


def _parts(
    site: Site, parent: Name, index: Name, columns: tuple[str, ...], taken: set[str]
) -> Iterator[Part]:
    """The indexes of all partitions below, outermost first."""
    for table in _partitions(site, parent):
        name = free_name((table.name, *columns), "idx", taken)
        taken.add(name)
        own = Name(table.schema, name)
        branch = table.partition_by is not None
        yield Part(table.qualified, own, index, branch)
        if branch:
            yield from _parts(site, table.qualified, own, columns, taken)


def _partitions(site: Site, parent: Name) -> Iterator[Table]:
    for subject in site.project.subjects:
        if subject.system == "postgresql" and subject.table.partition_of == parent:
            yield subject.table


@proposal("missing_foreign_key")
def refer(site: Site) -> Proposal:
    column = site.finding.requirement
    held = [c for c in site.table.constraints if c.kind == "foreign key" and column in c.columns]
    rejects = "; rows and writers that name a missing row are rejected"
    if held:
        change: Change = ValidateConstraint(
            table=site.name,
            name=held[0].name,
            safety="review",
            reason=f"{held[0].name} is not validated{rejects}",
        )
        return Proposal((change,))
    target = reference_of(column, site.subject, site.project)
    if target is None:
        return nothing("which key it refers to is not clear")
    if site.table.kind == "partitioned":
        return nothing("the table is partitioned, where a foreign key cannot be added NOT VALID")
    change = AddForeignKey(
        table=site.name,
        name=site.free("fkey", column),
        columns=(column,),
        target=target[0],
        target_columns=(target[1],),
        safety="review",
        reason=f"{column} refers to nothing{rejects}",
    )
    return Proposal((change,))


@proposal("missing_primary_key")
def no_primary_key(site: Site) -> Proposal:
    return nothing("which columns name a row is the owner's to say")


@proposal("redundant_index")
def drop_index(site: Site) -> Proposal:
    change = DropIndex(
        table=site.name,
        name=site.finding.requirement,
        safety="review",
        reason=f"{site.finding.message}; destroys, so it stands here as a comment",
    )
    return Proposal((change,), "dropping destroys: it stands in the review files as a comment")


@proposal("redundant_unique")
def drop_duplicate(site: Site) -> Proposal:
    return nothing(f"{site.finding.message}; drop the one that nothing refers to")


@proposal("repeated_unique")
def repeated(site: Site) -> Proposal:
    return nothing("the server keeps one already; take the second out of the text")


@proposal("invalid_index")
def rebuild(site: Site) -> Proposal:
    name = site.finding.requirement
    unique = any(i.unique for i in site.table.indexes if i.name == name)
    change = RebuildIndex(
        table=site.name,
        name=name,
        safety="review" if unique else "safe",
        reason=f"{name} is invalid" + ("; fails while rows share a value" if unique else ""),
    )
    return Proposal((change,))


@proposal("exhausted_identifier_space")
def out_of_ids(site: Site) -> Proposal:
    return nothing(
        "choose: lengthen MODE by letters (which keeps the general format), widen the format,"
        " or give up uniqueness"
    )
