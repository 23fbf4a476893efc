"""Public security rules: how many parse whole, and which mutations an audit catches.

    python -m bench.firestore_rules FOLDER

FOLDER holds `.rules` files anywhere below. Each file's collections are declared with the fields
that its rules compare with who is signed in, as their owners, and audited before and after each
single change:

auth dropped           a check that somebody is signed in becomes `true`
owner dropped          a comparison with who is signed in becomes `true`
owner may change       what holds the owner of a written document to the stored one is taken away
match widened          the name of a collection becomes a wildcard
create reads resource  a create asks the stored document in place of the written one

A change applies where it makes a difference to somebody: one of the persons of `rules_persons` may
do what was denied before ("owner may change": one who gives a document away; "create reads
resource": a create that could be granted no longer can). It is caught if the audit finds something
that it did not find before.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from bench.rules_persons import Gain, Persons, gains, persons_in, ways_to_create
from ctb_audit.judge import judge
from ctb_audit.model import Catalog, Column, Table, Type
from ctb_audit.rulebook import load_standard
from ctb_audit.rules_model import Rules
from ctb_audit.semantics.firestore import collection_of, matched_paths
from ctb_audit.sources.firestore_rules import read_rules
from ctb_audit.standard import Standard
from ctb_audit.subjects import build_project

SECURITY = [
    *("open-collection", "unauthenticated-access", "unowned-access", "mutable-owner"),
    *("create-reads-resource", "unbounded-match", "unmatched-collection"),
]
STANDARD = load_standard("ctb-1.0", select=SECURITY)
UNOWNED = STANDARD.rules["unowned-access"]
GIVEN, CREATED = "owner may change", "create reads resource"

NEW, UID = r"request\.resource\.data", r"request\.auth\.uid"
PATTERNS = {
    "auth dropped": rf"(?:request\.auth|{UID})\s*!=\s*null",
    "owner dropped": rf"{UID}\s*==\s*[\w.\[\]'\"]+|[\w.]+\s*==\s*{UID}",
    GIVEN: rf"[\w.()]+\.(?P<f>\w+)\s*==\s*[\w.()]+\.(?P=f)\b|"
    rf"{NEW}\.\w+\s*==\s*{UID}|{UID}\s*==\s*{NEW}\.\w+",
}
CONCERNED = {
    "auth dropped": ("nobody",),
    "owner dropped": ("nobody", "stranger", "member", "anybody"),
    GIVEN: ("giver",),
    "match widened": ("nobody", "stranger", "anybody"),
}
"""Whose gain makes a change one of the kind: a wildcard that only roles may use is none."""
LISTS = re.compile(r"(?:affectedKeys|changedKeys)\(\)\s*\.\s*(hasOnly|hasAny)\(\s*\[([^\]]*)\]")
COLLECTION = re.compile(r"(match\s+/)([\w-]+)(/\{\w+\}\s*\{)")


def mutations(text: str, persons: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Kind and text of every single change."""
    for kind, pattern in PATTERNS.items():
        for found in re.finditer(pattern, text):
            yield kind, text[: found.start()] + "true" + text[found.end() :]
    yield from _other_lists(text, persons)
    for found in COLLECTION.finditer(text):
        if found[2] != "databases":
            changed = f"{found[1]}{{any}}{found[3]}"
            yield "match widened", text[: found.start()] + changed + text[found.end() :]
    for found in re.finditer(r"request\.resource\.data\.", text):
        start = text.rfind("allow", 0, found.start())
        if "create" in text[start : found.start()].split(":", maxsplit=1)[0]:
            yield CREATED, text[: found.start()] + "resource.data." + text[found.end() :]


