"""Patches of public security rules: what they repair, and whom they let do more than before.

    python -m bench.firestore_patches FOLDER

FOLDER holds `.rules` files anywhere below. Each file's collections are declared with the fields
that its rules compare with who is signed in. A patch is applied with `git apply`; `gained` counts
what some person of `rules_persons` may do afterwards and might not before, but for creating
where nothing could be created.
"""

import subprocess
import sys
import tempfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

from bench.firestore_rules import Original
from bench.rules_persons import gains, persons_in
from ctb_audit.audit import AuditSettings
from ctb_audit.config import config_from_text
from ctb_audit.model import Catalog
from ctb_audit.remedy.firestore.plan import plan_firestore
from ctb_audit.remedy.plan import Wanted
from ctb_audit.sources.files import read_text
from ctb_audit.sources.firestore_rules import read_rules

AT = datetime(2026, 11, 22, tzinfo=UTC)
SETTINGS = AuditSettings(today=date(2026, 11, 22))


def measured(path: Path, folder: Path, counts: Counter[str]) -> None:
    text = read_text(path, path.name)
    read = read_rules(text, "f.rules")
    if not read.rules.matches or read.rules.broken:
        counts["files that do not parse"] += 1
        return
    original = Original(read.rules, persons_in(read.rules), len(read.problems))
    (folder / "f.rules").write_text(text, newline="")
    catalog = Catalog(source="f", tables=original.tables, rules=(read.rules,))
    config = config_from_text("", folder)
    found = plan_firestore([catalog], (config, SETTINGS), Wanted(), AT, (folder,))
    counts["files"] += 1
    counts["proofs that failed"] += bool(found.failures)
    for failure in found.failures:
        print(f"    {path}: {failure}")
    for rule, count in found.counts:
        counts[f"repaired {rule}"] += count
    for left in found.left:
        counts[f"left {left.rule}"] += 1
    if found.files:
        counts["patches"] += 1
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        subprocess.run(command, cwd=folder, input=found.files[0].text.encode(), check=True)
        patched = read_rules((folder / "f.rules").read_bytes().decode(), "f.rules")
        beyond = gains(patched.rules, original.persons) - original.allowed
        more = {gain for gain in beyond if gain[1] != "create"}
        counts["gained"] += len(more)
        for gain in more:
            print(f"    {path}: gained {gain}")


def main() -> None:
    counts: Counter[str] = Counter()
    for path in sorted(Path(sys.argv[1]).rglob("*.rules")):
        with tempfile.TemporaryDirectory() as folder:
            measured(path, Path(folder), counts)
    for name, count in sorted(counts.items()):
        print(f"{count:6}  {name}")


if __name__ == "__main__":
    main()
