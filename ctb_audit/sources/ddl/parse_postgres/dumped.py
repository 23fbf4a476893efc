"""Statements in the fixed spelling of `pg_dump`, read without the grammar.

Large scripts are dumps, and nine of ten statements of a dump come in a dozen spellings. What
matches one of them whole has the same operations here as by the grammar, for a third of its price
(`tests/sources/parse_postgres/test_dumped.py` holds the two together); everything else has none
here and goes to the grammar.
"""

from collections.abc import Callable
from functools import lru_cache
from re import Match
from typing import Any, Literal

from ctb_audit.lean import pattern
from ctb_audit.model import Constraint, Grant, Index, IndexKey, Sequence, Trigger
from ctb_audit.sources.ddl.operations import (
    AddConstraint,
    AlterColumn,
    AlterSequence,
    AlterTable,
    Comment,
    CreateIndex,
    CreateSequence,
    CreateTrigger,
    GrantPrivileges,
    ObjectKind,
    ObjectRef,
    Operation,
    SetOwner,
)
from ctb_audit.sources.ddl.parse_postgres.source import Source
from ctb_audit.sources.ddl.parse_postgres.spelling import (
    IDENTIFIER,
    NAME,
    identifier,
    identifiers,
    qualified,
)

Operations = tuple[Operation, ...]
_LIST = rf"{IDENTIFIER}(?:, {IDENTIFIER})*"
_ACTION = r"(?:CASCADE|RESTRICT|SET NULL|SET DEFAULT)"
_NOBODY = frozenset(("public", "none"))  # roles that mean something else
_BOUND = r"-?\d{1,18}"

_OWNER = pattern(rf"ALTER (TABLE|SEQUENCE|VIEW) {NAME} OWNER TO ({IDENTIFIER})")
_CONSTRAINT = pattern(rf"ALTER TABLE (ONLY )?{NAME}\s+ADD (CONSTRAINT) ({IDENTIFIER}) ")
_KEY = pattern(rf"(PRIMARY KEY|UNIQUE) \(({_LIST})\)")
_REFERENCE = pattern(
    rf"FOREIGN KEY \(({_LIST})\) REFERENCES {NAME}\(({_LIST})\)"
    rf"(?: ON UPDATE ({_ACTION}))?(?: ON DELETE ({_ACTION}))?"
)
_DEFAULT = pattern(
    rf"ALTER TABLE (ONLY )?{NAME}\s+ALTER COLUMN ({IDENTIFIER})"
    r" SET DEFAULT (nextval\('[^'\\]*'::regclass\))"
)
_INDEX = pattern(
    rf"CREATE (UNIQUE )?INDEX ({IDENTIFIER}) ON (ONLY )?{NAME} USING (btree|hash|gin|gist|brin)"
    rf" \(({IDENTIFIER}(?: DESC)?(?:, {IDENTIFIER}(?: DESC)?)*)\)(?: WHERE (\(.*\)))?",
)
_SEQUENCE = pattern(
    rf"CREATE SEQUENCE {NAME}(?:\s+AS (smallint|integer))?\s+START WITH ({_BOUND})"
    rf"\s+INCREMENT BY ({_BOUND})\s+(?:NO MINVALUE|MINVALUE ({_BOUND}))"
    rf"\s+(?:NO MAXVALUE|MAXVALUE ({_BOUND}))\s+CACHE ({_BOUND})"
)
_OWNED = pattern(rf"ALTER SEQUENCE {NAME} OWNED BY ({IDENTIFIER})\.({IDENTIFIER})\.({IDENTIFIER})")
_TRIGGER = pattern(
    rf"CREATE TRIGGER ({IDENTIFIER}) (BEFORE|AFTER)"
    r" ((?:INSERT|DELETE|UPDATE|TRUNCATE)(?: OR (?:INSERT|DELETE|UPDATE|TRUNCATE))*)"
    rf" ON {NAME}\s+FOR EACH (ROW|STATEMENT)\s+EXECUTE FUNCTION {NAME}\(\)"
)
_TABLE_COMMENT = pattern(rf"COMMENT ON TABLE {NAME} IS '((?:[^']|'')+)'")
_COLUMN_COMMENT = pattern(
    rf"COMMENT ON COLUMN ({IDENTIFIER})\.({IDENTIFIER})\.({IDENTIFIER}) IS '((?:[^']|'')+)'"
)
_GRANT = pattern(
    r"GRANT (ALL|(?:SELECT|INSERT|UPDATE|DELETE|TRUNCATE|REFERENCES|TRIGGER|USAGE)"
    r"(?:,(?:SELECT|INSERT|UPDATE|DELETE|TRUNCATE|REFERENCES|TRIGGER|USAGE))*)"
    rf" ON (TABLE|SEQUENCE) {NAME} TO ({IDENTIFIER})"
)


