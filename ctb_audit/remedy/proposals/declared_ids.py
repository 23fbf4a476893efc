"""Comments with the ids that somebody declared for a table (DESIGN, annotations in DDL).

No rule asks for them, so they answer no finding: they are proposed for every table with a declared
id that its comment does not give.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ctb_audit.model import Declaration
from ctb_audit.project import Subject
from ctb_audit.remedy.comments import SetComment
from ctb_audit.sources.ddl.annotations import from_comment

_KEYS = ("table", "heir", "enforcement", "orbt", "purpose")
_MARK = "ctb:"


def declared_comment(subject: Subject) -> tuple[SetComment | None, str]:
    """The comment that declares what the table's own does not, and what stands against one."""
    table = subject.table
    wanted = _declared(subject)
    if not {"table", "heir"} & set(wanted) or subject.surface not in ("live", "ddl"):
        return None, ""
    old = table.comment or ""
    held = from_comment(old, None)
    if held.mistakes:
        return None, f"its comment cannot be read, so no id is added: {held.mistakes[0].problem}"
    found = _values(held.declarations[0]) if held.declarations else {}
    missing = {k: v for k, v in wanted.items() if k not in found}
    if not {"table", "heir"} & set(missing):
        return None, ""
    text = _extended(old, missing) if held.declarations else _marked(old, missing)
    made = from_comment(text, None)
    if made.mistakes or len(made.declarations) != 1:
        return None, "its declared ids cannot be written into a comment"
    declaration = replace(made.declarations[0], location=table.location)
    change = SetComment(
        table=subject.name,
        text=text,
        former=table.comment,
        declaration=declaration,
        reason=f"declares {' and '.join(k for k in _KEYS if k in missing)} in the database too",
    )
    return change, ""


def _declared(subject: Subject) -> dict[str, str]:
    """By key what the sources say, the first in the order of STANDARD section 3."""
    found: dict[str, str] = {}
    for declaration in subject.declarations:
        for key, value in _values(declaration).items():
            found.setdefault(key, value)
    if "enforcement" in found:  # the level in force, as the audit reads it
        found["enforcement"] = subject.level
    return found


def _values(declaration: Declaration) -> Mapping[str, str]:
    values = (
        declaration.table_id,
        declaration.heir_id,
        declaration.level,
        declaration.orbt,
        declaration.purpose,
    )
    return {k: str(v) for k, v in zip(_KEYS, values, strict=True) if v is not None}


def _marked(old: str, values: Mapping[str, str]) -> str:
    """A comment of prose becomes the purpose, whole."""
    purpose = {"purpose": old} if old.strip() else {}
    return f"{_MARK} {' '.join(_pairs({**values, **purpose}))}"


def _extended(old: str, values: Mapping[str, str]) -> str:
    return f"{old.rstrip()} {' '.join(_pairs(values))}"


def _pairs(values: Mapping[str, str]) -> Iterator[str]:
    for key in _KEYS:
        if key in values:
            value = values[key]
            plain = key != "purpose" and not set(value) & set(" \t\r\n\"',\\")
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            yield f"{key}={value}" if plain else f'{key}="{escaped}"'
