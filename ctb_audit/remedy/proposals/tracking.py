"""Tracking columns: add, fill, require, default, widen."""

from collections import Counter
from dataclasses import dataclass

from ctb_audit.checks.expectation import column_name
from ctb_audit.model import Column, Type
from ctb_audit.remedy.backfill import Backfill
from ctb_audit.remedy.change import Change, Safety
from ctb_audit.remedy.columns import AddColumn, SetDefault, SetNotNull, WidenColumn
from ctb_audit.remedy.generators import Generator
from ctb_audit.remedy.proposals.site import Proposal, Site, nothing, proposal, wrong_type
from ctb_audit.remedy.quoting import relation
from ctb_audit.semantics.defaults import Literal, default_of
from ctb_audit.semantics.quoting import identifier, literal
from ctb_audit.standard import TrackingField

_TIMESTAMP = Type("timestamp with time zone", "timestamp")
_INTEGER = Type("integer", "integer")
NOW = "now()"
WRITER = "CURRENT_USER"
"""Who writes, where the writer does not say: the role of the session."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a column's values come from: `default` is that of new rows, `old` the SQL for those
    that are there, DEFAULT where each draws its own. `invented`: nobody recorded what `old` says.
    """

    default: str
    old: str
    invented: bool = False
    generator: Generator | None = None


@proposal("missing_tracking_column")
def add_column(site: Site) -> Proposal:
    wanted = site.role
    if wanted is None:
        return nothing("the standard does not name the column")
    if any(p.tracking_column(wanted) is None for p in site.parents()):
        return Proposal()  # it comes with the parent's
    source = _source(wanted, site)
    if source is None:
        return nothing(_undecided(wanted))
    name = column_name(wanted, site.subject)
    generator = source.generator
    made: list[Change] = list(generator.functions) if generator else []
    made.append(
        AddColumn(
            table=site.name,
            column=name,
            type=_type(wanted, site),
            default=source.default,
            old="" if source.invented or source.old == "DEFAULT" else source.old,
            sequence=generator.sequence if generator else None,
            reason=f"{name} is missing; its default serves writers that do not know it",
        )
    )
    if source.old == "DEFAULT":
        made += _filled(name, "DEFAULT", site, "safe", existing=False)
    return Proposal(tuple(made), note=_capacity(site, generator))


def _capacity(site: Site, generator: Generator | None) -> str:
    """What the format's room means for the rows that are there, where their number is known."""
    if generator is None or not generator.note:
        return ""
    rows, room = site.table.row_estimate, site.project.standard.capacity
    if rows is None or not 0 < room < rows:
        return generator.note
    return f"about {rows} rows do not fit into the {room} ids of one month: {generator.note}"


def _undecided(wanted: TrackingField) -> str:
    return (
        f"no source says which {wanted.role} its rows have;"
        f" declare it above the table or pass --value {wanted.role}=..."
    )


def _source(wanted: TrackingField, site: Site) -> _Source | None:
    """What fills the column, None where nobody has said."""
    given = site.values.get(wanted.role)
    if given is not None:
        return _constant(literal(given) if _is_text(wanted) else str(int(given)))
    if wanted.role == "orbt_layer":
        layer = next((d.orbt for d in site.subject.declarations if d.orbt is not None), None)
        return None if layer is None else _constant(str(layer))
    if wanted.default == "now":
        return _Source(NOW, _other_time(wanted, site), invented=True)
    if wanted.role == "created_by":
        return _Source(WRITER, f"'backfill:' || {WRITER}", invented=True)
    if wanted.default:
        usual = _usual_default(wanted, site)
        return None if usual is None else _constant(usual)
    return _generated(wanted, site)


def _generated(wanted: TrackingField, site: Site) -> _Source | None:
    made = site.generator(wanted) if wanted.format else None
    if made is None:
        return None
    old = literal(made.old) if made.old else "DEFAULT"
    return _Source(made.default, old, generator=made)


def _constant(value: str) -> _Source:
    return _Source(value, value)


def _other_time(wanted: TrackingField, site: Site) -> str:
    """The row's other time where it has one, so that neither lies before the other."""
    others = [
        column
        for f in site.project.standard.fields
        if f.default == "now" and f is not wanted
        if (column := site.subject.tracking_column(f)) is not None and not wrong_type(site, column)
    ]
    return f"coalesce({identifier(others[0].name)}, now())" if others else NOW


def _usual_default(wanted: TrackingField, site: Site) -> str | None:
    """The default that most other tables of the project give the column."""
    found: Counter[str] = Counter()
    for subject in site.project.subjects:
        column = subject.tracking_column(wanted) if subject.system == "postgresql" else None
        if column is None:
            continue
        match default_of(column):
            case Literal(value):
                text = str(value)
                found[literal(text) if _is_text(wanted) else text] += 1
    return found.most_common(1)[0][0] if found else None


def _is_text(wanted: TrackingField) -> bool:
    return "text" in wanted.families.get("postgresql", wanted.families.get("*", ()))


