"""What a trigger can do at all, for `ineffective-trigger` (STANDARD section 5)."""

from dataclasses import replace
from functools import lru_cache

from ctb_audit.lean import dataclass
from ctb_audit.model import Function, Table, Trigger
from ctb_audit.semantics.leaves import Raw
from ctb_audit.semantics.parse import Unreadable
from ctb_audit.semantics.plpgsql.source import Body, all_statements, read_body, text_of


@dataclass(frozen=True, slots=True)
class TriggerEffect:
    """`unknown` says why the function is not read ("" where it is). `assigns` and `reads` are
    columns of NEW. `missing`: columns assigned that the table lacks, so that it always fails.
    `writes`: it runs SQL or calls functions. `skips`: it may return NULL or OLD.
    `runs`: it is active and fires on some event.
    """

    assigns: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    raises: bool = False
    writes: bool = False
    skips: bool = False
    runs: bool = True
    unknown: str = ""

    @property
    def nothing(self) -> bool:
        """It does nothing that anyone could notice."""
        busy = self.assigns or self.raises or self.writes or self.skips
        return not self.unknown and not busy


_BUSY = frozenset({"execsql", "dynexecute", "perform", "call", "fors", "dynfors", "forc", "open"})


def effect_of(trigger: Trigger, function: Function | None, table: Table) -> TriggerEffect:
    """Everything the trigger's function can do, on whatever path."""
    runs = trigger.is_active
    if trigger.function.name == "moddatetime":
        missing = tuple(a for a in trigger.arguments if table.column(a) is None)
        return TriggerEffect(assigns=trigger.arguments, missing=missing, runs=runs)
    if function is None:
        return TriggerEffect(runs=runs, unknown=f"nothing defines {trigger.function}")
    if function.language != "plpgsql":
        return TriggerEffect(runs=runs, unknown=f"it is written in {function.language}")
    effect = _effect(function.body, trigger.timing != "after" and trigger.row)
    missing = tuple(name for name in effect.assigns if name != "*" and table.column(name) is None)
    if not missing and runs:
        return effect
    return replace(effect, missing=missing, runs=runs)


@lru_cache(maxsize=1024)
def _effect(text: str, counts: bool) -> TriggerEffect:
    """What a body does; `counts`: what it makes of NEW is stored."""
    try:
        body = read_body(text)
    except Unreadable as error:
        return TriggerEffect(unknown=str(error))
    found = all_statements(body.action)
    assigns = _assigned(body, found) if counts else set()
    fields = {
        datum["PLpgSQL_recfield"]["fieldname"]
        for datum in body.datums
        if "PLpgSQL_recfield" in datum and datum["PLpgSQL_recfield"]["recparentno"] == body.new
    }
    return TriggerEffect(
        assigns=tuple(sorted(assigns)),
        reads=tuple(sorted(fields - assigns)),
        raises=any(_raises(kind, raw) for kind, raw in found),
        writes=any(kind in _BUSY for kind, _ in found),
        skips=counts and any(_skips(kind, raw) for kind, raw in found),
    )


def _assigned(body: Body, found: list[tuple[str, Raw]]) -> set[str]:
    """Columns of NEW that are assigned; `*` for NEW as a whole."""
    names: set[str] = set()
    for kind, raw in found:
        if kind == "assign":
            names.add(body.variable(raw.get("varno", 0)))
        elif "target" in raw and isinstance(raw["target"], dict):
            names |= _filled(body, raw["target"])
    columns = {name.removeprefix("new.") for name in names if name.startswith("new.")}
    return columns | ({"*"} if "new" in names else set())


def _filled(body: Body, target: Raw) -> set[str]:
    kind, content = next(iter(target.items()))
    if kind == "PLpgSQL_row":
        return {body.variable(field.get("varno", 0)) for field in content.get("fields", [])}
    return {str(content.get("refname", "")).lower()}


def _raises(kind: str, raw: Raw) -> bool:
    return kind == "assert" or (kind == "raise" and raw.get("elog_level", 21) >= 21)


def _skips(kind: str, raw: Raw) -> bool:
    return kind == "return" and "expr" in raw and text_of(raw["expr"]).strip().lower() != "new"
