"""Row-level security where somebody declared it (STANDARD section 6, rule security)."""

from collections.abc import Iterable, Iterator

from ctb_audit.model import Policy, Table
from ctb_audit.remedy.change import Change
from ctb_audit.remedy.proposals.site import Proposal, Site, nothing, proposal
from ctb_audit.remedy.security import CreatePolicy, SecureRows

_COMMANDS = ("select", "insert", "update", "delete")


@proposal("missing_row_level_security")
def secure_rows(site: Site) -> Proposal:
    """Switches it on, with the policies that are declared; what they open is not for us to say."""
    table = site.table
    if table.row_level_security:
        return nothing(
            f"policy {site.finding.object} lets every row through; which rows a role may see is"
            " its author's to say"
        )
    held = {p.name: p for p in table.policies or ()}
    wanted = [p for p in _declared_policies(site) if p.name not in held]
    made: list[Change] = [
        CreatePolicy(
            table=site.name,
            policy=policy,
            safety="review",
            reason=f"policy {policy.name} is declared; look whether it opens what it should",
        )
        for policy in wanted
    ]
    made.append(
        SecureRows(
            table=site.name,
            force=_forced(site) and not table.force_row_level_security,
            safety="review",
            reason=_told((*held.values(), *wanted)),
        )
    )
    return Proposal(tuple(made))


def _others(site: Site) -> Iterator[Table]:
    """The table as the surfaces below the judged one show it."""
    for tables in site.subject.tables.values():
        yield from (t for t in tables if t is not site.table)


def _declared_policies(site: Site) -> tuple[Policy, ...]:
    """Those of the configuration, then those of another surface."""
    found = {p.name: p for p in site.entry.policy}
    for table in _others(site):
        for policy in table.policies or ():
            found.setdefault(policy.name, policy)
    return tuple(found.values())


def _forced(site: Site) -> bool:
    if site.entry.force_row_level_security is not None:
        return site.entry.force_row_level_security
    return any(t.force_row_level_security for t in _others(site))


def _told(policies: Iterable[Policy]) -> str:
    """What becomes of readers and writers once it is on."""
    opening = [p for p in policies if p.permissive]
    closed = [c for c in _COMMANDS if not any(p.command in ("all", c) for p in opening)]
    if not closed:
        return "row-level security is declared and off; once on, the policies decide"
    without = "no policy" if len(closed) == len(_COMMANDS) else f"no policy for {', '.join(closed)}"
    return (
        f"row-level security is declared and off, and there is {without}: once on, roles other"
        f" than the owner are refused {'every row' if len(closed) == len(_COMMANDS) else 'that'};"
        " write the policies first"
    )
