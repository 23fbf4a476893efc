"""What a remediation says of itself, as lines for a terminal."""

from collections import Counter
from collections.abc import Iterator, Sequence

from ctb_audit.remedy.change import Change, Plan
from ctb_audit.remedy.prove import Proof, Run
from ctb_audit.remedy.trial import Failure
from ctb_audit.report.inert import inert
from ctb_audit.report.terminal import Line, Segment

_SHOWN = 20  # of a long list
_EXCERPT = 100  # characters of a statement


def remediation_lines(
    plan: Plan, proof: Proof | None, problem: str, written: Sequence[str]
) -> Iterator[Line]:
    """Changes, what is left, the proof, the scores, the files."""
    if not plan.changes:
        yield (Segment("nothing to write: no open finding has a mechanical repair"),)
    yield from change_lines(plan.changes)
    yield from left_lines(plan)
    yield from ((Segment(f"note: {inert(note)}", "dim"),) for note in plan.notes)
    if proof is not None:
        yield from _proven(proof)
    elif problem:
        yield (Segment(f"UNPROVEN: {inert(problem)}", "red"),)
    scores = {"now": plan.score_before, "with safe": plan.score_safe}
    if plan.of("review"):
        scores["with review"] = plan.score_after
    shown = " -> ".join(map(_score, scores.values()))
    yield (Segment(f"score {shown}", "bold"), Segment(f"  ({', '.join(scores)})", "dim"))
    if written:
        yield (Segment(f"{len(written)} files in {_folder(written)}"),)


def change_lines(changes: Sequence[Change]) -> Iterator[Line]:
    """How many changes there are of each kind."""
    for change, count in Counter((c.safety, type(c).__name__) for c in changes).most_common():
        style = "green" if change[0] == "safe" else "yellow"
        yield (Segment(f"{change[0]:7}", style), Segment(f"{count:5}  {_words(change[1])}"))


def _folder(written: Sequence[str]) -> str:
    return written[0].rpartition("/")[0] or "."


def _score(score: int | None) -> str:
    return "-" if score is None else str(score)


def _words(name: str) -> str:
    """`AddColumn` as `add column`."""
    return "".join(f" {c.lower()}" if c.isupper() else c for c in name).strip()


def left_lines(plan: Plan) -> Iterator[Line]:
    """Findings that nothing repairs, with the reasons."""
    reasons = Counter((left.rule, left.reason) for left in plan.left)
    for (rule, reason), count in reasons.most_common(_SHOWN):
        yield (Segment("left   ", "dim"), Segment(f"{count:5}  {rule}: {inert(reason)}", "dim"))
    if len(reasons) > _SHOWN:
        yield (Segment(f"... and {len(reasons) - _SHOWN} more kinds of findings", "dim"),)


def _proven(proof: Proof) -> Iterator[Line]:
    full = len(proof.filled.rows) - len(proof.filled.reasons)
    for name, run in (("safe", proof.safe), ("safe and review", proof.whole)):
        if run is not None:
            yield from _run(name, run)
    if proof.copy is not None:
        yield from _run("on the copy", proof.copy)
    stubs = f", verified with stubs of {', '.join(proof.stubs)}" if proof.stubs else ""
    yield (
        Segment(
            f"PostgreSQL {proof.server}: {sum(proof.filled.rows.values())} rows,"
            f" {full} of {len(proof.filled.rows)} tables full{stubs}",
            "dim",
        ),
    )
    for table, reason in list(proof.filled.reasons.items())[:_SHOWN]:
        told = f"{table}: {proof.filled.rows[table]} rows: {reason}"
        yield (Segment(f"  {inert(told)}", "dim"),)
    yield from _refused(proof)
    for table in proof.unproven[:_SHOWN]:
        yield (Segment(f"  {inert(str(table))}: did not load, nothing is written for it", "red"),)


def _refused(proof: Proof) -> Iterator[Line]:
    """What of the present schema is not in the proof."""
    if not proof.refused:
        return
    told = "statements of the present schema did not load, so the proof is without them"
    yield (Segment("UNPROVEN", "red"), Segment(f"{len(proof.refused):4}  {told}"))
    for refused in proof.refused[:_SHOWN]:
        first = " ".join(refused.sql.split())[:_EXCERPT]
        yield (Segment(f"  {inert(first)}: {inert(refused.error)}", "red"),)
    if len(proof.refused) > _SHOWN:
        yield (Segment(f"  ... and {len(proof.refused) - _SHOWN} more", "dim"),)


def _run(name: str, run: Run) -> Iterator[Line]:
    if not run.failures:
        told = "up, verified, written to, up again, down: the same catalog, the same data"
        yield (
            Segment("proven ", "green"),
            Segment(f"{run.statements:5}  statements {name}: {told}"),
        )
        return
    yield (Segment("FAILED ", "red"), Segment(f"{len(run.failures):5}  {name}"))
    yield from (_failure(f) for f in run.failures[:_SHOWN])


def _failure(failure: Failure) -> Line:
    first = failure.what.strip().splitlines()[0][:100]
    return (Segment(f"  {failure.during}: {inert(first)}: {inert(failure.error)}"),)
