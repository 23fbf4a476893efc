"""What the database should hold: checks and triggers (STANDARD sections 3 and 5)."""

from decimal import Decimal
from typing import Any

from ctb_audit.checks.documented_values import documented_rules
from ctb_audit.document_model import ValueRule
from ctb_audit.model import Column, Name
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.constraints import AddCheck, ValidateConstraint
from ctb_audit.remedy.proposals.site import Proposal, Site, nothing, proposal, wrong_type
from ctb_audit.remedy.quoting import free_name
from ctb_audit.remedy.routines import CreateFunction, CreateTrigger, EnableTrigger
from ctb_audit.semantics.quoting import identifier, literal
from ctb_audit.semantics.templates import templates_pattern

_BREAKING = "; rows and writers that break it are rejected"
_KEEP = """
BEGIN
  NEW.{column} := now();
  RETURN NEW;
END
"""


@proposal("unenforced_format")
def check_format(site: Site) -> Proposal:
    wanted = site.project.standard.field(_role(site))
    column = site.column_of(_role(site))
    if wanted is None or column is None or not wanted.format:
        return nothing("the column is missing")
    return _check(site, column, _matches(column, site.project.standard.formats[wanted.format]))


@proposal("unenforced_email_format")
def check_email(site: Site) -> Proposal:
    column = site.table.column(site.finding.requirement)
    pattern = site.project.standard.formats.get("email", "")
    if column is None or not pattern:
        return nothing("the standard has no pattern of email addresses")
    return _check(site, column, _matches(column, pattern))


def _matches(column: Column, pattern: str) -> str:
    return f"{identifier(column.name)} ~ {literal(pattern)}"


@proposal("unenforced_range")
def check_range(site: Site) -> Proposal:
    wanted = site.project.standard.field(_role(site))
    column = site.column_of(_role(site))
    if wanted is None or column is None:
        return nothing("the column is missing")
    name = identifier(column.name)
    bounds = [f"{name} >= {wanted.minimum}"] if wanted.minimum is not None else []
    bounds += [f"{name} <= {wanted.maximum}"] if wanted.maximum is not None else []
    return _check(site, column, " AND ".join(bounds))


@proposal("unenforced_order")
def check_order(site: Site) -> Proposal:
    parameters: dict[str, Any] = dict(site.rule.params)
    later, earlier = (site.column_of(str(parameters[k])) for k in ("later", "earlier"))
    if later is None or earlier is None:
        return nothing("a column is missing")
    expression = f"{identifier(later.name)} >= {identifier(earlier.name)}"
    return _check(site, later, expression, earlier)


@proposal("unenforced_documented_values")
def check_values(site: Site) -> Proposal:
    column = site.table.column(site.finding.requirement)
    wanted = site.role
    if column is None:
        return nothing("the column is missing")
    if wanted is not None and wanted.values:
        return _check(site, column, _listed(column, tuple(wanted.values)))
    rules = [r for c, r in documented_rules(site.subject, site.project) if c.name == column.name]
    expressions = [e for r in rules if (e := _documented(column, r))]
    if not expressions:
        return nothing("no CHECK holds what the document says; see the sentence")
    return _check(site, column, " AND ".join(dict.fromkeys(expressions)))


def _listed(column: Column, values: tuple[str, ...]) -> str:
    return f"{identifier(column.name)} IN ({', '.join(map(literal, values))})"


def _documented(column: Column, rule: ValueRule) -> str:
    """The SQL of a documented rule; "" where a CHECK cannot say it."""
    name = identifier(column.name)
    numeric = column.type.family in ("integer", "decimal", "float", "serial")
    match rule.kind:
        case "values":
            return _listed(column, rule.values)
        case "range" if numeric and rule.low and rule.high:
            return f"{name} >= {Decimal(rule.low)} AND {name} <= {Decimal(rule.high)}"
        case "positive" if numeric:
            return f"{name} > 0"
        case "non-empty" if column.type.family == "text":
            return f"btrim({name}) <> ''"
    return ""