def _type(wanted: TrackingField, site: Site) -> Type:
    families = wanted.families.get("postgresql", wanted.families.get("*", ()))
    if "timestamp" in families:
        times = (f for f in site.project.standard.fields if f.default == "now")
        columns = (site.subject.tracking_column(f) for f in times)
        alike = (c.type for c in columns if c is not None and c.type.family == "timestamp")
        return next(alike, _TIMESTAMP)
    if "integer" in families:
        return _INTEGER
    length = wanted.min_length or 255
    return Type("character varying", "text", (length,))


def _filled(
    name: str, value: str, site: Site, safety: Safety, *, existing: bool
) -> tuple[Change, ...]:
    """A backfill, then NOT NULL."""
    why = f"fills {name} of the rows that are there"
    if safety == "review":
        why += f" with {'its default' if value == 'DEFAULT' else value}; look whether that is so"
    if existing:
        why += "; going down keeps what was filled in"
    check = site.free("required", name)
    return (
        Backfill(
            table=site.name,
            column=name,
            value=value,
            existing=existing,
            safety=safety,
            reason=why,
        ),
        SetNotNull(
            table=site.name,
            column=name,
            check=check,
            safety=safety,
            reason=f"{name} accepts NULL",
        ),
    )


@proposal("nullable_tracking_column")
def require(site: Site) -> Proposal:
    """NOT NULL; what rows without a value receive is for somebody to look at."""
    name, wanted = site.finding.requirement, site.role
    column = site.table.column(name)
    if column is None or wanted is None:
        return nothing("the column is missing")
    misfit = wrong_type(site, column)
    if column.generated is not None or misfit:
        return nothing(misfit or "the column is generated; its expression decides")
    if any(_nullable(p.table.column(name)) for p in site.parents()):
        return Proposal()
    source = _source(wanted, site)
    if source is None and column.default is None:
        return nothing(_undecided(wanted))
    made: list[Change] = []
    value = "DEFAULT"
    if column.default is None and source is not None:
        made += _defaulted(column, source, site)
    if source is not None and (source.invented or column.default is None):
        value = source.old
    existing = (site.name, name) not in site.added
    made += _filled(name, value, site, "review", existing=existing)
    return Proposal(tuple(made))


def _nullable(column: Column | None) -> bool:
    return column is not None and column.nullable


def _defaulted(column: Column, source: _Source, site: Site) -> tuple[Change, ...]:
    """A default for writers that leave the column out, which they could until now."""
    functions = source.generator.functions if source.generator else ()
    default = SetDefault(
        table=site.name,
        column=column.name,
        default=source.default,
        sequence=source.generator.sequence if source.generator else None,
        safety="review",
        reason=f"writers may leave {column.name} out",
    )
    return (*functions, default)


@proposal("missing_tracking_default")
def set_default(site: Site) -> Proposal:
    return _new_default(site, "safe", "has no default")


@proposal("invalid_tracking_default")
def correct_default(site: Site) -> Proposal:
    return _new_default(site, "review", "has a default that the standard does not allow")


def _new_default(site: Site, safety: Safety, told: str) -> Proposal:
    name, wanted = site.finding.requirement, site.role
    column = site.table.column(name)
    source = _source(wanted, site) if wanted is not None else None
    if column is None or source is None:
        return nothing(_undecided(wanted) if wanted else "the column is missing")
    if misfit := wrong_type(site, column):
        return nothing(misfit)
    generator = source.generator
    change = SetDefault(
        table=site.name,
        column=name,
        default=source.default,
        former=column.default,
        sequence=generator.sequence if generator else None,
        safety=safety,
        reason=f"{name} {told}",
    )
    return Proposal((*(generator.functions if generator else ()), change))


@proposal("wrong_tracking_type")
def widen(site: Site) -> Proposal:
    name, wanted = site.finding.requirement, site.role
    column = site.table.column(name)
    if column is None or wanted is None or wanted.min_length is None:
        return nothing(_RETYPE)
    if column.type.name != "character varying" or column.type.dimensions or column.inherited:
        return nothing(_RETYPE)
    views = [v.name for c in site.project.catalogs for v in c.views if _reads(v.definition, site)]
    if views:
        return nothing(f"views read the table ({', '.join(views)}) and would have to be rebuilt")
    held = [c.name for c in site.table.constraints if c.kind == "check" and name in c.columns]
    change = WidenColumn(
        table=site.name,
        column=name,
        type=Type("character varying", "text", (wanted.min_length,)),
        former=column.type,
        safety="review" if held else "safe",
        reason=f"{name} is too short" + (f"; {', '.join(held)} is checked anew" if held else ""),
    )
    return Proposal((change,))


_RETYPE = "another type rewrites every row and what reads them; plan it with the programs that do"


def _reads(definition: str, site: Site) -> bool:
    spelled = (site.table.name, identifier(site.table.name), relation(site.name))
    return any(text.lower() in definition.lower() for text in spelled)
