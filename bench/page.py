"""The page and the plot of the benchmarks."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10

from bench.measure import Result

BAR, GAP, LEFT, WIDTH = 16, 6, 190, 560


@dataclass(frozen=True)
class Part:
    """One input: `ctb` is held against the result `limit`, at most `goal` times of it."""

    title: str
    limit: str
    goal: float
    results: Sequence[Result]
    by_clock: bool = False  # a server or a second process works at the same time

    @property
    def against(self) -> Result:
        return next(r for r in self.results if r.name == self.limit)

    def times(self, result: Result) -> float:
        if self.by_clock:
            return result.wall / self.against.wall
        return result.cpu / self.against.cpu

    @property
    def own(self) -> Result:
        return next(r for r in self.results if r.name == "ctb")


def page(parts: Sequence[Part], grown: Sequence[Result], peers: Sequence[str], limit: float) -> str:
    named = ", ".join(peers) or "none found"
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m bench.speed`; do not edit. Inputs come from `bench/generate.py`.",
        f"Medians of runs in turn on {os.cpu_count()} cores, Python {platform.python_version()}.",
        f"Peers: {named}. A command past {limit:g} s is stopped (`>`).",
        "Ratios are of processor seconds, all processes of a command together: they hold on a",
        "machine that others use too. Where a server or a second process works at the same time",
        "(large dumps, live databases, growth) they are of seconds on the clock, while nothing",
        "else ran. sqlfluff passes over files of more than 20 kB unless told otherwise.",
        "",
        "![Seconds by tool and input](benchmarks.svg)",
        "",
    ]
    for part in parts:
        lines += _table(part)
    return "\n".join([*lines, *_growth(grown)]) + "\n"


def _table(part: Part) -> list[str]:
    ratio = part.times(part.own)
    met = "met" if ratio <= part.goal else f"missed by {ratio - part.goal:.2f}"
    lines = [
        f"## {part.title}",
        "",
        f"`ctb` takes {ratio:.2f} times `{part.limit}` (goal: at most {part.goal:g}, {met}).",
        "",
        f"| | clock s | processor s | peak MB | times `{part.limit}` |",
        "|---|---|---|---|---|",
    ]
    for r in part.results:
        sign = "" if r.finished else "> "
        times = f"{sign}{part.times(r):.2f}"
        lines.append(
            f"| {r.name} | {sign}{r.wall:.3f} | {sign}{r.cpu:.3f} | {r.peak:.0f} | {times} |"
        )
    return [*lines, ""]


def _growth(grown: Sequence[Result]) -> list[str]:
    lines = [
        "## Growth",
        "",
        "Goal: twice the tables take at most 2.1 times as long.",
        "",
        "| tables | clock s | processor s | peak MB | per doubling |",
        "|---|---|---|---|---|",
    ]
    before: Result | None = None
    for r in grown:
        if not r.finished:
            lines.append(f"| {r.name} | > {r.wall:.0f} | | | |")
            continue
        factor = "" if before is None else f"{_doubling(before, r):.2f}"
        lines.append(f"| {r.name} | {r.wall:.2f} | {r.cpu:.2f} | {r.peak:.0f} | {factor} |")
        before = r
    return lines


def _doubling(before: Result, after: Result) -> float:
    tables = [int(r.name.replace(",", "")) for r in (before, after)]
    power = log10(after.wall / before.wall) / log10(tables[1] / tables[0])
    return float(2**power)


def plot(parts: Sequence[Part]) -> str:
    """Bars on a logarithmic scale, 1 ms to 100 s of the clock."""
    rows: list[str] = []
    y = 10
    for part in parts:
        y += BAR
        rows.append(f'<text x="4" y="{y}" font-weight="bold">{part.title}</text>')
        y += GAP
        for r in part.results:
            length = max(2.0, (log10(max(r.wall, 0.001)) + 3) / 5 * WIDTH)
            colour = "#2f7d4f" if r.name == "ctb" else "#9aa5b1"
            label = f"{'' if r.finished else '&gt; '}{r.wall:.3f} s"
            rows += [
                f'<text x="{LEFT - 8}" y="{y + 12}" text-anchor="end">{r.name}</text>',
                f'<rect x="{LEFT}" y="{y}" width="{length:.0f}" height="{BAR}" fill="{colour}"/>',
                f'<text x="{LEFT + length + 6:.0f}" y="{y + 12}">{label}</text>',
            ]
            y += BAR + GAP
    size = f'width="{LEFT + WIDTH + 90}" height="{y + 10}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" font-size="12">'
    )
    return (
        "\n".join([head, '<rect width="100%" height="100%" fill="#fff"/>', *rows, "</svg>"]) + "\n"
    )
