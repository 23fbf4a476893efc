r"""What psql's own lines do to the statements around them.

`\i` and `\ir` are includes, `\connect` starts a session, `\set` gives variables values that later
statements use. A condition that psql would decide from what this reader does not know leaves
the statements inside undecided; `\gexec` and `\!` run what cannot be seen.
"""

import re
from dataclasses import field

from ctb_audit.lean import dataclass, pattern
from ctb_audit.sources.ddl.operations import Include, Operation, SetSearchPath
from ctb_audit.sources.ddl.statement import Statement

WITHOUT_EFFECT = frozenset(
    {"?", "a", "C", "d", "e", "f", "g", "H", "h", "l", "o", "p", "r", "s", "T", "t", "w", "x", "z"}
    | {
        "bind",
        "bind_named",
        "close",
        "close_prepared",
        "conninfo",
        "copy",
        "copyright",
        "crosstabview",
        "echo",
        "ef",
        "encoding",
        "endpipeline",
        "errverbose",
        "ev",
        "flush",
        "flushrequest",
    }
    | {
        "gdesc",
        "getenv",
        "getresults",
        "gset",
        "gx",
        "help",
        "lo_export",
        "lo_import",
        "lo_list",
        "lo_unlink",
        "out",
        "parse",
        "password",
        "print",
        "prompt",
        "pset",
    }
    | {
        "qecho",
        "reset",
        "restrict",
        "sendpipeline",
        "set",
        "setenv",
        "sf",
        "startpipeline",
        "sv",
        "syncpipeline",
        "timing",
        "unrestrict",
        "unset",
        "warn",
        "watch",
        "write",
    }
)
"""Commands after which the schema and the files to read are as before."""

_COMMAND = pattern(r"\\(\?|!|[A-Za-z_]+)\+?[ \t]*(.*)", re.S)
_ARGUMENT = pattern(r"""(?:'(?:[^'\\]|\\.|'')*'|"(?:[^"]|"")*"|[^\s'"\\]|\\(?!\\))+""")
_PIECE = pattern(r"""'((?:[^'\\]|\\.|'')*)'|"((?:[^"]|"")*)"|([^'"]+)""")
_VARIABLE = pattern(
    r"""(?P<skip>E'(?:[^'\\]|\\.|'')*+'|--[^\n]*+|/\*.*?\*/|\$\w*\$|::)"""
    r"""|(?<![:\w]):(?:'(?P<literal>\w+)'|"(?P<identifier>\w+)"|(?P<plain>[A-Za-z_]\w*))"""
    r"""|'[^']*+'|"[^"]*+\"""",
    re.S | re.I,
)
_TRUE = frozenset(("true", "on", "yes", "1"))
_FALSE = frozenset(("false", "off", "no", "0"))


@dataclass(slots=True)
class Session:
    r"""What psql's lines have said so far.

    `conditions` holds two facts for each open `\if`: whether the branch at hand runs, and whether
    one up to now did; None where that is not known. `quit`: psql reads no further.
    """

    variables: dict[str, str] = field(default_factory=dict)
    conditions: list[tuple[bool | None, bool | None]] = field(default_factory=list)
    quit: bool = False

    @property
    def runs(self) -> bool | None:
        """Whether psql runs the statement at hand; None where that is not known."""
        if not self.conditions:
            return True
        branches = [runs for runs, _ in self.conditions]
        if False in branches:
            return False
        return None if None in branches else True

    def line(self, text: str) -> tuple[tuple[Operation, ...], str]:
        """What a line does, and why it is not understood ("" where it is)."""
        command = _COMMAND.match(text)
        if command is None:
            return (), ""
        name, rest = command.groups()
        if name in ("if", "elif", "else", "endif"):
            return (), self._branch(name, rest)
        if self.runs is False:
            return (), ""
        return self._command(name, [_unquoted(a) for a in _ARGUMENT.findall(rest)])

    def _command(self, name: str, arguments: list[str]) -> tuple[tuple[Operation, ...], str]:
        first = arguments[0] if arguments else ""
        match name:
            case "i" | "include" | "ir" | "include_relative" if first:
                path = self.substituted(first)
                return (Include(path, relative=name in ("ir", "include_relative")),), ""
            case "c" | "connect":
                return (SetSearchPath(None),), ""
            case "set" if first:
                self.variables[first] = "".join(arguments[1:])
            case "unset":
                self.variables.pop(first, None)
            case "q" | "quit":
                self.quit = True
        return (), _reason(name)

    def _branch(self, name: str, rest: str) -> str:
        if name == "if":
            runs = self._decided(rest)
            self.conditions.append((runs, runs))
            return ""
        if not self.conditions:
            return f"\\{name} without \\if"
        _, before = self.conditions.pop()
        if name != "endif":
            runs = self._decided(rest) if name == "elif" else True
            if before is not False:
                runs = False if before or runs is False else None
            taken = True if True in (before, runs) else None if None in (before, runs) else False
            self.conditions.append((runs, taken))
        return ""

    def _decided(self, rest: str) -> bool | None:
        value = self.substituted(rest.strip()).strip("'\"").lower()
        return True if value in _TRUE else False if value in _FALSE else None

    def substituted(self, text: str) -> str:
        """`text` with the variables that the script has set."""
        names = self.variables
        if not names or not any(f":{q}{n}" in text for n in names for q in ("", "'", '"')):
            return text
        return _VARIABLE.sub(self._value, text)

    def _value(self, found: re.Match[str]) -> str:
        name = found["literal"] or found["identifier"] or found["plain"]
        value = self.variables.get(name) if name else None
        if value is None:
            return found.group()
        if found["literal"]:
            return "'" + value.replace("'", "''") + "'"
        return '"' + value.replace('"', '""') + '"' if found["identifier"] else value


def _reason(name: str) -> str:
    """Why a command is not understood, "" where it is."""
    known = {
        "q": "psql stops here, what follows is not run",
        "quit": "psql stops here, what follows is not run",
        "gexec": "\\gexec runs statements that a query makes",
        "!": "a shell command may do anything",
        "cd": "\\cd moves where includes are looked for",
    }
    if name in known:
        return known[name]
    if name in WITHOUT_EFFECT or name.startswith("d"):
        return ""
    return f"\\{name} is no command of psql that is known here"


def variable_used(statement: Statement) -> str:
    """The first psql variable that a statement uses, "" where it uses none."""
    for found in _VARIABLE.finditer(statement.text):
        name = found["literal"] or found["identifier"] or found["plain"]
        if name:
            return str(name)
    return ""


def _unquoted(argument: str) -> str:
    pieces: list[str] = []
    for single, double, plain in _PIECE.findall(argument):
        if single:
            pieces.append(re.sub(r"\\(.)", r"\1", single.replace("''", "'")))
        else:
            pieces.append(f'"{double}"' if double else plain)
    return "".join(pieces)
