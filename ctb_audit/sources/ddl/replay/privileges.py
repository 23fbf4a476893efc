"""GRANT, REVOKE and default privileges.

`grants` of an object equals what `aclexplode` gives without the owner's own privileges: one
`Grant` for each (grantee, privilege, column), privileges in upper case, `public` for PUBLIC, sorted
by column (the object's own first), grantee and privilege. What PUBLIC holds without a GRANT is
listed too: EXECUTE on functions and procedures, USAGE on the schema `public`. Any other object
without an ACL has ().
"""

from collections.abc import Iterable

from ctb_audit.model import Grant
from ctb_audit.sources.ddl.operations import DefaultPrivileges
from ctb_audit.sources.ddl.replay.privileges_model import PUBLIC_FUNCTION_GRANTS, expand
from ctb_audit.sources.ddl.replay.state import State


def initial_grants(state: State, kind: str, schema: str) -> tuple[Grant, ...]:
    """What a new object grants: the built-in defaults changed by ALTER DEFAULT PRIVILEGES.

    Those of a schema only add to those of the whole database: they cannot take away EXECUTE, which
    PUBLIC holds on every function.
    """
    everywhere: tuple[Grant, ...] = (
        PUBLIC_FUNCTION_GRANTS if kind == "function" and state.postgres else ()
    )
    if not len(state.defaults):
        return everywhere
    here: tuple[Grant, ...] = ()
    for default in state.defaults.ordered():
        if not _applies(state, default, kind, schema):
            continue
        change = (default.grants, kind, state.version, default.revoke)
        if default.schemas:
            here = changed(here, *change)
        else:
            everywhere = changed(everywhere, *change)
    return changed(everywhere, here, kind, state.version, revoke=False)


def _applies(state: State, default: DefaultPrivileges, kind: str, schema: str) -> bool:
    if default.roles and state.user not in default.roles:
        return False
    wanted = "function" if default.kind in ("routine", "procedure") else default.kind
    return wanted == kind and (not default.schemas or schema in default.schemas)


def changed(
    old: tuple[Grant, ...], grants: Iterable[Grant], kind: str, version: int, revoke: bool
) -> tuple[Grant, ...]:
    """The grants after a GRANT or REVOKE."""
    held = {(g.grantee, g.column, g.privilege): g for g in old}
    for grant in grants:
        for privilege in expand(grant.privilege, kind, grant.column, version):
            if revoke:
                _revoke(held, grant, privilege)
            else:
                key = (grant.grantee, grant.column, privilege)
                prior = held.get(key)
                grantable = grant.grantable or (prior is not None and prior.grantable)
                held[key] = Grant(grant.grantee, privilege, grantable, grant.column)
    return tuple(held[key] for key in sorted(held, key=_by_grantee))


def _by_grantee(key: tuple[str, str, str]) -> tuple[str, str, str]:
    grantee, column, privilege = key
    return column, grantee, privilege


def _revoke(held: dict[tuple[str, str, str], Grant], grant: Grant, privilege: str) -> None:
    """On a table, the privileges of its columns go too; GRANT OPTION FOR keeps the privilege."""
    for key in list(held):
        grantee, column, name = key
        covered = column == grant.column or not grant.column
        if grantee == grant.grantee and name == privilege and covered:
            if grant.grantable:
                held[key] = Grant(grantee, privilege, False, column)
            else:
                del held[key]
