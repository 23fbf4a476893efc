"""The compliance log for people and programs: runs, days, and what two audits differ in."""

import csv
import io
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ctb_audit.log import LogRow
from ctb_audit.report.inert import inert, inert_json
from ctb_audit.result import grade_of
from ctb_audit.standard import SEVERITIES

Listing = Sequence[Mapping[str, Any]]
_COLUMNS = ("log_id", "at", "action", "status", "score", "grade", "findings", "standard")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def listed(row: LogRow, table: str | None = None) -> dict[str, Any]:
    """A run as a plain value; with `table`, that table's score and level in it."""
    actions = row.actions
    counts = actions.get("findings")
    value = {
        "log_id": row.log_id,
        "heir_id": row.heir_id,
        "at": f"{row.at:%Y-%m-%dT%H:%M:%SZ}",
        "action": row.action,
        "status": row.status,
        "score": None if actions.get("unscored") or "error" in actions else row.score,
        "grade": None if actions.get("unscored") or "error" in actions else grade_of(row.score),
        "findings": sum(counts.values()) if isinstance(counts, dict) else None,
        "standard": actions.get("standard"),
        "revision": actions.get("revision"),
        "report_path": row.report_path or actions.get("report_path"),
        "created_by": row.created_by,
        "error": actions.get("error"),
    }
    if table is not None:
        value["tables"] = [
            {"name": t["name"], "system": t["system"], "level": t["level"], "score": t["score"]}
            for t in tables_named(row, table)
        ]
    return value


def tables_named(row: LogRow, name: str) -> list[Mapping[str, Any]]:
    """The tables of a run by `schema.table`, or by the bare name in any schema."""
    tables: Sequence[Mapping[str, Any]] = row.actions.get("tables") or ()
    wanted = name.lower()
    return [
        t
        for t in tables
        if t["name"].lower() == wanted or t["name"].rpartition(".")[2].lower() == wanted
    ]


def table_names(row: LogRow) -> set[str]:
    """The names that `tables_named` finds something by."""
    names = [str(t["name"]) for t in row.actions.get("tables") or ()]
    return {*names, *(name.rpartition(".")[2] for name in names)}


def daily(rows: Sequence[LogRow]) -> list[dict[str, Any]]:
    """Audits by day, the latest first: what `view_compliance_history` says."""
    days: dict[str, list[int]] = {}
    for row in rows:
        if row.action == "audit":
            days.setdefault(f"{row.at:%Y-%m-%d}", []).append(row.score)
    return [
        {
            "audit_date": day,
            "action_type": "audit",
            "avg_score": round(sum(scores) / len(scores), 2),
            "audit_count": len(scores),
        }
        for day, scores in sorted(days.items(), reverse=True)
    ]


def as_json(value: Any) -> str:
    return inert_json(json.dumps(value, ensure_ascii=False, indent=2)) + "\n"


