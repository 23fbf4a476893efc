"""`load_standard`: files, inheritance, selection and overrides put together."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ctb_audit.errors import ConfigurationError
from ctb_audit.lean import dataclass
from ctb_audit.rulebook import files
from ctb_audit.rulebook.inherit import derive, refuse_missing_formats
from ctb_audit.rulebook.make import OFF, make_example, make_rule, make_standard, overridden
from ctb_audit.rulebook.selection import RawRules, applicable, matching, refuse_unknown
from ctb_audit.standard import Example, Rule, Standard
from ctb_audit.wording import did_you_mean

DEFAULT_STANDARD = "ctb-1.0"
BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True)
class _Chain:
    """A standard with its bases merged in. `place` is the user's file, "" for a built-in one.
    `own`: the user's files among them, each with its place.
    """

    id: str
    table: Mapping[str, Any]
    extends: tuple[str, ...]
    place: str = ""
    own: tuple[tuple[str, Mapping[str, Any]], ...] = ()


def load_standard(
    id_or_path: str = DEFAULT_STANDARD,
    *,
    rule_folders: Iterable[Path] = (),
    standard_folders: Iterable[Path] = (),
    overrides: Mapping[str, str] | None = None,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    examples: bool = False,
    cache: Path | None = None,
) -> Standard:
    """The standard with its rules, validated (STANDARD, whole).

    `id_or_path` is an id (`standard_ids`) or a `.toml` file. User rules (`rule_folders`) are
    added, and replace built-in ones of the same id. `overrides` maps rule ids to a severity
    or "off". `select` and `ignore` hold rule ids, topics, tags or patterns. `examples` are
    loaded only on request. `cache` is the folder that remembers validated user files.

    Raises ConfigurationError, with file, key and what was expected.
    """
    built = files.built_in()
    rules, user_examples = _with_user_rules(built.rules, list(rule_folders), cache)
    chain = _chain(id_or_path, built.standards, files.user_standards(standard_folders), cache)
    for place, table in chain.own:
        refuse_unknown(rules, table, place)
    if chain.place:
        refuse_missing_formats(chain.table, chain.place)
    chosen = _modified(applicable(rules, chain.table), chain)
    chosen = _selected(chosen, rules, list(select), list(ignore))
    severities = _checked_overrides(overrides or {}, rules)
    changed = chain.place or rules is not built.rules or select or ignore or severities
    shown = {**files.built_in_examples(), **user_examples} if examples else {}
    made = {
        rule_id: _override(make_rule(rule_id, raw, shown.get(rule_id, ())), severities)
        for rule_id, raw in chosen.items()
        if severities.get(rule_id) != OFF
    }
    return make_standard(
        chain.id,
        chain.table,
        made,
        extends=chain.extends,
        source=chain.place or BUILT_IN,
        digest=_digest(chain, chosen, severities) if changed else built.digests[chain.id],
    )


def standard_ids(standard_folders: Iterable[Path] = ()) -> tuple[str, ...]:
    """The ids of the standards that can be loaded, built-in ones first."""
    built = sorted(files.built_in().standards)
    return (*built, *sorted(set(files.user_standards(standard_folders)) - set(built)))


def digests(rules: RawRules, standards: Mapping[str, Any]) -> Mapping[str, str]:
    """The `hash` of each built-in standard as it is, by id."""
    chains = (_built_chain(wanted, standards) for wanted in standards)
    return {c.id: _digest(c, _modified(applicable(rules, c.table), c), {}) for c in chains}


def load_rule_examples(rule_id: str) -> tuple[Example, ...]:
    """The examples of a built-in rule; () for any other."""
    return tuple(make_example(e) for e in files.built_in_examples().get(rule_id, ()))


def _with_user_rules(
    built: RawRules, folders: list[Path], cache: Path | None
) -> tuple[RawRules, Mapping[str, list[Any]]]:
    if not folders:
        return built, {}
    from ctb_audit.rulebook.validation import validate_rule

    rules, examples = dict(built), {}
    for file in files.user_rules(folders):
        validate_rule(file, cache)
        table = dict(file.table)
        examples[file.id] = table.pop("example", [])
        rules[file.id] = {"topic": file.topic, **table}
    return rules, examples


def _chain(
    wanted: str, built: Mapping[str, Any], user: Mapping[str, Path], cache: Path | None
) -> _Chain:
    if wanted in built:
        return _built_chain(wanted, built)
    path = user.get(wanted)
    if path is None:
        path = _as_path(wanted, (*built, *user))
    return _user_chain(path, built, user, cache, ())


def _as_path(wanted: str, known: Iterable[str]) -> Path:
    path = Path(wanted)
    if path.suffix == ".toml" and path.is_file():
        return path
    suggestion = did_you_mean(wanted, known) or f", known are {', '.join(known)}"
    raise ConfigurationError(f"standard {wanted}", f"no such standard{suggestion}")


def _built_chain(wanted: str, built: Mapping[str, Any]) -> _Chain:
    table = built[wanted]
    if "extends" not in table:
        return _Chain(wanted, table, ())
    base = _built_chain(table["extends"], built)
    return _Chain(wanted, derive(base.table, table, wanted), (base.id, *base.extends))


def _user_chain(
    path: Path,
    built: Mapping[str, Any],
    user: Mapping[str, Path],
    cache: Path | None,
    seen: tuple[Path, ...],
) -> _Chain:
    from ctb_audit.rulebook.validation import validate_standard

    place = str(path)
    if path in seen:
        raise ConfigurationError(f"{place}: extends", "a standard cannot extend itself")
    file = files.read_user_file(path)
    validate_standard(file, cache)
    if file.id in built:
        raise ConfigurationError(place, f"{file.id} is built in", "give the file another name")
    wanted = file.table.get("extends", "")
    if not wanted:
        return _Chain(file.id, file.table, (), place, ((place, file.table),))
    if wanted in built:
        base = _built_chain(wanted, built)
    else:
        below = user.get(wanted) or _base_path(path, wanted, (*built, *user))
        base = _user_chain(below, built, user, cache, (*seen, path))
    merged = derive(base.table, file.table, place)
    own = (*base.own, (place, file.table))
    return _Chain(file.id, merged, (base.id, *base.extends), place, own)


def _base_path(path: Path, wanted: str, known: Iterable[str]) -> Path:
    beside = path.parent / wanted
    if beside.suffix == ".toml" and beside.is_file():
        return beside
    suggestion = did_you_mean(wanted, known)
    raise ConfigurationError(f"{path}: extends", f"no such standard: {wanted}{suggestion}")


def _modified(chosen: RawRules, chain: _Chain) -> RawRules:
    """The rules with the standard's `[override.<rule>]` tables laid over them."""
    changes = chain.table.get("override", {})
    return {
        rule_id: derive(raw, changes[rule_id], chain.place) if rule_id in changes else raw
        for rule_id, raw in chosen.items()
    }