def _other_lists(text: str, persons: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Lists of the fields that an update may change: with an owner more, or kept: with one less."""
    for found in LISTS.finditer(text):
        items = [i.strip() for i in found[2].split(",") if i.strip()]
        for person in sorted(persons):
            named = [i for i in items if i.strip("'\"") != person]
            if found[1] == "hasOnly":
                named = [*items, f"'{person}'"] if len(named) == len(items) else items
            if named != items:
                listed = ", ".join(named)
                yield GIVEN, text[: found.start(2)] + listed + text[found.end(2) :]


def _column(field: str) -> Column:
    name, _, inner = field.partition(".")
    if inner:
        return Column(name, Type("map", "struct"), fields=(_column(inner),))
    return Column(name, Type("string", "text"))


@dataclass
class Original:
    """A file as it is."""

    rules: Rules
    persons: Persons
    problems: int
    allowed: frozenset[Gain] = field(init=False)
    tables: tuple[Table, ...] = field(init=False)
    standard: Standard = field(init=False)

    def __post_init__(self) -> None:
        self.allowed = gains(self.rules, self.persons)
        owners = {*UNOWNED.params["owner_fields"], *frozenset().union(*self.persons.values())}
        unowned = replace(UNOWNED, params={"owner_fields": tuple(sorted(owners))})
        self.standard = replace(STANDARD, rules={**STANDARD.rules, UNOWNED.id: unowned})
        names = dict.fromkeys(collection_of(p.path) for p in matched_paths(self.rules))
        columns = {n: self.persons.get(n, frozenset()) for n in names if n}
        self.tables = tuple(
            Table(
                *("firestore", "default", name),
                columns=tuple(_column(f) for f in sorted(fields)),
                kind="collection",
            )
            for name, fields in columns.items()
        )

    def applies(self, kind: str, mutant: Rules) -> bool:
        """Whether the change makes a difference to somebody."""
        if kind == CREATED:
            before, after = (ways_to_create(r, self.persons) for r in (self.rules, mutant))
            return bool(before - after)
        new = {
            (name, operation, person)
            for name, operation, person in gains(mutant, self.persons) - self.allowed
            if person != "member" or (name, "delete", person) not in self.allowed
        }
        concerned = CONCERNED[kind]
        return any(person.split()[0] in concerned for _, _, person in new)

    def findings(self, rules: Rules) -> Counter[tuple[str, str, str]]:
        catalog = Catalog(tables=self.tables, rules=(rules,))
        judged = judge(build_project([catalog], self.standard, today=date(2026, 11, 22)))
        return Counter((f.rule, f.table, f.message) for f in judged.findings)


@dataclass
class Tally:
    files: int = 0
    whole: int = 0
    changes: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    caught: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)

    def file(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8", errors="replace")
        read = read_rules(text, path.name)
        if read.other_service or "cloud.firestore" not in text:
            return
        self.files += 1
        self.whole += not read.problems
        for problem in read.problems:
            print("not read", path.parent.name, problem.location, problem.message)
        original = Original(read.rules, persons_in(read.rules), len(read.problems))
        before = original.findings(read.rules)
        self.found.update(rule for rule, _, _ in before)
        persons = frozenset().union(*original.persons.values())
        for kind, changed in mutations(text, persons):
            self._mutant(path, kind, (text, changed), original, before)

    def _mutant(
        self,
        path: Path,
        kind: str,
        texts: tuple[str, str],
        original: Original,
        before: Counter[tuple[str, str, str]],
    ) -> None:
        read = read_rules(texts[1], path.name)
        rules = read.rules
        if len(read.problems) > original.problems:
            return  # the change cut an expression in two
        self.changes[kind] += 1
        if not original.applies(kind, rules):
            return
        self.applied[kind] += 1
        if original.findings(rules) - before:
            self.caught[kind] += 1
        else:
            print("missed", kind, path.parent.name, path.name, _difference(*texts))


def _difference(text: str, changed: str) -> str:
    place = next(n for n, (a, b) in enumerate(zip(text, changed, strict=False)) if a != b)
    return f"line {text.count(chr(10), 0, place) + 1}: {text[place - 50 : place + 40]!r}"


def main(folder: Path) -> None:
    tally = Tally()
    for path in sorted(folder.rglob("*.rules")):
        tally.file(path)
    print(f"{tally.files} files, {tally.whole} parsed whole; findings {dict(tally.found)}")
    for kind, count in tally.changes.items():
        applied = tally.applied[kind]
        print(f"{kind}: caught {tally.caught[kind]} of {applied} that apply ({count} changes)")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
