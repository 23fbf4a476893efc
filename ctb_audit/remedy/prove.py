"""Proves a plan on a scratch server before anybody runs it.

The present schema is loaded and every table filled; the statements go up one by one, everything is
audited, verified, applied a second time, taken down, and catalog and data are compared with the
first. Nothing is ever applied to the audited database.
"""

import os
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.config import Config
from ctb_audit.model import Catalog, Constraint, Name
from ctb_audit.remedy.apply import applied
from ctb_audit.remedy.backfill import Backfill
from ctb_audit.remedy.change import Plan, Safety
from ctb_audit.remedy.columns import SetNotNull
from ctb_audit.remedy.constraints import AddCheck, AddForeignKey, AddUnique
from ctb_audit.remedy.create import create_role
from ctb_audit.remedy.identity import refuse_audited
from ctb_audit.remedy.load import Refused, load
from ctb_audit.remedy.new_tables import CreateTable
from ctb_audit.remedy.present import carry, present_catalog
from ctb_audit.remedy.routines import CreateFunction
from ctb_audit.remedy.row_order import Demand
from ctb_audit.remedy.rows import Filled, counted, fill
from ctb_audit.remedy.script import Script, scripts_of
from ctb_audit.remedy.security import CreatePolicy, own_roles
from ctb_audit.remedy.trial import Failure, Trial, read, session_of
from ctb_audit.sources.postgres import read_live

if TYPE_CHECKING:
    from ctb_audit.scratch import ScratchServer

ROWS = 1000


@dataclass(frozen=True, slots=True)
class Run:
    """One way up and down. `score` is that of the audit at the top; `filled`: its own rows."""

    scripts: tuple[str, ...]
    statements: int
    score: int | None
    failures: tuple[Failure, ...] = ()
    filled: Filled | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """`score` is that of the schema as loaded; `refused` is what the scratch server did not take.

    `safe` proves the safe scripts alone, `whole` all of them; None where there are none.
    `unproven`: tables that did not load, whose changes therefore nothing proves. `copy`: all
    scripts on the copy that the user named.
    """

    server: str
    score: int | None
    filled: Filled
    safe: Run | None
    whole: Run | None
    refused: tuple[Refused, ...] = ()
    unproven: tuple[Name, ...] = ()
    stubs: tuple[str, ...] = ()
    copy: Run | None = None

    @property
    def failures(self) -> tuple[Failure, ...]:
        runs = (self.safe, self.whole, self.copy)
        return tuple(f for run in runs if run for f in run.failures)

    @property
    def holds(self) -> bool:
        return not self.failures and not self.unproven and not self.refused


@dataclass(frozen=True)
class Case:
    """What is proven: the audited catalogs, how they are judged, and the plan."""

    catalogs: tuple[Catalog, ...]
    config: Config
    settings: AuditSettings
    plan: Plan
    rows: int = ROWS
    empty: bool = False


def prove(server: "ScratchServer", case: Case) -> Proof:
    """Proves the plan on databases of its own. Raises ScratchError where the server fails."""
    present = present_catalog(case.catalogs)
    with server.database() as url:
        with session_of(url) as session:
            for role in _roles(case.plan):
                session.execute(create_role(role).encode())
            refused = load(session, present)
        base = read(url)
        there = {t.qualified for t in base.tables}
        unproven = tuple(t.qualified for t in present.tables if t.qualified not in there)
        plan = _on(case.plan, there)
        bench = _Bench(server, url, base, replace(case, plan=plan))
        safe = _proven(plan, case, ("safe",))
        whole = _proven(plan, case, ("safe", "review"))
        run_all = bench.run(whole, _demand(plan, base)) if len(whole) > len(safe) else None
        filled = bench.fill()
        run_safe = bench.run(safe) if safe else None
        score = bench.score(base)
    return Proof(
        server=".".join(map(str, server.version)),
        score=score,
        filled=filled,
        safe=run_safe,
        whole=run_all,
        refused=refused,
        unproven=unproven,
        stubs=tuple(sorted(server.stubbed_extensions & {e.name for e in base.extensions})),
    )


def newest_server() -> "ScratchServer":
    """The newest binaries know most of what a schema may hold. Raises ScratchError for none."""
    from ctb_audit.scratch import ScratchServer, available_binaries, find_binaries

    if os.environ.get("CTB_PG_BIN"):
        return ScratchServer(find_binaries())
    found = max(available_binaries(), key=lambda b: b.version, default=None)
    return ScratchServer(found or find_binaries())


def require_copy(url: str, audited: Sequence[str]) -> None:
    """Raises UsageError where the database at `url` is one of those `audited`."""
    with session_of(url) as session:
        refuse_audited(session, audited)