def _selected(chosen: RawRules, rules: RawRules, select: list[str], ignore: list[str]) -> RawRules:
    """Patterns may name any rule that exists; only those of the standard can be kept."""
    kept = matching(rules, select, "select") if select else set(rules)
    kept -= matching(rules, ignore, "ignore")
    return {rule_id: raw for rule_id, raw in chosen.items() if rule_id in kept}


def _checked_overrides(overrides: Mapping[str, str], rules: RawRules) -> Mapping[str, str]:
    for rule_id in overrides:
        if rule_id not in rules:
            suggestion = did_you_mean(rule_id, rules) or ", `ctb rules` lists them"
            raise ConfigurationError(f"severity.{rule_id}", f"no such rule{suggestion}")
    return overrides


def _override(rule: Rule, severities: Mapping[str, str]) -> Rule:
    severity = severities.get(rule.id)
    return rule if severity is None else overridden(rule, severity)


def _digest(chain: _Chain, chosen: RawRules, severities: Mapping[str, str]) -> str:
    """SHA-256 of everything that can change a verdict; examples cannot."""
    import json
    from hashlib import sha256

    loaded = {"id": chain.id, "standard": chain.table, "rules": chosen, "severity": severities}
    return sha256(json.dumps(loaded, sort_keys=True).encode()).hexdigest()
