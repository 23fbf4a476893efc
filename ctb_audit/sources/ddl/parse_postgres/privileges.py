"""Roles, GRANT, REVOKE and ALTER DEFAULT PRIVILEGES."""

from ctb_audit.model import Grant
from ctb_audit.sources.ddl.operations import DefaultPrivileges, GrantPrivileges, Operation
from ctb_audit.sources.ddl.parse_postgres.kinds import KINDS, reference
from ctb_audit.sources.ddl.parse_postgres.names import name_of, strings
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source

_SPECIAL_ROLES = {
    "ROLESPEC_PUBLIC": "public",
    "ROLESPEC_CURRENT_USER": "current_user",
    "ROLESPEC_CURRENT_ROLE": "current_role",
    "ROLESPEC_SESSION_USER": "session_user",
}


def role_name(node: Node) -> str:
    """The name in a RoleSpec; `public` for PUBLIC, keywords as they are."""
    special = _SPECIAL_ROLES.get(node["roletype"])
    if special is not None:
        return special
    name: str = node["rolename"]
    return name


def grant(node: Node, source: Source) -> tuple[Operation, ...]:
    """REVOKE GRANT OPTION FOR is a revoke whose grants are `grantable`."""
    kind = KINDS.get(node["objtype"])
    if kind is None:
        return ()
    revoke = not node.get("is_grant", False)
    cascade = node.get("behavior") == "DROP_CASCADE"
    grants = _grants(node)
    if node["targtype"] == "ACL_TARGET_ALL_IN_SCHEMA":
        schemas = strings(node["objects"])
        return (GrantPrivileges(grants, (), schemas, kind, revoke, cascade),)
    targets = tuple(reference(node["objtype"], wrapped, source) for wrapped in node["objects"])
    known = tuple(target for target in targets if target is not None)
    return (GrantPrivileges(grants, known, (), kind, revoke, cascade),)


def _grants(node: Node) -> tuple[Grant, ...]:
    option = node.get("grant_option", False)
    privileges = [p["AccessPriv"] for p in node.get("privileges", ())] or [{}]
    return tuple(
        Grant(role_name(grantee["RoleSpec"]), privilege.get("priv_name", "all").upper(), option, c)
        for grantee in node["grantees"]
        for privilege in privileges
        for c in strings(privilege.get("cols", ())) or ("",)
    )


def default_privileges(node: Node, source: Source) -> tuple[Operation, ...]:
    action = node["action"]
    kind = KINDS.get(action["objtype"])
    if kind is None:
        return ()
    schemas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    for wrapped in node.get("options", ()):
        element = wrapped["DefElem"]
        items = element["arg"]["List"]["items"]
        if element["defname"] == "schemas":
            schemas = tuple(name_of(item).name for item in items)
        else:
            roles = tuple(role_name(item["RoleSpec"]) for item in items)
    revoke = not action.get("is_grant", False)
    return (DefaultPrivileges(_grants(action), kind, schemas, roles, revoke),)
