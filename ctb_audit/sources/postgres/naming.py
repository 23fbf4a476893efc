"""What several kinds of object need: names by oid, comments, owners and grants."""

from collections.abc import Iterable, Mapping, Sequence

from ctb_audit.model import Grant, Location, Name
from ctb_audit.sources.postgres.answers import Row
from ctb_audit.sources.postgres.column_types import TypeTable
from ctb_audit.sources.postgres.fetch import Rows

_PRIVILEGES: Mapping[str, str] = {
    "r": "SELECT",
    "a": "INSERT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "m": "MAINTAIN",
    "X": "EXECUTE",
    "U": "USAGE",
    "C": "CREATE",
    "c": "CONNECT",
    "T": "TEMPORARY",
    "s": "SET",
    "A": "ALTER SYSTEM",
}
PUBLIC_EXECUTE = (Grant("public", "EXECUTE"),)


class Directory:
    """Looks up what rows refer to by oid; every object of one read shares `location`."""

    def __init__(self, rows: Rows, source: str) -> None:
        self.location = Location(source)
        self.schemas: dict[int, str] = {row[0]: row[1] for row in rows.schemas}
        self.roles: dict[int, str] = dict(rows["roles"])
        self.types = TypeTable((*rows["types"], *rows.more_types), rows.formatted)
        self.collations: dict[int, Name] = {}
        self.add_collations(rows.collations)
        self.opclasses = {oid: Name(schema, name) for oid, schema, name in rows["operator classes"]}
        self.columns: dict[int, dict[int, str]] = _column_names(rows["columns"])
        self._comments = {(kind, oid, part): text for kind, oid, part, text in rows["comments"]}
        self._grants: dict[tuple[tuple[str, ...], str, str], tuple[Grant, ...]] = {}

    def add_collations(self, rows: Iterable[Row]) -> None:
        self.collations.update({oid: Name(schema, name) for oid, schema, name in rows})

    def comment(self, catalog: str, oid: int, part: int = 0) -> str | None:
        return self._comments.get((catalog, oid, part))

    def column_comments(self) -> dict[tuple[int, int], str]:
        """By relation and number."""
        return {
            (oid, part): text
            for (kind, oid, part), text in self._comments.items()
            if part and kind == "pg_class"
        }

    def names(self, relation: int, numbers: Sequence[int] | None) -> tuple[str, ...]:
        """Names of the columns with these numbers; expressions (0) are left out."""
        known = self.columns.get(relation, {})
        return tuple([known[number] for number in numbers or () if number in known])

    def collation(self, oid: int, usual: int) -> Name | None:
        """The collation where it is not the usual one."""
        return self.collations.get(oid) if oid not in (0, usual) else None

    def grants(
        self, acl: Sequence[str] | None, owner: int, default: tuple[Grant, ...] = ()
    ) -> tuple[Grant, ...]:
        """The privileges of others than the owner, sorted; `default` where none were ever given."""
        return default if acl is None else self.column_grants(acl, owner, "")

    def column_grants(self, acl: Sequence[str], owner: int, column: str) -> tuple[Grant, ...]:
        key = (tuple(acl), self.roles.get(owner, ""), column)
        found = self._grants.get(key)
        if found is None:
            found = self._grants[key] = parse_acl(*key)
        return found


def parse_acl(items: Sequence[str], owner: str, column: str = "") -> tuple[Grant, ...]:
    """Grants of texts like `reader=r*w/owner`; a grantee's name may be quoted."""
    found = set()
    for item in items:
        grantee, letters = _split(item)
        if grantee == owner and grantee:
            continue
        for position, letter in enumerate(letters):
            privilege = _PRIVILEGES.get(letter)
            if privilege:
                grantable = letters[position + 1 : position + 2] == "*"
                found.add(Grant(grantee or "public", privilege, grantable, column))
    return tuple(sorted(found, key=lambda g: (g.grantee, g.privilege, g.grantable)))


def _split(item: str) -> tuple[str, str]:
    """Grantee and privilege letters; `""` inside a quoted name stands for one quote."""
    if not item.startswith('"'):
        grantee, _, rest = item.partition("=")
        return grantee, rest.partition("/")[0]
    end = 1
    while True:
        end = item.index('"', end)
        if item[end + 1 : end + 2] != '"':
            break
        end += 2
    return item[1:end].replace('""', '"'), item[end + 2 :].partition("/")[0]


def options(*lists: tuple[Sequence[str] | None, str]) -> tuple[tuple[str, str], ...]:
    """Storage parameters `name=value` of (list, prefix), sorted."""
    found = []
    for texts, prefix in lists:
        for text in texts or ():
            name, _, value = text.partition("=")
            found.append((prefix + name, value))
    return tuple(sorted(found))


def _column_names(rows: Sequence[Row]) -> dict[int, dict[int, str]]:
    names: dict[int, dict[int, str]] = {}
    current, relation = {}, -1
    for row in rows:
        if row[0] != relation:
            relation = row[0]
            current = names[relation] = {}
        current[row[1]] = row[3]
    return names
