"""What a statement does to a catalog, whichever reader read it.

The readers (`parse_postgres`, `parse_sqlglot`) turn one statement into operations; `replay`
folds them into a Catalog as the server would. Operations reuse the model's values with names as
written: `Name.schema` is None where the source gives none, a constraint's or index's `name` is
"" where the server would generate one, `Type.name` of a user-defined type is as written.
Locations are absolute in the file. Everything is plain frozen data: the cache stores it as JSON.
"""

from collections import abc
from dataclasses import field
from typing import Literal

from ctb_audit.lean import dataclass
from ctb_audit.model import (
    Column,
    Constraint,
    Declaration,
    Extension,
    Function,
    Grant,
    Index,
    InlineWaiver,
    Location,
    Name,
    Policy,
    Problem,
    Sequence,
    System,
    Table,
    Trigger,
    Type,
    UserType,
    View,
)
from ctb_audit.sources.ddl.statement import Statement

ObjectKind = Literal[
    "schema",
    "table",
    "foreign table",
    "view",
    "materialized view",
    "index",
    "sequence",
    "type",
    "domain",
    "function",
    "procedure",
    "aggregate",
    "routine",
    "trigger",
    "policy",
    "rule",
    "extension",
    "column",
    "constraint",
    "domain constraint",
    "collation",
    "other",
]


@dataclass(frozen=True, slots=True)
class ObjectRef:
    """An object that DROP, COMMENT, RENAME, OWNER, SET SCHEMA or GRANT names.

    `part` is the column, constraint, trigger, policy or rule of the table `name`.
    `arguments` are a routine's argument types, None where not given.
    """

    kind: ObjectKind
    name: Name
    part: str = ""
    arguments: tuple[Type, ...] | None = None


# ---- schemas, transactions, session -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateSchema:
    name: str
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetSearchPath:
    """`schemas` None: RESET or DEFAULT. `local`: until the end of the transaction."""

    schemas: tuple[str, ...] | None
    local: bool = False


@dataclass(frozen=True, slots=True)
class Transaction:
    """`savepoint` names it for `savepoint`, `release` and `rollback to`."""

    action: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback to"]
    savepoint: str = ""


@dataclass(frozen=True, slots=True)
class Include:
    """The `i` and `ir` lines of psql: read another file here; `relative` to the including file."""

    path: str
    relative: bool = False


# ---- tables --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Like:
    """CREATE TABLE (LIKE source INCLUDING ...); `including` of: defaults, constraints, identity,
    generated, indexes, statistics, storage, comments, compression. `position`: columns before it.
    """

    source: Name
    including: frozenset[str] = frozenset()
    position: int = 0


@dataclass(frozen=True, slots=True)
class CreateTable:
    """`table` carries everything the statement says of the table itself, column constraints
    included (in `table.constraints`, in the order written; NOT NULL is `Column.nullable`).
    A `serial` type is kept as Type(name="serial"|"bigserial"|"smallserial"); replay makes
    the sequence and the default. `of_type` is CREATE TABLE ... OF.
    """

    table: Table
    name: Name
    if_not_exists: bool = False
    temporary: bool = False
    likes: tuple[Like, ...] = ()
    of_type: Name | None = None
    not_null_names: tuple[tuple[str, str], ...] = ()  # column, constraint name (PostgreSQL 18)


@dataclass(frozen=True, slots=True)
class CreateTableAs:
    """CREATE TABLE ... AS or SELECT INTO: `columns` where they are named, types unknown."""

    name: Name
    query: str
    columns: tuple[str, ...] | None = None
    if_not_exists: bool = False
    temporary: bool = False


# Actions of one ALTER TABLE, in order.


@dataclass(frozen=True, slots=True)
class AddColumn:
    column: Column
    constraints: tuple[Constraint, ...] = ()
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class DropColumn:
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class AlterColumn:
    """Exactly one change. `change` and `value`:
    type -> Type; set default -> str; drop default -> None; set not null, drop not null -> None;
    add identity -> "always" | "by default"; set identity -> the same or None (options only);
    drop identity -> None; drop expression -> None; set expression -> str; collation -> Name;
    other -> None (statistics, storage, compression: no effect on the model).
    """

    name: str
    change: Literal[
        "type",
        "set default",
        "drop default",
        "set not null",
        "drop not null",
        "add identity",
        "set identity",
        "drop identity",
        "drop expression",
        "set expression",
        "collation",
        "other",
    ]
    value: Type | Name | str | None = None
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class AddConstraint:
    constraint: Constraint


