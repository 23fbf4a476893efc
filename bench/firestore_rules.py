"""Public security rules: how many parse whole, and which mutations an audit catches.

    python bench/firestore_rules.py FOLDER

FOLDER holds `.rules` files anywhere below. Each file's own collections are declared with the
owner's field that its rules compare, then audited before and after each mutation: an
authentication check dropped, a match widened, a create that reads `resource.data`, an owner that
may change. A mutation that leaves every grant as it was, case by case, does not apply.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from ctb_audit.judge import judge
from ctb_audit.model import Catalog, Column, Table, Type
from ctb_audit.rulebook import load_standard
from ctb_audit.rules_model import Rules
from ctb_audit.semantics.firestore import collection_of, grants_of, matched_paths
from ctb_audit.sources.firestore_rules import read_rules
from ctb_audit.subjects import build_project

SECURITY = [
    *("open-collection", "unauthenticated-access", "unowned-access", "mutable-owner"),
    *("create-reads-resource", "unbounded-match", "unmatched-collection"),
]
OWNERS = ("userId", "ownerId", "uid", "authorId", "creatorId", "owner", "user_id", "createdBy")
STANDARD = load_standard("ctb-1.0", select=SECURITY)


NEW, OLD = r"request\.resource\.data", r"(?<!request\.)resource\.data"
PATTERNS = {
    "auth dropped": r"request\.auth(?:\.uid)?\s*!=\s*null",
    "owner dropped": r"request\.auth\.uid\s*==\s*[\w.\[\]'\"]+|[\w.]+\s*==\s*request\.auth\.uid",
    "owner may change": rf"{NEW}\.(?P<f>\w+)\s*==\s*{OLD}\.(?P=f)\b",
    "owner may change ": rf"{OLD}\.(?P<f>\w+)\s*==\s*{NEW}\.(?P=f)\b",
}


def mutations(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of every single change."""
    for kind, pattern in PATTERNS.items():
        for found in re.finditer(pattern, text):
            if found.groupdict().get("f") in (None, *OWNERS):
                yield kind.strip(), text[: found.start()] + "true" + text[found.end() :]
    for found in re.finditer(r"(match\s+/)([\w-]+)(/\{\w+\}\s*\{)", text):
        if found[2] != "databases":
            changed = f"{found[1]}{{any}}{found[3]}"
            yield "match widened", text[: found.start()] + changed + text[found.end() :]
    for found in re.finditer(r"request\.resource\.data\.", text):
        start = text.rfind("allow", 0, found.start())
        if "create" in text[start : found.start()].split(":", maxsplit=1)[0]:
            changed = text[: found.start()] + "resource.data." + text[found.end() :]
            yield "create reads resource", changed


def meaning(rules: Rules) -> object:
    """What decides: every match's cases, in a form that equals where the grants are equal."""
    return [
        (p.name, sorted((o, repr(g.facts)) for o, g in grants_of((p,)).cases()))
        for p in matched_paths(rules)
    ]


def declared(rules: Rules) -> tuple[Table, ...]:
    """The rules' collections with the owner's fields that they compare."""
    fields: dict[str, set[str]] = {}
    for path in matched_paths(rules):
        name = collection_of(path.path)
        ties = [t for _, g in grants_of((path,)).cases() for t in g.facts.ties if t.exact]
        if name:
            fields.setdefault(name, set()).update(t.field for t in ties)
    string = Type("string", "text")
    return tuple(
        Table("firestore", "default", name, tuple(Column(f, string) for f in sorted(owners)))
        for name, owners in fields.items()
    )


def findings(rules: Rules, tables: tuple[Table, ...]) -> Counter[tuple[str, str, str]]:
    catalog = Catalog(tables=tuple(_collection(t) for t in tables), rules=(rules,))
    judged = judge(build_project([catalog], STANDARD, today=date(2026, 11, 22)))
    return Counter((f.rule, f.table, f.message) for f in judged.findings)


def _collection(table: Table) -> Table:
    return replace(table, kind="collection")


def main(folder: Path) -> None:
    files = whole = 0
    caught: Counter[str] = Counter()
    applied: Counter[str] = Counter()
    found_rules: Counter[str] = Counter()
    for path in sorted(folder.rglob("*.rules")):
        text = path.read_text(encoding="utf-8")
        read = read_rules(text, path.name)
        if read.other_service or "cloud.firestore" not in text:
            continue
        files += 1
        whole += not read.problems
        tables = declared(read.rules)
        before, original = findings(read.rules, tables), meaning(read.rules)
        found_rules.update(rule for rule, _, _ in before)
        for kind, changed in mutations(text):
            mutant = read_rules(changed, path.name)
            if meaning(mutant.rules) == original:
                continue
            applied[kind] += 1
            if findings(mutant.rules, tables) - before:
                caught[kind] += 1
            else:
                print("missed", kind, path.parent.name, _difference(text, changed))
    print(f"{files} files, {whole} parsed whole; findings {dict(found_rules)}")
    for kind, count in applied.items():
        print(f"{kind}: {caught[kind]} of {count}")


def _difference(text: str, changed: str) -> str:
    place = next(n for n, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b)
    return f"line {text.count(chr(10), 0, place) + 1}: {text[place - 50 : place + 40]!r}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