@proposal("unenforced_documented_format")
def check_documented_format(site: Site) -> Proposal:
    column = site.table.column(site.finding.requirement)
    rules = documented_rules(site.subject, site.project)
    formats = [
        r.formats for c, r in rules if column and c.name == column.name and r.kind == "format"
    ]
    if column is None or not formats:
        return nothing("the documented format is not known here")
    return _check(
        site, column, _matches(column, templates_pattern(formats[0], literal_number=False))
    )


def _role(site: Site) -> str:
    return str(site.rule.params.get("role", ""))


def _check(site: Site, column: Column, expression: str, *others: Column) -> Proposal:
    names = (column.name, *(o.name for o in others))
    misfit = next((m for c in (column, *others) if (m := wrong_type(site, c))), "")
    if misfit:
        return nothing(misfit)
    if column.type.dimensions:
        return nothing(f"{column.name} is an array; the standard asks for a single value")
    safety = site.safety(*names)
    told = f"nothing checks {' and '.join(names)}" if others else f"nothing checks {column.name}"
    change = AddCheck(
        table=site.name,
        name=site.free(_SUFFIXES.get(site.rule.check, "check"), *names[:1]),
        expression=expression,
        columns=names,
        safety=safety,
        reason=told + ("" if safety == "safe" else _BREAKING),
    )
    return Proposal((change,))


_SUFFIXES = {
    "unenforced_format": "format",
    "unenforced_email_format": "format",
    "unenforced_range": "range",
    "unenforced_order": "order",
    "unenforced_documented_values": "values",
    "unenforced_documented_format": "pattern",
}


@proposal("unvalidated_constraint")
def validate(site: Site) -> Proposal:
    name = site.finding.requirement
    found = next((c for c in site.table.constraints if c.name == name), None)
    if found is None or not found.enforced:
        return nothing("a constraint that is NOT ENFORCED cannot be validated; add it anew")
    change = ValidateConstraint(
        table=site.name, name=name, safety="review", reason=f"{name} is not validated{_BREAKING}"
    )
    return Proposal((change,))


@proposal("missing_update_trigger")
def keep_updated(site: Site) -> Proposal:
    column = site.column_of(str(site.rule.params.get("role", "updated_at")))
    if column is None:
        return nothing("the column is missing")
    if column.generated is not None:
        return nothing(f"{column.name} is generated")
    if misfit := wrong_type(site, column):
        return nothing(misfit)
    body = _KEEP.format(column=identifier(column.name))
    function = CreateFunction(
        table=_function_name(site, column, body), body=body, reason=f"keeps {column.name}"
    )
    trigger = CreateTrigger(
        table=site.name,
        name=free_name(
            (site.table.name,), f"set_{column.name}", [t.name for t in site.table.triggers or ()]
        ),
        events=("update",),
        function=function.table,
        reason=f"nothing keeps {column.name}",
    )
    return Proposal((function, trigger))


def _function_name(site: Site, column: Column, body: str) -> Name:
    """A name that no other function of the schema has, or has with the same body."""
    number = 0
    while True:
        made = Name(site.name.schema, f"ctb_set_{column.name}"[:60] + (f"_{number}" * (number > 0)))
        there = site.project.function(site.subject, made)
        if there is None or there.body.strip() == body.strip():
            return made
        number += 1


@proposal("disabled_trigger")
def enable(site: Site) -> Proposal:
    formers = {"disabled": "DISABLE", "replica": "ENABLE REPLICA"}
    made: tuple[Change, ...] = tuple(
        EnableTrigger(
            table=site.name,
            name=t.name,
            former=formers[t.enabled],
            safety="review",
            reason=f"trigger {t.name} does not fire; somebody may have wanted that",
        )
        for t in site.table.triggers or ()
        if t.enabled in formers
    )
    return Proposal(made)


@proposal("ineffective_trigger")
def mend_trigger(site: Site) -> Proposal:
    return nothing("what the trigger is to do is in nobody's words but its author's; correct it")
