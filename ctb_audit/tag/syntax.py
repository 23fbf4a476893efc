"""Which comments a file may hold, and which of its first lines must stay first."""

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from ctb_audit.lean import dataclass, pattern

Lines = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Syntax:
    """How one kind of file writes comments.

    `line`: what begins a line comment, "" where there is none. `opening`, `closing`: of a block
    comment that is used in its place. Both are empty where the format has no comments. `first`:
    lines that must stay at the top as long as they match one after the other. `required`: there
    must be such a line, since what stands above it is no program.
    """

    name: str
    line: bytes = b""
    opening: bytes = b""
    closing: bytes = b""
    first: re.Pattern[bytes] | None = None
    required: bool = False

    @property
    def has_comments(self) -> bool:
        return bool(self.line or self.opening)


_CODING = pattern(rb"[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+")
_PRAGMA = pattern(rb"@(?:jest-environment|flow|format|jsx|generated|ts-(?:no)?check)\b")
_HASH = Syntax("hash", b"#")
_SLASHES = Syntax(
    "slashes",
    b"//",
    first=pattern(rb"//[ \t]*(?:@(?:flow|ts-(?:no)?check)\b|swift-tools-version\b)"),
)
_PHP = Syntax(
    "php",
    b"//",
    first=pattern(
        rb"<\?php[ \t]*(?:declare\([^)]*\);)?[ \t]*(?:(?://|#)[^?\r\n]*)?[\r\n]*\Z", re.I
    ),
    required=True,
)
_DASHES = Syntax("dashes", b"--", first=pattern(rb"--[ \t]*liquibase formatted sql", re.I))
_MARKUP = Syntax("markup", opening=b"<!--", closing=b"-->", first=pattern(rb"\s*<!doctype\b", re.I))
_XML = Syntax("xml", opening=b"<!--", closing=b"-->")
_STYLE = Syntax("style", opening=b"/*", closing=b"*/", first=pattern(rb"@charset\b"))
_MARKDOWN = Syntax("markdown", opening=b"<!--", closing=b"-->")
_PYTHON = Syntax("python", b"#")
_RUBY = Syntax("ruby", b"#", first=pattern(rb"#.*(?:coding|frozen_string_literal|warn_indent):"))
_YAML = Syntax("yaml", b"#", first=pattern(rb"#cloud-config\b|#[ \t]*yaml-language-server:|%"))
_TOML = Syntax("toml", b"#", first=pattern(rb"#:schema\b"))
_DOCKER = Syntax("docker", b"#", first=pattern(rb"#[ \t]*(?:syntax|escape|check)[ \t]*=", re.I))
_NONE = Syntax("none")

_BY_SUFFIX: Mapping[str, Syntax] = {
    **dict.fromkeys((".py", ".pyi"), _PYTHON),
    **dict.fromkeys((".sh", ".bash", ".zsh", ".fish", ".ps1", ".pl", ".pm", ".r", ".jl"), _HASH),
    **dict.fromkeys((".tf", ".hcl", ".mk", ".ex", ".exs", ".nix", ".graphql", ".gql"), _HASH),
    ".rb": _RUBY,
    **dict.fromkeys((".yaml", ".yml"), _YAML),
    ".toml": _TOML,
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx"), _SLASHES),
    **dict.fromkeys((".go", ".rs", ".java", ".kt", ".kts", ".swift", ".cs", ".scala"), _SLASHES),
    **dict.fromkeys((".c", ".h", ".cc", ".cpp", ".hpp"), _SLASHES),
    ".php": _PHP,
    **dict.fromkeys((".proto", ".rules", ".dart", ".jsonc", ".prisma"), _SLASHES),
    **dict.fromkeys((".sql", ".ddl", ".psql", ".pgsql", ".lua"), _DASHES),
    **dict.fromkeys((".html", ".htm", ".vue", ".svelte"), _MARKUP),
    **dict.fromkeys((".xml", ".svg"), _XML),
    **dict.fromkeys((".css", ".scss", ".less"), _STYLE),
    **dict.fromkeys((".md", ".markdown"), _MARKDOWN),
    **dict.fromkeys((".json", ".txt"), _NONE),
}
_BY_NAME: Mapping[str, Syntax] = {
    **dict.fromkeys(("dockerfile", "containerfile"), _DOCKER),
    **dict.fromkeys(("makefile", "gnumakefile", "requirements.txt"), _HASH),
}
_FRONT_MATTER = {b"---": (b"---", b"..."), b"+++": (b"+++",)}


def syntax_of(path: str) -> Syntax | None:
    """The syntax of a file by its name, None where it is not known."""
    name = PurePosixPath(path)
    return _BY_NAME.get(name.name.lower()) or _BY_SUFFIX.get(name.suffix.lower())


def is_taggable(name: str) -> bool:
    return syntax_of(name) is not None


def begins_rightly(lines: Lines, syntax: Syntax) -> bool:
    """Whether one of the first lines is of those that must stay there."""
    return syntax.first is not None and any(syntax.first.match(line) for line in lines)


def preamble(lines: Lines, syntax: Syntax) -> int:
    """How many first lines must stay first: interpreter, encoding, declarations, front matter."""
    count = 1 if lines and lines[0].startswith(b"#!") else 0
    if syntax is _PYTHON:
        return next((n + 1 for n in (1, 0) if _is_coding(lines, n)), count)
    if syntax is _XML:
        return count + _declaration(lines[count:])
    if len(lines) > count and b"-*-" in lines[count]:
        count += 1
    if syntax.opening:
        count += _front_matter(lines[count:])
    if syntax is _SLASHES:
        count += _docblock(lines[count:])
    while syntax.first and count < len(lines) and syntax.first.match(lines[count]):
        count += 1
    return count


def _is_coding(lines: Lines, number: int) -> bool:
    if number >= len(lines) or not _CODING.match(lines[number]):
        return False
    return number == 0 or lines[0].lstrip()[:1] in (b"#", b"")


def _front_matter(lines: Lines) -> int:
    closings = _FRONT_MATTER.get(lines[0].rstrip()) if lines else None
    if closings is None:
        return 0
    rest = enumerate(lines[1:], 2)
    return next((number for number, line in rest if line.rstrip() in closings), 0)


def _declaration(lines: Lines) -> int:
    if not lines or not lines[0].startswith(b"<?xml"):
        return 0
    return next((number for number, line in enumerate(lines, 1) if b"?>" in line), 0)


def _docblock(lines: Lines) -> int:
    """A leading `/** ... */` that tells a tool how to read the file."""
    if not lines or not lines[0].startswith(b"/*"):
        return 0
    end = next((number for number, line in enumerate(lines, 1) if b"*/" in line), 0)
    return end if _PRAGMA.search(b"".join(lines[:end])) else 0
