"""Changes to the text of scripts: up, down and verify."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ctb_audit.remedy.change import PHASES, Change, Held, Lock, Phase, Plan, Safety, Step
from ctb_audit.remedy.indexes import DropIndex
from ctb_audit.remedy.quoting import comment, dollar_quoted
from ctb_audit.semantics.quoting import literal

_TIMEOUTS: dict[Lock, tuple[str, str]] = {
    # lock_timeout, statement_timeout: who waits for a brief lock stops everybody behind him
    "brief": ("500ms", "5s"),
    "online": ("60s", "0"),
    "none": ("60s", "0"),
}
_TOLD: dict[Phase, str] = {
    "expand": "new columns and functions; writers need not know them",
    "backfill": "rows that are there are filled in batches that commit",
    "enforce": "constraints are added NOT VALID, then validated while writers go on",
    "index": "indexes are built while writers go on",
    "guard": "triggers, policies and comments, whose lock is brief",
    "remove": "what serves nothing; all of it commented out",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A step, or what stands in its place: `text` alone is a comment."""

    text: str
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Script:
    """One unit of a remediation: what goes up together, and down, and proves itself."""

    slug: str
    safety: Safety
    about: str
    up: tuple[Line, ...]
    down: tuple[Line, ...]
    verify: str
    changes: tuple[Change, ...] = ()


def scripts_of(plan: Plan, *, empty: bool = False) -> tuple[Script, ...]:
    """Safe ones first. `empty`: no table holds rows, so that one script does it all."""
    found: list[Script] = []
    safeties: tuple[Safety, ...] = ("safe", "review")
    for safety in safeties:
        changes = plan.of(safety)
        if empty and changes:
            found.append(
                _script(safety, safety, "all changes, for tables without rows", changes, empty)
            )
            continue
        for phase in PHASES:
            chosen = tuple(c for c in changes if c.phase == phase)
            if chosen:
                slug = phase if safety == "safe" else f"review_{phase}"
                found.append(_script(slug, safety, _TOLD[phase], chosen, empty))
    return tuple(found)


def _script(
    slug: str, safety: Safety, about: str, changes: tuple[Change, ...], empty: bool
) -> Script:
    up = [line for change in changes for line in _lines(change, change.up(empty=empty))]
    down = [line for c in reversed(changes) for line in _lines(c, c.down(), reason=False)]
    held = [held for change in changes for held in change.holds()]
    return Script(slug, safety, about, tuple(up), tuple(down), _verify(held), changes)


def _lines(change: Change, steps: Sequence[Step], *, reason: bool = True) -> Iterator[Line]:
    if reason and change.reason and steps:
        yield Line(comment(f"{change.table}: {change.reason}"))
    for step in steps:
        if isinstance(change, DropIndex):
            yield Line("\n".join(comment(part) for part in f"{step.sql};".splitlines()))
        else:
            yield Line("", step)


def _verify(held: Sequence[Held]) -> str:
    """A block that raises what does not hold."""
    if not held:
        return "SELECT 'nothing to verify';"
    rows = ",\n".join(f"    ({literal(h.what)}, {h.sql})" for h in dict.fromkeys(held))
    body = (
        "\nDECLARE\n  missing text;\nBEGIN\n"
        "  SELECT string_agg(what, '; ') INTO missing FROM (VALUES\n"
        f"{rows}\n  ) AS held (what, holds) WHERE holds IS NOT TRUE;\n"
        "  IF missing IS NOT NULL THEN\n"
        "    RAISE EXCEPTION 'not so: %', missing;\n  END IF;\nEND\n"
    )
    return f"DO {dollar_quoted(body, 'verify')};"


def text_of(lines: Iterable[Line], *, wrapped: bool = True, follow: str = "") -> Iterator[str]:
    """Statements with the timeouts that each kind of lock calls for.

    `wrapped`: each that may stands in a transaction of its own, so that no lock outlives its
    statement, however the text is sent. `follow`: settings to end with in place of the defaults.
    """
    lock: Lock | None = None
    yield "SET application_name = 'ctb remediate';"
    yield "SET idle_in_transaction_session_timeout = '30s';"
    for line in lines:
        if line.step is None:
            yield f"\n{line.text}"
            continue
        if line.step.lock != lock:
            if lock is None or _TIMEOUTS[lock] != _TIMEOUTS[line.step.lock]:
                yield timeouts(line.step.lock)
            lock = line.step.lock
        statement = "\n".join((*map(comment, line.step.told), f"{line.step.sql};"))
        yield statement if line.step.alone or not wrapped else f"BEGIN;\n{statement}\nCOMMIT;"
    yield follow or "RESET lock_timeout;\nRESET statement_timeout;"


def timeouts(lock: Lock) -> str:
    """The settings for statements of this kind."""
    waits, runs = _TIMEOUTS[lock]
    return f"SET lock_timeout = '{waits}';\nSET statement_timeout = '{runs}';"


def statements(lines: Iterable[Line]) -> Iterator[str]:
    """The bare statements, to be run one by one."""
    return (line.step.sql for line in lines if line.step is not None)