@dataclass(frozen=True, slots=True)
class DropConstraint:
    name: str
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class AlterConstraint:
    """VALIDATE CONSTRAINT, or ALTER CONSTRAINT ... DEFERRABLE / ENFORCED. None: unchanged."""

    name: str
    validate: bool = False
    deferrable: bool | None = None
    initially_deferred: bool | None = None
    enforced: bool | None = None
    no_inherit: bool | None = None


@dataclass(frozen=True, slots=True)
class SetTableFlag:
    """ENABLE/DISABLE/FORCE/NO FORCE ROW LEVEL SECURITY, SET LOGGED/UNLOGGED."""

    flag: Literal["row level security", "force row level security", "unlogged"]
    value: bool


@dataclass(frozen=True, slots=True)
class SetTriggerState:
    """`trigger` "" with `which` all or user."""

    state: Literal["origin", "disabled", "replica", "always"]
    trigger: str = ""
    which: Literal["", "all", "user"] = ""


@dataclass(frozen=True, slots=True)
class SetOptions:
    """SET (...) or RESET (...): a value None resets."""

    options: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Inherit:
    parent: Name
    remove: bool = False


@dataclass(frozen=True, slots=True)
class AttachPartition:
    """`bound` is "" for ALTER INDEX: the index of a partition becomes a part of the index."""

    partition: Name
    bound: str


@dataclass(frozen=True, slots=True)
class DetachPartition:
    partition: Name


@dataclass(frozen=True, slots=True)
class NoEffect:
    """An action that the model does not hold (REPLICA IDENTITY, CLUSTER ON, ...)."""

    what: str


TableAction = (
    AddColumn
    | DropColumn
    | AlterColumn
    | AddConstraint
    | DropConstraint
    | AlterConstraint
    | SetTableFlag
    | SetTriggerState
    | SetOptions
    | Inherit
    | AttachPartition
    | DetachPartition
    | NoEffect
)


@dataclass(frozen=True, slots=True)
class AlterTable:
    """Also ALTER VIEW, ALTER INDEX, ALTER FOREIGN TABLE with table actions; `kind` as written."""

    name: Name
    actions: tuple[TableAction, ...]
    if_exists: bool = False
    only: bool = False
    kind: ObjectKind = "table"


# ---- other objects ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CreateIndex:
    """`index.name` "" where the server generates it."""

    table: Name
    index: Index
    if_not_exists: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class CreateView:
    """`view.schema` is "" where not given (`name` tells). `sources`: relations it reads."""

    view: View
    name: Name
    replace: bool = False
    if_not_exists: bool = False
    temporary: bool = False
    sources: tuple[Name, ...] = ()


@dataclass(frozen=True, slots=True)
class CreateFunction:
    function: Function
    name: Name
    replace: bool = False


@dataclass(frozen=True, slots=True)
class AlterFunction:
    """None: unchanged. A setting with value None is RESET."""

    target: ObjectRef
    security_definer: bool | None = None
    strict: bool | None = None
    leakproof: bool | None = None
    volatility: Literal["volatile", "stable", "immutable"] | None = None
    parallel: Literal["unsafe", "restricted", "safe"] | None = None
    settings: tuple[tuple[str, str | None], ...] = ()
    reset_all: bool = False


@dataclass(frozen=True, slots=True)
class CreateTrigger:
    table: Name
    trigger: Trigger
    replace: bool = False


@dataclass(frozen=True, slots=True)
class CreatePolicy:
    table: Name
    policy: Policy


@dataclass(frozen=True, slots=True)
class AlterPolicy:
    """None: unchanged."""

    table: Name
    name: str
    roles: tuple[str, ...] | None = None
    using: str | None = None
    check: str | None = None


@dataclass(frozen=True, slots=True)
class CreateType:
    type: UserType
    name: Name


@dataclass(frozen=True, slots=True)
class AlterEnum:
    """ADD VALUE (`old` "") or RENAME VALUE old TO value."""

    name: Name
    value: str
    old: str = ""
    before: str = ""
    after: str = ""
    if_not_exists: bool = False


@dataclass(frozen=True, slots=True)
class AlterDomain:
    """The same actions as on a table, with the domain's own column name ""."""

    name: Name
    action: AlterColumn | AddConstraint | DropConstraint | AlterConstraint


