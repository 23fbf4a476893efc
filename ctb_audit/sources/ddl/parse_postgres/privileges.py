"""Roles, GRANT and REVOKE."""

from ctb_audit.sources.ddl.parse_postgres.source import Node

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
