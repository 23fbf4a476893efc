"""Remediations of schemas that were not made for the standard, each proven on a scratch server.

    python bench/remediate.py --value orbt_layer=2 --value blueprint_version=1.0 FOLDER_OR_FILE...

Prints one row a schema: tables, rows, scores, statements, failures, seconds. With `--files FOLDER`
the emitted SQL is left there, one folder a schema, for squawk and pgfence.
"""

import argparse
import time
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from ctb_audit.audit import AuditSettings
from ctb_audit.config import load_config
from ctb_audit.remedy.layouts import files_of
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.prove import Case, Proof, newest_server, prove
from ctb_audit.remedy.script import scripts_of
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.sources.via_postgres import ViaPostgres

DAY = date(2026, 11, 22)


@dataclass(frozen=True)
class Outcome:
    proof: Proof
    changes: int
    seconds: float


def remediate(source: Path, asked: argparse.Namespace) -> Outcome:
    values = dict(pair.split("=", 1) for pair in asked.value)
    rows, files = asked.rows, asked.files
    root = source if source.is_dir() else source.parent
    config = load_config(cwd=root)
    settings = AuditSettings(today=DAY)
    started = time.perf_counter()
    with ViaPostgres() if asked.via_postgres else nullcontext() as server:
        through = server.load if server else None
        catalogs = load([str(source)], LoadOptions(root=config.root, through=through))
    plan = plan_remedies(catalogs, config, settings, Wanted(values=values, unasked=True))
    with newest_server() as server:
        proof = prove(server, Case(tuple(catalogs), config, settings, plan, rows=rows))
    if files is not None:
        at = datetime.combine(DAY, datetime.min.time(), UTC)
        for file in files_of("flyway", scripts_of(plan), at):
            path = files / "_".join(source.parts[-2:]) / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(file.text)
    return Outcome(proof, len(plan.changes), time.perf_counter() - started)


def told(name: str, outcome: Outcome) -> str:
    proof = outcome.proof
    rows = proof.filled.rows
    full = len(rows) - len(proof.filled.reasons)
    safe, whole = proof.safe, proof.whole
    return (
        f"{name:44} {full:4}/{len(rows):<4} {sum(rows.values()):7}"
        f" {proof.score!s:>5} {safe.score if safe else '-'!s:>5}"
        f" {whole.score if whole else '-'!s:>6} {safe.statements if safe else 0:6}"
        f" {whole.statements if whole else 0:6}"
        f" {len(safe.failures) if safe else 0:5} {len(whole.failures) if whole else 0:6}"
        f" {len(proof.unproven):6} {outcome.seconds:6.1f}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--value", action="append", default=[])
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--via-postgres", action="store_true")
    given = parser.parse_args()
    print(
        f"{'schema':44} {'full':>4}/{'all':4} {'rows':>7} {'score':>5} {'safe':>5} {'review':>6}"
        f" {'stmts':>6} {'+rev':>6} {'fail':>5} {'+rev':>6} {'absent':>6} {'s':>6}"
    )
    for source in given.sources:
        outcome = remediate(source, given)
        print(told("/".join(source.parts[-2:]), outcome), flush=True)
        for table, reason in outcome.proof.filled.reasons.items():
            print(f"    {table}: {outcome.proof.filled.rows[table]} rows: {reason}")
        for refused in outcome.proof.refused:
            print(f"    not loaded: {' '.join(refused.sql.split())[:90]}: {refused.error[:100]}")
        for run in (outcome.proof.safe, outcome.proof.whole):
            for failure in run.failures[:5] if run else ():
                what = " ".join(failure.what.split())[:120]
                print(f"    {failure.during}: {what}: {' '.join(failure.error.split())[:200]}")


if __name__ == "__main__":
    main()
