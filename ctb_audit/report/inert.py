"""Names and comments of other people, made harmless for a terminal or a document."""

import re

from ctb_audit.lean import pattern

# C0 and C1 controls, DEL, zero-width and bidirectional marks, line and paragraph separators
_ACTIVE = pattern(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_MARKDOWN = pattern(r"([\\`*\[\]|~$]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z])|^[-+#=])")
_NUMBERED = pattern(r"^(\d+)([.)])")
# what renderers link or look up by themselves, and HTML
_ENTITIES = {
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "@": "&#64;",
    "://": "&#58;//",
    "www.": "www&#46;",
}
_LOOKED_UP = pattern("[<>&@]|://|www\\.")


def inert(text: str) -> str:
    """The text with control, zero-width and direction marks written as escapes."""
    if text.isascii() and text.isprintable():
        return text
    return _ACTIVE.sub(lambda m: m[0].encode("unicode_escape").decode(), text)


def inert_markdown(text: str) -> str:
    """The text as Markdown that renders as itself: no link, image, tag, mention or table cell."""
    escaped = _NUMBERED.sub(r"\1\\\2", _MARKDOWN.sub(r"\\\1", inert(text)))
    return _LOOKED_UP.sub(lambda m: _ENTITIES[m[0]], escaped)


def inert_code(text: str) -> str:
    """The text as a Markdown code span, also inside a table."""
    shown = inert(text)
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if "`" in shown else ""
    return f"{fence}{pad}{shown}{pad}{fence}".replace("|", "\\|")


def inert_html(text: str) -> str:
    """The text with control marks escaped and HTML's own characters as entities."""
    from html import escape

    return escape(inert(text), quote=True)


def inert_json(text: str) -> str:
    """A JSON text of the same value in which such marks are written as escapes.

    JSON itself escapes only the C0 controls, and a terminal obeys others too.
    """
    if text.isascii() and "\x7f" not in text:
        return text
    return _ACTIVE.sub(lambda m: m[0] if m[0] in "\t\n\r" else f"\\u{ord(m[0]):04x}", text)