def dumped(source: Source) -> Operations | None:
    """The operations of a statement that `pg_dump` could have written; None for any other."""
    text = source.text
    for sign, reader in _READERS.get(text[:9], ()):
        found = reader(text, source) if sign in text else None
        if found is not None:
            return found
    return None


def _owner(text: str, source: Source) -> Operations | None:
    match = _OWNER.fullmatch(text)
    if match is None:
        return None
    name, role = qualified(match[2], match[3]), identifier(match[4])
    if name is None or role is None or role in _NOBODY:
        return None
    return (SetOwner(ObjectRef(_KINDS[match[1]], name), role),)


_KINDS: dict[str, ObjectKind] = {"TABLE": "table", "SEQUENCE": "sequence", "VIEW": "view"}


def _add_constraint(text: str, source: Source) -> Operations | None:
    head = _CONSTRAINT.match(text)
    if head is None:
        return None
    name, constraint = qualified(head[2], head[3]), identifier(head[5])
    if name is None or constraint is None:
        return None
    location = source.at(head.start(4))
    found: Constraint | None = None
    if match := _KEY.fullmatch(text, head.end()):
        columns = identifiers(match[2])
        if columns is not None:
            kind = _KEY_KINDS[match[1]]
            found = Constraint(kind, constraint, columns, location=location)
    elif match := _REFERENCE.fullmatch(text, head.end()):
        found = _reference(match, constraint, source, head.start(4))
    if found is None:
        return None
    return (AlterTable(name, (AddConstraint(found),), only=head[1] is not None),)


_KEY_KINDS: dict[str, Literal["primary key", "unique"]] = {
    "PRIMARY KEY": "primary key",
    "UNIQUE": "unique",
}


def _reference(match: "Match[str]", name: str, source: Source, offset: int) -> Constraint | None:
    columns, target = identifiers(match[1]), qualified(match[2], match[3])
    keys = identifiers(match[4])
    if columns is None or target is None or keys is None:
        return None
    return Constraint(
        "foreign key",
        name,
        columns,
        target=target,
        target_columns=keys,
        on_update=(match[5] or "NO ACTION").lower(),
        on_delete=(match[6] or "NO ACTION").lower(),
        location=source.at(offset),
    )


def _set_default(text: str, source: Source) -> Operations | None:
    match = _DEFAULT.fullmatch(text)
    if match is None:
        return None
    name, column = qualified(match[2], match[3]), identifier(match[4])
    if name is None or column is None:
        return None
    action = AlterColumn(column, "set default", match[5])
    return (AlterTable(name, (action,), only=match[1] is not None),)


def _create_index(text: str, source: Source) -> Operations | None:
    match = _INDEX.fullmatch(text)
    if match is None:
        return None
    name, table = identifier(match[2]), qualified(match[4], match[5])
    keys = tuple(_key(key) for key in match[7].split(", "))
    predicate: str | None = match[8]
    if name is None or table is None or None in keys:
        return None
    if predicate is not None and not _is_condition(predicate):
        return None
    index = Index(
        name,
        tuple(key for key in keys if key is not None),
        match[6],
        match[1] is not None,
        predicate=predicate,
        location=source.here,
    )
    return (CreateIndex(table, index, only=match[3] is not None),)


@lru_cache(maxsize=1024)
def _key(written: str) -> IndexKey | None:
    column = identifier(written.removesuffix(" DESC"))
    return None if column is None else IndexKey(column, descending=written.endswith(" DESC"))


