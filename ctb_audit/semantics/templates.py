"""Formats as documents write them ("HEIR-YYYY-MM-SYSTEM-MODE-VN", `imo_{uuid}`) as patterns.

Words in capitals that name a part, and names in braces, stand for any value of that part; all else
stands for itself.
"""

import re
from collections.abc import Iterable, Mapping

from ctb_audit.lean import pattern

_NUMBERED = r"(?:\d{2}|V\d+)"  # what checks ask for stands first: probes are made of it
_WORDS: Mapping[str, str] = {
    "YYYY": r"\d{4}",
    "YYYYMMDD": r"\d{8}",
    "MM": r"\d{2}",
    "DD": r"\d{2}",
    "NN": r"\d{2}",
    "NNN": r"\d{3}",
    "VN": r"V\d+",
    "SYSTEM": "[A-Z]+",
    "MODE": "[A-Z]+",
    "ACTION": "[A-Z]+",
    "TABLE": "[A-Z][A-Z0-9_]*",
    "VERSION": r"V\d+",
    "EPOCH": r"\d{10}(?:\d{3})?",
    "EPOCHTIMESTAMP": r"\d{10}(?:\d{3})?",
    "TIMESTAMP": r"\d{10}(?:\d{3})?",
    "X": r"\d+",
    "Y": r"\d+",
    "Z": r"\d+",
    "N": r"\d+",
}
_HEX = "[0-9a-fA-F]"
_NAMED: Mapping[str, str] = {
    "uuid": f"{_HEX}{{8}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}",
    "timestamp": "[0-9TZ]{8,17}",
    "epoch": r"\d{10}(?:\d{3})?",
    "date": r"(?:\d{4}-\d{2}-\d{2}|\d{8})",
    "ver": r"\d+(?:\.\d+)*",
    "version": r"\d+(?:\.\d+)*",
    "n": r"\d+",
    "nn": r"\d{2}",
    "nnn": r"\d{3}",
}
_TOKEN = pattern(r"\{(?P<name>[^{}]+)\}|(?P<word>[A-Za-z]+)|(?P<other>.)", re.DOTALL)
_RANDOM = pattern(r"random(\d+)$")


def template_pattern(template: str, *, literal_number: bool = True) -> str:
    """The anchored pattern of a template. Without `literal_number` `VN` also accepts two digits,
    the way ids are numbered wherever they are checked.
    """
    parts = []
    for token in _TOKEN.finditer(template):
        if token["name"]:
            parts.append(_named(token["name"].strip()))
        elif token["word"] == "VN" and not literal_number:
            parts.append(_NUMBERED)
        elif token["word"]:
            parts.append(_WORDS.get(token["word"], token["word"]))
        else:
            parts.append(re.escape(token["other"]))
    return f"^{''.join(parts)}$"


def templates_pattern(templates: Iterable[str], *, literal_number: bool = True) -> str:
    """One pattern for several templates, any of which may be used."""
    found = [template_pattern(t, literal_number=literal_number) for t in templates]
    return found[0] if len(found) == 1 else f"^(?:{'|'.join(p[1:-1] for p in found)})$"


def _named(name: str) -> str:
    random = _RANDOM.match(name)
    if random and int(random[1][:3]) <= 255:
        return f"[0-9A-Za-z]{{{int(random[1][:3])}}}"
    if name.upper() == name and name in _WORDS:
        return _WORDS[name]
    return _NAMED.get(name.lower(), "[0-9A-Za-z_]+")