def prove_on_copy(url: str, case: Case, audited: Sequence[str] = ()) -> Proof:
    """Applies everything to the copy at `url`, with the rows that it holds, and takes it down.

    Raises UsageError, before anything is applied, where it is one of the databases `audited`.
    """
    scripts = scripts_of(case.plan, empty=case.empty)
    with session_of(url) as session:
        refuse_audited(session, audited)
        base = read_live(url, source_name="the copy")
        run = Trial(session, base, scripts)
        run.up()
        if not run.failures:
            run.again()
        run.down()
        run.compare(read_live(url, source_name="the copy"))
        rows = counted(session, (t.qualified for t in base.tables))
    names = tuple(script.slug for script in scripts)
    done = Run(names, run.count, None, tuple(run.failures))
    version = str((base.server_version or 0) // 10000)
    return Proof(version, None, Filled(rows), None, None, copy=done)


def _roles(plan: Plan) -> Iterable[str]:
    """Roles of the policies that the plan creates, which a scratch server does not have."""
    policies = (c.policy for c in plan.changes if isinstance(c, CreatePolicy))
    return sorted({role for policy in policies for role in own_roles(policy)})


def _on(plan: Plan, tables: Collection[Name]) -> Plan:
    """The plan without changes of tables that could not be loaded."""
    new = {t.qualified for c in plan.changes if isinstance(c, CreateTable) for t in c.made.tables}
    known = new | set(tables)
    kept = (c for c in plan.changes if isinstance(c, CreateFunction) or c.table in known)
    return replace(plan, changes=tuple(kept))


def _proven(plan: Plan, case: Case, safeties: tuple[Safety, ...]) -> tuple[Script, ...]:
    return tuple(s for s in scripts_of(plan, empty=case.empty) if s.safety in safeties)


def _demand(plan: Plan, base: Catalog) -> Demand:
    """What rows must satisfy for the review changes to apply: of real rows nobody knows it."""
    columns = {(t.qualified, c.name) for t in base.tables for c in t.columns}
    checks: dict[Name, tuple[str, ...]] = {}
    keys: dict[Name, tuple[Constraint, ...]] = {}
    unique: set[tuple[Name, str]] = set()
    required: set[tuple[Name, str]] = set()
    filled = {(c.table, c.column) for c in plan.changes if isinstance(c, Backfill)}
    for change in plan.of("review"):
        match change:
            case AddCheck() if {(change.table, c) for c in change.columns} <= columns:
                checks[change.table] = (*checks.get(change.table, ()), change.expression)
            case AddForeignKey():
                found = keys.get(change.table, ())
                keys[change.table] = (*found, change.constraint())
            case AddUnique():
                unique |= {(change.table, c) for c in change.columns}
            case SetNotNull():
                required.add((change.table, change.column))
    return Demand(
        checks=checks,
        required=frozenset((required - filled) & columns),
        unique=frozenset(unique & columns),
        foreign_keys=keys,
    )


def _rules(scripts: Sequence[Script], demand: Demand | None) -> Demand:
    """What writers must keep from now on: they are asked before a review change is applied."""
    changes = [c for s in scripts for c in s.changes if c.safety == "review"]
    required = {(c.table, c.column) for c in changes if isinstance(c, SetNotNull)}
    return replace(demand or Demand(), required=frozenset(required))


class _Bench:
    """The loaded schema and what is tried on copies of it."""

    def __init__(self, server: "ScratchServer", url: str, base: Catalog, case: Case) -> None:
        self._server = server
        self._url = url
        self._base = base
        self._case = case

    def fill(self) -> Filled:
        with session_of(self._url) as session:
            return fill(session, self._base, self._case.rows)

    def score(self, catalog: Catalog, scripts: Sequence[Script] = ()) -> int | None:
        """Of what the server holds now; sources that it does not replace follow the scripts."""
        case = self._case
        changes = [change for script in scripts for change in script.changes]
        carried = carry(catalog, applied(case.catalogs, changes))
        return audit_catalogs(carried, case.config, case.settings).score

    def run(self, scripts: Sequence[Script], demand: Demand | None = None) -> Run:
        """Up and down on a copy; with a demand its rows are its own."""
        with self._server.database(template=self._url) as url, session_of(url) as session:
            filled = fill(session, self._base, self._case.rows, demand) if demand else None
            run = Trial(session, self._base, scripts)
            run.up()
            score = self.score(read(url), scripts)
            if not run.failures:
                run.write(self._case.rows, _rules(scripts, demand))
                run.again()
            run.down()
            run.compare(read(url))
        names = tuple(script.slug for script in scripts)
        return Run(names, run.count, score, tuple(run.failures), filled)