@dataclass(frozen=True, slots=True)
class AlterComposite:
    name: Name
    actions: tuple[AddColumn | DropColumn | AlterColumn, ...]


@dataclass(frozen=True, slots=True)
class CreateSequence:
    sequence: Sequence
    name: Name
    owned_by: tuple[Name, str] | None = None  # table, column
    if_not_exists: bool = False
    temporary: bool = False


@dataclass(frozen=True, slots=True)
class AlterSequence:
    """`changes`: field name of model.Sequence and its new value; OWNED BY NONE: `disown`."""

    name: Name
    changes: tuple[tuple[str, str | int | bool | None], ...] = ()
    owned_by: tuple[Name, str] | None = None
    disown: bool = False
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class CreateExtension:
    """`cascade`: the extensions that it requires too."""

    extension: Extension
    if_not_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    targets: tuple[ObjectRef, ...]
    if_exists: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class Rename:
    """Of the object, or of `target.part` where it has one."""

    target: ObjectRef
    to: str
    if_exists: bool = False
    only: bool = False


@dataclass(frozen=True, slots=True)
class SetSchema:
    target: ObjectRef
    schema: str
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class SetOwner:
    target: ObjectRef
    owner: str


@dataclass(frozen=True, slots=True)
class Comment:
    """`text` None removes it."""

    target: ObjectRef
    text: str | None


@dataclass(frozen=True, slots=True)
class GrantPrivileges:
    """GRANT or REVOKE on `targets`; privilege "ALL" is kept as such, replay expands it.
    `all_in_schema`: the kind's objects of these schemas, in place of targets.
    """

    grants: tuple[Grant, ...]
    targets: tuple[ObjectRef, ...] = ()
    all_in_schema: tuple[str, ...] = ()
    kind: ObjectKind = "table"
    revoke: bool = False
    cascade: bool = False


@dataclass(frozen=True, slots=True)
class DefaultPrivileges:
    """ALTER DEFAULT PRIVILEGES: applies to objects created later."""

    grants: tuple[Grant, ...]
    kind: ObjectKind
    schemas: tuple[str, ...] = ()  # () for all
    roles: tuple[str, ...] = ()
    revoke: bool = False


@dataclass(frozen=True, slots=True)
class NotUnderstood:
    """Valid or not, its effect is not known; `objects` are the tables that it names."""

    problem: Problem


Operation = (
    CreateSchema
    | SetSearchPath
    | Transaction
    | Include
    | CreateTable
    | CreateTableAs
    | AlterTable
    | CreateIndex
    | CreateView
    | CreateFunction
    | AlterFunction
    | CreateTrigger
    | CreatePolicy
    | AlterPolicy
    | CreateType
    | AlterEnum
    | AlterDomain
    | AlterComposite
    | CreateSequence
    | AlterSequence
    | CreateExtension
    | Drop
    | Rename
    | SetSchema
    | SetOwner
    | Comment
    | GrantPrivileges
    | DefaultPrivileges
    | NotUnderstood
)


@dataclass(frozen=True, slots=True)
class StatementEffect:
    """One statement and what it does.

    `verdict` feeds coverage: "understood" (also with no operations where the model holds
    nothing of it, e.g. CREATE CAST), "irrelevant" (DML, SET timeouts), or "not understood" (then
    at least one NotUnderstood among the operations). `guarded`: inside a DO block's IF.
    `declarations` and `waivers` come from `-- ctb:` comments directly above. `block`: the body
    of a DO block of which a catalog tells more than `operations`, those of all its branches.
    """

    operations: tuple[Operation, ...]
    verdict: Literal["understood", "irrelevant", "not understood"]
    location: Location
    excerpt: str = ""  # first 120 characters, for messages
    declarations: tuple[Declaration, ...] = ()
    waivers: tuple[InlineWaiver, ...] = ()
    guarded: bool = False
    block: Statement | None = None


@dataclass(frozen=True, slots=True)
class Mistake:
    """A `-- ctb:` annotation that cannot be read; loading it is a ConfigurationError."""

    location: Location
    problem: str
    step: str


@dataclass(frozen=True, slots=True)
class Script:
    """One SQL text, read: a file, a fence of a document, or standard input."""

    path: str
    system: System
    effects: abc.Sequence[StatementEffect] = field(default=())
    mistakes: tuple[Mistake, ...] = ()
