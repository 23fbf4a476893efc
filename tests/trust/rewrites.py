"""Ways to write the same script otherwise. None may change what an audit says of it."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence

from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.split import split

Rewrite = Callable[[str, random.Random], str]

TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<comment>--[^\n]*|/\*.*?\*/)
    |(?P<string>[eE]'(?:[^'\\]|\\.|'')*'|[uU]&'(?:[^']|'')*'|'(?:[^']|'')*'|\$(\w*)\$.*?\$\4\$)
    |(?P<quoted>[uU]&"(?:[^"]|"")*"|"(?:[^"]|"")*")|(?P<word>[A-Za-z_][\w$]*)
    |(?P<number>\d[\w.]*)|(?P<sign>::|[<>=!~@#&|?^*/%+-]+|.)""",
    re.S | re.X,
)
_BARRIER = re.compile(
    r"\s*(?:SET|BEGIN|COMMIT|ROLLBACK|START|DO|(?:CREATE|DROP)\s+SCHEMA|\\)", re.I
)
_CLIENT = re.compile(r"^\s*\\|\bCOPY\b|^\s*:", re.I | re.M)
_PATH = re.compile(r"\bsearch_path\b|\bSET\s+SCHEMA\b|\bCREATE\s+SCHEMA\b", re.I)
_BEFORE_TABLE = frozenset({"table", "on", "references", "only", "into", "exists"})
_EVENTS = frozenset({"delete", "update", "conflict", "commit", "insert"})


def tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of every token, spaces and comments included; they join to the text."""
    return [(found.lastgroup or "sign", found.group()) for found in TOKEN.finditer(text)]


def pieces(script: str) -> Iterator[tuple[str, str]]:
    """What stands before each statement, and the statement; last what follows all."""
    end = 0
    for statement in split(script):
        yield script[end : statement.offset], statement.text
        end = statement.offset + len(statement.text)
    yield script[end:], ""


def _by_statement(script: str, change: Callable[[str], str]) -> str:
    """The script with its SQL changed; commands of psql and data of COPY stay as they are."""
    made, end = [], 0
    for found in split(script):
        made.append(script[end : found.offset])
        made.append(change(found.text) if found.kind == "sql" else found.text)
        end = found.offset + len(found.text)
    return "".join((*made, script[end:]))


def spaced(script: str, dice: random.Random) -> str:
    """Other white space, also where none or where some need not be; a line break between strings
    joins them.
    """
    joints = ("\n", "\t", "  \n  ", "\r\n", " ")

    def change(text: str) -> str:
        made, before = "", ""
        for kind, part in tokens(text):
            if kind == "space":
                made += part if before == "string" else dice.choice(joints)
            elif kind == "sign" and part in "(),":
                made += dice.choice(("", " ", "\n")) + part + dice.choice(("", " ", "\n\n"))
            else:
                made += part + ("\n" if kind == "comment" else "")
            before = kind
        return made

    return _by_statement(script, change)


def commented(script: str, dice: random.Random) -> str:
    """Comments wherever there is white space, some with words that would matter elsewhere; but
    not between strings, which PostgreSQL then no longer reads as one, and in no psql command.
    """
    notes = ("/* x */", "-- DROP TABLE a; ';\n", "/* a /* nested */ ; */", "--\n", "")

    def change(text: str) -> str:
        made, before = "", ""
        for kind, part in tokens(text):
            free = kind == "space" and before != "string" and "\\" not in text
            made += f"\n{dice.choice(notes)} " if free else part
            before = kind
        return made

    return _by_statement(script, change)


def other_case(script: str, dice: random.Random) -> str:
    """Words outside quotes in another case, but for the names of psql's variables."""
    cases = (str.upper, str.lower, str.title)

    def change(text: str) -> str:
        made, before = "", ""
        for kind, part in tokens(text):
            free = kind == "word" and before != ":"
            made += dice.choice(cases)(part) if free else part
            before = part
        return made

    return _by_statement(script, change)


def line_ends(script: str, dice: random.Random) -> str:
    """As a file from Windows, behind a byte order mark."""
    marked = script.replace("\n", "\r\n")
    return "\ufeff" + re.sub(r"^(-- surface: \w+)\r$", r"\1", marked, flags=re.M)


def quoted(script: str, dice: random.Random) -> str:
    """Names of tables, columns, constraints and indexes in quotes."""
    names = _names(script)

    def change(text: str) -> str:
        return "".join(
            f'"{part}"' if kind == "word" and part in names else part for kind, part in tokens(text)
        )

    return _by_statement(script, change)


def split_alters(script: str, dice: random.Random) -> str:
    """One ALTER TABLE for each action."""
    return _by_statement(script, lambda text: ";\n".join(_actions(text)))


def joined_alters(script: str, dice: random.Random) -> str:
    """Consecutive ALTER TABLE of one table that add as one; a server would drop first."""
    made: list[str] = []
    head = ""
    for gap, text in pieces(script):
        actions = _head_and_actions(text)
        if actions is None or not re.match("ADD", actions[1], re.I):
            actions = ("", "")
        joins = actions[0] and actions[0] == head and not gap.strip("; \n")
        made.append(f", {actions[1]}" if joins else gap + text)
        head = actions[0]
    return "".join(made)


