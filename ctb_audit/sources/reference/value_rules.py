"""Rules for values in prose, by the grammar of STANDARD section 6 and nothing looser.

A sentence states one when it follows `<column> [must be [one of]]:` with quoted tokens or bounds,
or says "positive", "non-empty", "must be unique" or gives a `format:`. Any other is not understood.
"""

import re
from collections.abc import Iterator

from ctb_audit.document_model import RuleKind, ValueRule
from ctb_audit.lean import pattern
from ctb_audit.model import Location
from ctb_audit.sources.reference.wording import LONGEST

_LABEL = r"`?(?P<label>[A-Za-z_][\w -]{0,60}?)`?(?:\s*+\((?:[^()]|\(\d++(?:,\s*+\d++)?\))*+\))?"
_MUST = pattern(
    rf"^{_LABEL}(?:\s++must\s++be|\s*+:)\s++(?:an?\s++)?(?P<kind>positive|non-empty|unique)\b", re.I
)
_FORMAT = pattern(
    rf"^{_LABEL}\s++(?:must\s++(?:follow|match|have|be\s++in)\s++(?:the\s++)?)?format\s*+:\s*+"
    r"(?P<rest>.+)$",
    re.I,
)
_LIST = pattern(rf"^{_LABEL}(?:\s++must\s++be(?:\s++one\s++of)?)?\s*+:\s*+(?P<rest>.+)$", re.I)
_OPEN, _CLOSE = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"
_TOKEN = pattern(rf"`([^`]+)`|\"([^\"]+)\"|'([^']+)'|{_OPEN}([^{_CLOSE}]+){_CLOSE}")
_BETWEEN = pattern(r"(?:\s|,|/|\||\bor\b|\band\b)*", re.I)
_RANGE = pattern(
    r"^`?(?P<low>-?\d+(?:\.\d+)?)`?\s*(?:-|\N{EN DASH}|\N{EM DASH}|\bto\b|\.\.)\s*"
    r"`?(?P<high>-?\d+(?:\.\d+)?)`?(?![\w.-])\s*(?:\([^()]*\))?\.?$"
)
_NO_NULLS = pattern(r"^no null values (?:for|in) (?P<rest>[\w`, ]+)$", re.I)
_REQUIRED = pattern(
    r"^`?(?P<label>[A-Za-z_][\w -]{0,60}?)`?\s+(?:is\s+)?required\b\s*(?:\([^()]*\))?\.?$", re.I
)
_REMARK = pattern(r"\s*(?:\([^()]*\))?\.?\s*")


def value_rule(text: str, location: Location) -> ValueRule | None:
    """The rule that a sentence states; None where the grammar does not read it."""
    if len(text) > LONGEST:
        return None
    line = text.replace("**", "").strip()
    must = _MUST.match(line)
    if must:
        return _rule(must["kind"].lower(), must["label"], text, location)
    format_ = _FORMAT.match(line)
    if format_:
        templates = _tokens(format_["rest"], least=1)
        return _rule("format", format_["label"], text, location, formats=templates)
    listed = _LIST.match(line)
    return _listed(listed["label"], listed["rest"], text, location) if listed else None


def _listed(label: str, rest: str, text: str, location: Location) -> ValueRule | None:
    bounds = _RANGE.match(rest)
    if bounds:
        return _rule("range", label, text, location, low=bounds["low"], high=bounds["high"])
    values = _tokens(rest, least=2)
    return _rule("values", label, text, location, values=values) if values else None


def _tokens(text: str, *, least: int) -> tuple[str, ...]:
    """Quoted tokens that fill the text, a final remark in brackets apart; () for any other."""
    found: list[str] = []
    place = 0
    while match := _TOKEN.match(text, place):
        found.append(next(group for group in match.groups() if group is not None))
        between = _BETWEEN.match(text, match.end())
        place = between.end() if between else match.end()
    rest = _REMARK.fullmatch(text, place)
    return tuple(found) if len(found) >= least and rest else ()


def _rule(
    kind: str,
    label: str,
    text: str,
    location: Location,
    *,
    values: tuple[str, ...] = (),
    low: str = "",
    high: str = "",
    formats: tuple[str, ...] = (),
) -> ValueRule | None:
    if kind == "format" and not formats:
        return None
    chosen: RuleKind = kind  # type: ignore[assignment]  # the patterns list the kinds
    return ValueRule(chosen, column_label(label), text, location, values, low, high, formats)


def required_rules(text: str, location: Location) -> tuple[ValueRule, ...]:
    """What a sentence says must be there: `No NULL values for a, b`, `Password hashing required`.

    Beside the grammar of values; () for any other sentence.
    """
    line = text.replace("**", "").strip() if len(text) <= LONGEST else ""
    listed = _NO_NULLS.match(line)
    if listed:
        labels = [t for t in re.split(r"[\s,`]+|\band\b", listed["rest"]) if t]
    else:
        needed = _REQUIRED.match(line)
        labels = [re.sub(r"ing$", "", needed["label"].strip())] if needed else []
    return tuple(ValueRule("required", column_label(t), text, location) for t in labels)


def column_label(label: str) -> str:
    """A label in a column's spelling: "Task types" is `task_types`."""
    return re.sub(r"[\s-]+", "_", label.strip().strip("`").lower())


def column_forms(label: str) -> Iterator[str]:
    """The columns that a label may mean, as written first, then in the singular."""
    yield label
    if label.endswith("ies"):
        yield f"{label[:-3]}y"
    if label.endswith("es"):
        yield label[:-2]
    if label.endswith("s"):
        yield label[:-1]