@lru_cache(maxsize=4096)
def _is_condition(text: str) -> bool:
    """Whether a text in parentheses is one expression that ends where the text does."""
    import pgparse

    if "--" in text or "/*" in text:
        return False
    try:
        trees = pgparse.parse(f"SELECT {text}")
    except pgparse.PGQueryError:
        return False
    select: dict[str, Any] = trees[0]["stmt"].get("SelectStmt", {})
    targets = select.get("targetList", ())
    alone = set(select) == {"targetList", "limitOption", "op"} and len(trees) == 1
    return alone and len(targets) == 1 and "name" not in targets[0]["ResTarget"]


def _create_sequence(text: str, source: Source) -> Operations | None:
    match = _SEQUENCE.fullmatch(text)
    name = None if match is None else qualified(match[1], match[2])
    if match is None or name is None:
        return None
    sequence = Sequence(
        name.schema or "",
        name.name,
        match[3] or "bigint",
        int(match[4]),
        int(match[5]),
        None if match[6] is None else int(match[6]),
        None if match[7] is None else int(match[7]),
        int(match[8]),
        location=source.here,
    )
    return (CreateSequence(sequence, name),)


def _own_sequence(text: str, source: Source) -> Operations | None:
    match = _OWNED.fullmatch(text)
    if match is None:
        return None
    name, table = qualified(match[1], match[2]), qualified(match[3], match[4])
    column = identifier(match[5])
    if name is None or table is None or column is None:
        return None
    return (AlterSequence(name, owned_by=(table, column)),)


def _create_trigger(text: str, source: Source) -> Operations | None:
    match = _TRIGGER.fullmatch(text)
    if match is None:
        return None
    name, table = identifier(match[1]), qualified(match[4], match[5])
    function = qualified(match[7], match[8])
    written = match[3].lower().split(" or ")
    if name is None or table is None or function is None or len(set(written)) < len(written):
        return None
    trigger = Trigger(
        name,
        "before" if match[2] == "BEFORE" else "after",
        tuple(event for event in _EVENTS if event in written),
        function,
        row=match[6] == "ROW",
        location=source.here,
    )
    return (CreateTrigger(table, trigger),)


_EVENTS = ("insert", "delete", "update", "truncate")


def _comment(text: str, source: Source) -> Operations | None:
    if match := _TABLE_COMMENT.fullmatch(text):
        name, part = qualified(match[1], match[2]), ""
        target = None if name is None else ObjectRef("table", name)
        written: str = match[3]
    elif match := _COLUMN_COMMENT.fullmatch(text):
        name, part = qualified(match[1], match[2]), identifier(match[3]) or ""
        target = ObjectRef("column", name, part) if name is not None and part else None
        written = match[4]
    else:
        return None
    return None if target is None else (Comment(target, written.replace("''", "'")),)


def _grant(text: str, source: Source) -> Operations | None:
    match = _GRANT.fullmatch(text)
    if match is None:
        return None
    name, role = qualified(match[3], match[4]), identifier(match[5])
    if name is None or role is None or role in _NOBODY:
        return None
    kind = _KINDS[match[2]]
    grants = _grants(role, match[1])
    return (GrantPrivileges(grants, (ObjectRef(kind, name),), kind=kind),)


@lru_cache(maxsize=1024)
def _grants(role: str, privileges: str) -> tuple[Grant, ...]:
    return tuple(Grant(role, privilege, False, "") for privilege in privileges.split(","))


_Reader = Callable[[str, Source], Operations | None]
_READERS: dict[str, tuple[tuple[str, _Reader], ...]] = {
    "ALTER TAB": (
        ("ADD CONSTRAINT ", _add_constraint),
        (" OWNER TO ", _owner),
        (" SET DEFAULT ", _set_default),
    ),
    "ALTER SEQ": ((" OWNER TO ", _owner), (" OWNED BY ", _own_sequence)),
    "ALTER VIE": ((" OWNER TO ", _owner),),
    **dict.fromkeys(("CREATE IN", "CREATE UN"), ((" USING ", _create_index),)),
    "CREATE SE": (("START WITH ", _create_sequence),),
    "CREATE TR": (("EXECUTE FUNCTION ", _create_trigger),),
    "COMMENT O": ((" IS '", _comment),),
    **{f"GRANT {word}": ((" TO ", _grant),) for word in ("SEL", "INS", "UPD", "DEL", "ALL", "USA")},
}
"""By how a statement begins: what each reader's expression cannot do without, which is looked for
before the expression is compiled.
"""
