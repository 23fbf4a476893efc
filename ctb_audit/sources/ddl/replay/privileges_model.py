"""What privileges there are, by kind of object."""

from ctb_audit.model import Grant

PUBLIC_SCHEMA_GRANTS = (Grant("public", "USAGE"),)
PUBLIC_FUNCTION_GRANTS = (Grant("public", "EXECUTE"),)

_TABLE = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
_COLUMN = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
_BY_KIND = {
    "sequence": ("USAGE", "SELECT", "UPDATE"),
    "schema": ("USAGE", "CREATE"),
    "function": ("EXECUTE",),
}


def expand(privilege: str, kind: str, column: str, version: int) -> tuple[str, ...]:
    """The privileges that a GRANT names; ALL by the kind of the object."""
    name = privilege.upper()
    if name not in ("ALL", "ALL PRIVILEGES"):
        return (name,)
    if column:
        return _COLUMN
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    return (*_TABLE, "MAINTAIN") if version >= 17 else _TABLE