def as_csv(rows: Listing) -> str:
    """RFC 4180 with a head line; a cell that a spreadsheet would compute is quoted by `'`."""
    made = io.StringIO()
    flat = [_flat(row) for row in rows]
    if flat:
        writer = csv.DictWriter(made, list(flat[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows({key: _cell(value) for key, value in row.items()} for row in flat)
    return made.getvalue()


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Tables in one cell: `schema.table=score`."""
    joined = "; ".join(f"{t['name']}={t['score']}" for t in row.get("tables", ()))
    return {**row, "tables": joined} if "tables" in row else dict(row)


def _cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    shown = inert(value)
    return f"'{shown}" if shown.startswith(_FORMULA) else shown


def as_text(rows: Listing) -> str:
    """A table in columns, one run a line."""
    if not rows:
        return "no runs\n"
    names = [n for n in _COLUMNS if n in rows[0]] or list(rows[0])
    lines = [[_shown(row.get(n)) for n in names] for row in rows]
    if "tables" in rows[0]:
        names = [*names, "tables"]
        lines = [
            [*line, _shown(_flat(row)["tables"])] for line, row in zip(lines, rows, strict=True)
        ]
    table = [names, *lines]
    widths = [max(len(line[n]) for line in table) for n in range(len(names))]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        + "\n"
        for line in table
    )


def _shown(value: Any) -> str:
    return "-" if value is None else inert(str(value))


# ---- two runs ----------------------------------------------------------------------------------


def difference(before: LogRow, after: LogRow) -> dict[str, Any]:
    """What was fixed, is new, or changed from one audit to another, as a plain value."""
    old, new = _open(before), _open(after)
    waived = {f["fingerprint"] for f in after.issues if f.get("waiver")}
    gone = [f for key, f in old.items() if key not in new]
    return {
        "before": listed(before),
        "after": listed(after),
        "same_standard": before.actions.get("standard_hash") == after.actions.get("standard_hash"),
        "fixed": [f for f in gone if f["fingerprint"] not in waived],
        "waived": [f for f in gone if f["fingerprint"] in waived],
        "new": [f for key, f in new.items() if key not in old],
        "severity_changed": [
            {**new[key], "severity_before": old[key]["severity"]}
            for key in new
            if key in old and new[key]["severity"] != old[key]["severity"]
        ],
        "tables": _tables(before, after),
    }


def _open(row: LogRow) -> dict[str, Mapping[str, Any]]:
    return {f["fingerprint"]: f for f in row.issues if not f.get("waiver")}


def _tables(before: LogRow, after: LogRow) -> list[dict[str, Any]]:
    """Tables that came, went, or changed their level or score."""
    old, new = (
        {(t["system"], t["name"]): t for t in row.actions.get("tables") or ()}
        for row in (before, after)
    )
    found = []
    for key in dict.fromkeys((*old, *new)):
        one, two = old.get(key, {}), new.get(key, {})
        sides = [(t.get("level"), t.get("score")) for t in (one, two)]
        if sides[0] != sides[1]:
            found.append(
                {
                    "system": key[0],
                    "name": key[1],
                    "level_before": one.get("level"),
                    "level": two.get("level"),
                    "score_before": one.get("score"),
                    "score": two.get("score"),
                }
            )
    return found


def difference_text(found: Mapping[str, Any]) -> str:
    """The difference for people."""
    before, after = found["before"], found["after"]
    lines = [
        f"{before['log_id']}  {before['at']}  {_shown(before['score'])}",
        f"{after['log_id']}  {after['at']}  {_shown(after['score'])}",
    ]
    if not found["same_standard"]:
        lines.append("the standard differs, so findings may come and go without a change of schema")
    for title in ("fixed", "waived", "new"):
        lines += _section(title, found[title])
    if found["severity_changed"]:
        lines.append(f"severity changed ({len(found['severity_changed'])})")
        lines += [
            f"  {f['severity_before']} -> {_finding_line(f)}" for f in found["severity_changed"]
        ]
    lines += _table_lines(found["tables"])
    return "".join(inert(line) + "\n" for line in lines)


def _section(title: str, findings: Sequence[Mapping[str, Any]]) -> list[str]:
    counts = Counter(f["severity"] for f in findings)
    listed_ = ", ".join(f"{counts[s]} {s.lower()}" for s in SEVERITIES if counts[s])
    head = f"{title} ({len(findings)}{': ' + listed_ if listed_ else ''})"
    return [head, *(f"  {_finding_line(f)}" for f in findings)]


def _finding_line(finding: Mapping[str, Any]) -> str:
    where = finding["table"] or finding["object"] or ""
    return f"{finding['severity']:<8}  {where}: {finding['message']}  ({finding['rule']})"


def _table_lines(tables: Sequence[Mapping[str, Any]]) -> list[str]:
    levels = [t for t in tables if t["level_before"] and t["level"]]
    changed = [t for t in levels if t["level_before"] != t["level"]]
    lines = [f"{t['name']}: level {t['level_before']} -> {t['level']}" for t in changed]
    lines += [
        f"{t['name']}: new table, {_shown(t['score'])}" for t in tables if not t["level_before"]
    ]
    lines += [f"{t['name']}: gone" for t in tables if not t["level"]]
    lines += [
        f"{t['name']}: score {_shown(t['score_before'])} -> {_shown(t['score'])}"
        for t in levels
        if t["score_before"] != t["score"]
    ]
    return [f"tables ({len(tables)})", *(f"  {line}" for line in lines)] if lines else []