def reordered(script: str, dice: random.Random) -> str:
    """Neighbours that name nothing in common change places."""
    blocks = [(gap, text) for gap, text in pieces(script) if text]
    tail = "".join(gap for gap, text in pieces(script) if not text)
    if "-- surface:" in script or _CLIENT.search(script):
        return script  # where a surface begins, an order does; and what a client says has its place
    gaps = [gap.removeprefix(";") for gap, _ in blocks]
    order = list(range(len(blocks)))
    for _ in range(3 * len(order)):
        at = dice.randrange(max(1, len(order) - 1))
        pair = order[at : at + 2]
        if len(pair) == 2 and _independent(blocks[pair[0]][1], blocks[pair[1]][1]):
            order[at : at + 2] = pair[::-1]
    return "".join(f"\n{gaps[n]}\n{blocks[n][1]}\n;" for n in order) + tail.removeprefix(";")


def qualified(script: str, dice: random.Random) -> str:
    """Every table by its schema, `public`, where no other can be meant."""
    if _PATH.search(script):
        return script
    return _in_schema(script, "public")


def on_search_path(script: str, dice: random.Random) -> str:
    """The search path said, as it is anyway."""
    return f'SET search_path = "$user", public;\n{script}'


def _in_schema(script: str, schema: str) -> str:
    names = frozenset(t.name for t in replay([read_script(script, "a.sql", "postgresql")]).tables)

    def change(text: str) -> str:
        made, before, last = [], "", ""
        for kind, part in tokens(text):
            if kind == "word" and part in names and _names_table(before, last):
                made.append(f"{schema}.{part}")
            else:
                made.append(part)
            if kind not in ("space", "comment"):
                before, last = last, part.lower()
        return "".join(made)

    return _by_statement(script, change)


def _names_table(before: str, last: str) -> bool:
    return last in _BEFORE_TABLE and not (last == "on" and before in _EVENTS - {"insert", "update"})


def _names(script: str) -> frozenset[str]:
    """Names of the catalog that are no words of the grammar anywhere in the script."""
    catalog = replay([read_script(script, "a.sql", "postgresql")])
    found = {
        name
        for table in catalog.tables
        for name in (
            *(table.name, *(c.name for c in table.columns)),
            *(c.name for c in table.constraints),
            *(i.name for i in table.indexes),
        )
    }
    return frozenset(name for name in found if name.islower() and name not in KEYWORDS)


_KEYWORDS_WORDS = """
action check code column comment constraint date day default enabled format id_ index key level
name no note options order owner path policy position primary role row rows schema source state
statement status_ storage table tables text time timestamp title trigger type unique user value
values version view year zone
"""
KEYWORDS = frozenset(_KEYWORDS_WORDS.split())
"""Names that the grammar or a type may spell too."""


def _actions(text: str) -> Sequence[str]:
    found = _head_and_actions(text)
    if found is None:
        return [text]
    head, rest = found
    return [f"{head} {action.strip()}" for action in _top_level_parts(rest)]


def _head_and_actions(text: str) -> tuple[str, str] | None:
    """`ALTER TABLE name` and its actions; None for any other statement, also for RENAME and SET
    SCHEMA, which take no others beside them.
    """
    found = re.match(
        r'(ALTER\s+TABLE\s+(?:IF\s+EXISTS\s+)?(?:ONLY\s+)?[\w."]+)\s+(.*)', text, re.I | re.S
    )
    if found is None or re.match(r"RENAME|SET\s+SCHEMA|ATTACH|DETACH", found[2], re.I):
        return None
    return found[1], found[2]


def _top_level_parts(text: str) -> Iterable[str]:
    depth, part = 0, ""
    for kind, token in tokens(text):
        if kind == "sign":
            depth += token.count("(") + token.count("[") - token.count(")") - token.count("]")
        if token == "," and depth == 0:
            yield part
            part = ""
        else:
            part += token
    yield part


def _independent(first: str, second: str) -> bool:
    if _BARRIER.match(first) or _BARRIER.match(second):
        return False
    return not _words(first) & _words(second)


def _words(text: str) -> frozenset[str]:
    """Lower-case words that could be names of things which statements share."""
    words = (w.lower() for w in re.findall(r"[A-Za-z_]\w*", text))
    return frozenset(word for word in words if word not in _EVERYWHERE)


_EVERYWHERE_WORDS = """
create table index unique on add alter constraint primary key foreign references not null
default check integer bigint smallint int text varchar numeric boolean timestamptz timestamp
date jsonb uuid serial bigserial now id is comment column set as generated always identity by in
and or with time zone between if exists using true false for each row before after begin end
return returns function trigger execute language plpgsql new old update insert delete cascade
varying character char drop only validate valid enable disable security level to all select from
where grant revoke policy btree heir_id process_id created_at updated_at created_by orbt_layer
blueprint_version status unique_id current_timestamp public view type enum
"""
_EVERYWHERE = frozenset(_EVERYWHERE_WORDS.split())
"""The grammar, types, columns that most tables have: sharing them ties no statements."""

REWRITES: dict[str, Rewrite] = {
    "spaced": spaced,
    "commented": commented,
    "other case": other_case,
    "line ends": line_ends,
    "quoted": quoted,
    "split alters": split_alters,
    "joined alters": joined_alters,
    "reordered": reordered,
    "qualified": qualified,
    "on search path": on_search_path,
}
