"""Passwords that stand in a text, hidden: the last line of defence of messages.

Messages are made without secrets where they arise. What a user mistypes, a URL in place of a
command or a path, is quoted by code that does not know what it quotes.
"""

import re

from ctb_audit.lean import pattern

_URL = pattern(
    r"\b([a-z][a-z0-9+.-]*:/{1,2}[^\s/:@]*):[^\n]*@", re.I
)  # any @ may be the password's
_USER = pattern(r"(?<![\w@.-])([\w.-]+):(?!/)[^\s@]+@(?=[\w\[])")
_QUERY = pattern(r"\b([a-z][a-z0-9+.-]*:/{1,2}[^\s?'\"]*)\?[^\s'\"]+", re.I)
_SETTING = pattern(r"\b((?:ssl)?password|passwd|pwd)(\s*=\s*)('[^']*'|[^\s&;,)]+)", re.I)


def redacted(text: str) -> str:
    """`text` with the passwords of URLs and connection strings as `***`; rather more than less."""
    if "@" in text:
        text = _USER.sub(r"\1:***@", _URL.sub(r"\1:***@", text))
    return _SETTING.sub(r"\1\2***", _QUERY.sub(r"\1?***", text)) if "=" in text else text
