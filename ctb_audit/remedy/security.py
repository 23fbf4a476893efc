"""Changes of row-level security. All of them decide who sees which row, so all are `review`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from ctb_audit.model import Policy, Table
from ctb_audit.remedy import facts
from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import relation
from ctb_audit.semantics.quoting import identifier

_SPECIAL_ROLES = ("public", "current_user", "current_role", "session_user")


def policy_definition(policy: Policy, on: str) -> str:
    """The statement that creates the policy on the relation `on`, without a semicolon."""
    kind = "PERMISSIVE" if policy.permissive else "RESTRICTIVE"
    text = f"CREATE POLICY {identifier(policy.name)} ON {on} AS {kind}"
    text += f" FOR {policy.command.upper()} TO {', '.join(map(_role, policy.roles))}"
    text += f" USING ({policy.using})" if policy.using else ""
    return text + (f" WITH CHECK ({policy.check})" if policy.check else "")


def _role(name: str) -> str:
    return name.upper() if name in _SPECIAL_ROLES else identifier(name)


def own_roles(policy: Policy) -> tuple[str, ...]:
    """The roles of the users' own that the policy names."""
    return tuple(role for role in policy.roles if role not in _SPECIAL_ROLES)


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePolicy(Change):
    """A policy that somebody declared; none is ever made up here."""

    phase: ClassVar[Phase] = "guard"
    policy: Policy

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        on = relation(self.table)
        return (*self.down(), Step(policy_definition(self.policy, on)))

    def down(self) -> Sequence[Step]:
        name, table = identifier(self.policy.name), relation(self.table)
        return (Step(f"DROP POLICY IF EXISTS {name} ON {table}"),)

    def holds(self) -> Sequence[Held]:
        told = f"policy {self.policy.name} is on {self.table}"
        return (Held(told, facts.policy_exists(self.table, self.policy.name)),)

    def on(self, table: Table) -> Table:
        return replace(table, policies=(*(table.policies or ()), self.policy))


@dataclass(frozen=True, slots=True, kw_only=True)
class SecureRows(Change):
    """Row-level security switched on. `enable`: it was off; `force`: for the owner as well."""

    phase: ClassVar[Phase] = "guard"
    enable: bool = True
    force: bool = False

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        return tuple(self._step(verb) for verb in ("ENABLE", "FORCE") if self._does(verb))

    def down(self) -> Sequence[Step]:
        undone = (("FORCE", "NO FORCE"), ("ENABLE", "DISABLE"))
        return tuple(self._step(back) for verb, back in undone if self._does(verb))

    def _does(self, verb: str) -> bool:
        return self.enable if verb == "ENABLE" else self.force

    def _step(self, verb: str) -> Step:
        return Step(f"ALTER TABLE {relation(self.table)} {verb} ROW LEVEL SECURITY")

    def holds(self) -> Sequence[Held]:
        told = f"row-level security of {self.table} is on"
        return (Held(told, facts.rows_are_secured(self.table, forced=self.force)),)

    def on(self, table: Table) -> Table:
        forced = table.force_row_level_security or self.force
        return replace(table, row_level_security=True, force_row_level_security=forced)
