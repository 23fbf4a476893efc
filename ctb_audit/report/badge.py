"""An audit as a badge: an SVG of its score and grade that loads nothing."""

from html import escape

from ctb_audit.result import Audit

_COLOURS = {"EXCELLENT": "#2e7d32", "GOOD": "#558b2f", "NEEDS WORK": "#b35900", "FAIL": "#c62828"}
_NO_SCORE = "#616161"
_CHARACTER = 6.6  # pixels of 11 px Verdana, on average
_PADDING = 10


def audit_badge(audit: Audit, label: str = "schema") -> str:
    """The badge: `schema | 84 GOOD`, white on a colour of enough contrast."""
    value = "no score" if audit.score is None else f"{audit.score} {audit.grade}"
    colour = _COLOURS.get(audit.grade or "", _NO_SCORE)
    left, right = (round(len(text) * _CHARACTER) + _PADDING for text in (label, value))
    title = escape(f"{label}: {value}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" '
        f'role="img" aria-label="{title}">\n'
        f"<title>{title}</title>\n"
        f'<clipPath id="r"><rect width="{left + right}" height="20" rx="3"/></clipPath>\n'
        '<g clip-path="url(#r)">\n'
        f'<rect width="{left}" height="20" fill="#424242"/>\n'
        f'<rect x="{left}" width="{right}" height="20" fill="{colour}"/>\n'
        "</g>\n"
        '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
        'font-size="11">\n'
        f'<text x="{left / 2:g}" y="14">{escape(label)}</text>\n'
        f'<text x="{left + right / 2:g}" y="14">{escape(value)}</text>\n'
        "</g>\n</svg>\n"
    )
