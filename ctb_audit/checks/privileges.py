"""Who may read, write and run what in PostgreSQL (STANDARD section 13, security)."""

import re
from collections.abc import Iterable, Iterator

from ctb_audit.checks.documented import notes_of
from ctb_audit.checks.registry import ProjectFinding, beside, check, project_check
from ctb_audit.lean import pattern
from ctb_audit.model import Catalog, Function, Grant, Location, Policy, Surface
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Unknown, Verdict

PUBLIC = "public"
_UNDECLARED = frozenset(
    {"", "none", "no", "not", "n/a", "disabled", "off", "planned", "todo", "tbd", "if", "optional"}
)
_BOUND_BODY = pattern(r"\s*(?:BEGIN\s+ATOMIC|RETURN)\b", re.I)
_ORDER: tuple[Surface, ...] = ("live", "ddl", "reference")


@check
def missing_row_level_security(subject: Subject, project: Project) -> Iterator[Verdict]:
    wanted_by = _wanted_by(subject, project)
    table = subject.table
    if not wanted_by:
        yield NotApplicable("nothing declares row-level security for the table")
    elif table.row_level_security is None or table.policies is None:
        yield Unknown("the source does not show row-level security")
    elif not table.row_level_security:
        yield Fail(f"{wanted_by} row-level security, and it is not enabled")
    elif open_policy := _open_policy(table.policies):
        message = f"{wanted_by} row-level security, and policy {open_policy.name} lets every row"
        yield Fail(f"{message} through", object=open_policy.name, location=open_policy.location)
    else:
        yield Pass()


def _wanted_by(subject: Subject, project: Project) -> str:
    """Who asks for it, "" for nobody."""
    if subject.row_level_security:
        return "the configuration asks for"
    for note in notes_of(subject, project):
        texts = (a.text for a in note.table.access if a.kind == "row-level security")
        if any(_declares(text) for text in texts):
            return "its section of the reference declares"
    return ""


def _declares(text: str) -> bool:
    words = re.findall(r"[a-z/]+", text.lower())
    return (words[0] if words else "") not in _UNDECLARED


def _open_policy(policies: Iterable[Policy]) -> Policy | None:
    """A policy that gives everybody every row for every command, which none restricts."""
    found = list(policies)
    if not all(p.permissive for p in found):
        return None
    return next((p for p in found if _is_open(p)), None)


def _is_open(policy: Policy) -> bool:
    everybody = PUBLIC in policy.roles and policy.command == "all"
    return everybody and _is_true(policy.using) and policy.check in (None, policy.using, "true")


def _is_true(expression: str | None) -> bool:
    return expression is not None and expression.strip(" ()").lower() == "true"


@check
def public_grant(subject: Subject, project: Project) -> Iterator[Verdict]:
    grants = subject.table.grants
    if grants is None:
        yield Unknown("the source does not show privileges")
    elif told := _public(grants):
        yield Fail(f"PUBLIC holds {told}")
    else:
        yield Pass()


@beside(public_grant)
def public_grant_elsewhere(project: Project) -> Iterator[ProjectFinding]:
    """Views, foreign tables and sequences, and schemas in which anybody may create objects."""
    for catalog in _by_surface(project):
        for name, grants, location in _holders(catalog):
            if told := _public(grants or ()):
                verdict = Fail(f"PUBLIC holds {told}", location=location)
                yield ProjectFinding(name, verdict, surface=catalog.surface)


Holder = tuple[str, tuple[Grant, ...] | None, Location | None]


def _holders(catalog: Catalog) -> Iterator[Holder]:
    for view in catalog.views:
        yield f"{view.schema}.{view.name}", view.grants, view.location
    for table in catalog.foreign_tables:
        yield str(table.qualified), table.grants, table.location
    for sequence in catalog.sequences:
        yield f"{sequence.schema}.{sequence.name}", sequence.grants, sequence.location
    for schema in catalog.schemas:
        creating = tuple(g for g in schema.grants or () if g.privilege == "CREATE")
        yield f"schema {schema.name}", creating, schema.location


def _public(grants: Iterable[Grant]) -> str:
    """What PUBLIC holds, as in `SELECT, UPDATE (email)`; "" for nothing."""
    told = [
        f"{g.privilege} ({g.column})" if g.column else g.privilege
        for g in grants
        if g.grantee == PUBLIC
    ]
    return ", ".join(dict.fromkeys(told))


@project_check
def unsafe_security_definer(project: Project) -> Iterator[ProjectFinding]:
    seen: set[str] = set()
    for catalog in _by_surface(project):
        writable = {
            schema.name
            for schema in catalog.schemas
            if any(g.grantee == PUBLIC and g.privilege == "CREATE" for g in schema.grants or ())
        }
        for function in catalog.functions:
            name = _signature(function)
            if not function.security_definer or name in seen:
                continue
            seen.add(name)
            verdict = _definer(function, writable)
            if verdict is not None:
                yield ProjectFinding(name, verdict, surface=catalog.surface)


def _definer(function: Function, writable: set[str]) -> Fail | None:
    """Trigger functions cannot be called, so who may execute them does not matter."""
    fault = _path_fault(function, writable)
    called = function.returns is None or function.returns.name not in ("trigger", "event_trigger")
    grants = function.grants or ()
    public = called and any(g.grantee == PUBLIC and g.privilege == "EXECUTE" for g in grants)
    if fault:
        more = ", and PUBLIC may execute it" if public else ""
        return Fail(f"runs with its owner's rights and {fault}{more}", location=function.location)
    if public:
        message = "runs with its owner's rights, and PUBLIC may execute it"
        return Fail(message, location=function.location, severity="MEDIUM")
    return None


def _path_fault(function: Function, writable: set[str]) -> str:
    """Why callers decide what its unqualified names mean; "" where they do not.

    The names of a body after BEGIN ATOMIC or RETURN are bound when it is defined.
    """
    bound = function.language == "sql" and _BOUND_BODY.match(function.body)
    if bound or function.language in ("c", "internal"):
        return ""
    path = dict(function.settings).get("search_path")
    if path is None:
        return "its search_path is the caller's"
    names = [part.strip().strip('"') for part in path.split(",")]
    open_schema = next((n for n in names if n in writable), None)
    if "$user" in names:
        return "its search_path follows the caller ($user)"
    if "pg_temp" in names[:-1]:
        return "its search_path looks into pg_temp first"
    where = f"its search_path holds {open_schema}, where PUBLIC may create objects"
    return where if open_schema else ""


def _signature(function: Function) -> str:
    arguments = ", ".join(str(a.type) for a in function.arguments if a.mode not in ("out", "table"))
    return f"{function.schema}.{function.name}({arguments})"


def _by_surface(project: Project) -> Iterator[Catalog]:
    """The catalogs of PostgreSQL's nearest surface: what is in force, else what is written."""
    surface = next((s for s in _ORDER if s in project.surfaces), None)
    yield from (c for c in project.catalogs if c.surface == surface)
