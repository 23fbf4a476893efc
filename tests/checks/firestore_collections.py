"""Collections of Firestore and rules for them, judged by the rules about security."""

from typing import Any

from ctb_audit.model import Catalog, Column, Surface, Table, Type
from ctb_audit.sources.firestore_rules import read_rules
from tests.checks.judging import said

TEXT = Type("string", "text")
MAP = Type("map", "json")
OWN = "request.auth.uid == resource.data.userId"
MINE = "request.auth.uid == request.resource.data.userId"
SIGNED = "request.auth != null"
RECORD = "/databases/$(db)/documents"
MEMBER = f"exists({RECORD}/groups/$(group)/members/$(request.auth.uid))"
ADMIN = "request.auth.token.admin == true"


def collection(*fields: str, name: str = "notes") -> Table:
    """Documents with these fields, `author.uid` for one in a map."""
    found: dict[str, list[Column]] = {}
    for field in fields:
        outer, _, inner = field.partition(".")
        found.setdefault(outer, []).extend([Column(inner, TEXT)] if inner else [])
    columns = tuple(
        Column(n, MAP if inner else TEXT, fields=tuple(inner)) for n, inner in found.items()
    )
    return Table("firestore", "default", name, columns=columns, kind="collection")


def ruled(text: str, *tables: Table, surface: Surface = "ddl", path: str = "f.rules") -> Catalog:
    return Catalog(surface=surface, tables=tables, rules=(read_rules(text, path).rules,))


def judged(rule: str, body: str, *fields: str, **named: Any) -> list[str]:
    """What the rule says of notes, ruled by `match /notes/{id} { body }`."""
    text = body if body.startswith(("match", "function")) else f"match /notes/{{id}} {{ {body} }}"
    return said(rule, ruled(text, collection(*(fields or ("id",))), **named))


def finding(severity: str, told: str, line: int = 1) -> list[str]:
    where = f", line {line}" if line else ""
    return [f"{severity} firestore ddl default.notes{where}: {told}"]


ANYBODY = "anybody may {}, without any condition"
SIGNED_OUT = "{} is possible without signing in"
DEAD = "create reads resource, which does not exist yet, so that case can never hold"
PASS = ["pass default.notes"]
NO_RULES = ["not applicable default.notes: no security rule matches the collection"]
OTHERS = "match /others/{id} { allow read: if false; }"


def left_out(reason: str) -> list[str]:
    return [f"not applicable default.notes: {reason}"]
