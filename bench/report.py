"""Size and time of the HTML report: `python bench/report.py [--tables 500] [--output page.html]`.

Makes a schema of that many tables, audits it, writes the report and prints one line of figures.
Twenty findings a table come of it, so 500 tables give about 10,000.
"""

import argparse
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from ctb_audit.audit import AuditSettings, audit_catalogs
from ctb_audit.cli.excerpts import source_lines
from ctb_audit.config import Config
from ctb_audit.gate import Step
from ctb_audit.report.context import ReportContext, TrendPoint
from ctb_audit.report.html import audit_html
from ctb_audit.sources.load import LoadOptions, load_all

TODAY = date(2026, 11, 22)
AREAS = ("billing", "catalog", "crm", "hr", "logistics", "sales", "support", "web")


def schema(tables: int) -> Iterator[str]:
    """Tables that refer to earlier ones and break most rules of the standard."""
    yield from (f"CREATE SCHEMA {area};" for area in AREAS)
    for number in range(tables):
        area = AREAS[number % len(AREAS)]
        level = ("STRICT", "STANDARD", "STANDARD", "RELAXED")[number % 4]
        parents = [number // 3, number // 7] if number > 2 else []
        columns = "".join(
            f"  parent{place}_id integer REFERENCES {AREAS[p % len(AREAS)]}.item_{p},\n"
            for place, p in enumerate(parents)
        )
        yield (
            f"-- ctb: table=BART-SHQ-ITEM-V{number + 1} enforcement={level}\n"
            f"CREATE TABLE {area}.item_{number} (\n  id serial PRIMARY KEY,\n{columns}"
            "  email varchar(200),\n  status text,\n  payment_status text,\n"
            "  heir_id varchar(20),\n  process_id integer,\n  created_at timestamp,\n"
            "  updated_at timestamp,\n  created_by varchar(100),\n  orbt_layer integer,\n"
            "  blueprint_version varchar(20)\n);"
        )


def trend() -> tuple[TrendPoint, ...]:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    days = range(0, 320, 4)
    return tuple(TrendPoint(start + timedelta(days=d), 30 + d // 12, 40) for d in days)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", type=int, default=500)
    parser.add_argument("--output", type=Path, default=Path("build/report.html"))
    arguments = parser.parse_args()
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "schema.sql").write_text("\n\n".join(schema(arguments.tables)))
        started = time.perf_counter()
        loaded = load_all([str(root / "schema.sql")], LoadOptions(root=root))
        audit = audit_catalogs(
            loaded.catalogs, Config(root=root, fail_under=40), AuditSettings(today=TODAY)
        )
        audited = time.perf_counter()
        lines = source_lines(audit, [root])
        steps = (Step(date(2027, 1, 1), 60), Step(date(2027, 7, 1), 80))
        page = audit_html(audit, ReportContext(TODAY, trend(), steps, 40, lines))
        made = time.perf_counter()
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    arguments.output.write_text(page, encoding="utf-8")
    print(
        f"{len(audit.tables)} tables, {len(audit.findings)} findings, audit"
        f" {audited - started:.2f} s, page {made - audited:.2f} s,"
        f" {len(page.encode()) / 1e6:.2f} MB -> {arguments.output}"
    )


if __name__ == "__main__":
    main()
