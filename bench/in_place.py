"""Edits in place of schemas that were not made for the standard, each loaded by a scratch server.

    python bench/in_place.py --value orbt_layer=2 --value blueprint_version=1.0 FOLDER_OR_FILE...

Each source is copied and edited there, every table taken for unshipped. Prints one row a source:
files and tables edited, tables refused, bytes before and how many of them are gone, scores, whether
a second run finds nothing to do, seconds. `gone` is counted without the edits' own bookkeeping.
"""

import argparse
import shutil
import tempfile
import time
from collections import Counter
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from ctb_audit.audit import AuditSettings
from ctb_audit.config import load_config
from ctb_audit.errors import CtbError
from ctb_audit.remedy.in_place.edit import Edited, Request, edit_in_place
from ctb_audit.remedy.in_place.files import write_all
from ctb_audit.remedy.plan import Wanted
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.load import LoadOptions, load

DAY = date(2026, 11, 22)


def request_of(source: Path, values: dict[str, str]) -> Request:
    root = source if source.is_dir() else source.parent
    config = load_config(cwd=root)

    def reread(**hooks: object) -> tuple[object, ...]:
        options = LoadOptions(
            root=root,
            read_script=hooks.get("reader", read_script),  # type: ignore[arg-type]
            through=hooks.get("through"),  # type: ignore[arg-type]
        )
        return load([str(source)], options)

    return Request(
        reread=reread,  # type: ignore[arg-type]
        folders=(root,),
        config=config,
        settings=AuditSettings(today=DAY),
        wanted=Wanted(values=values),
        unshipped=lambda name: True,
    )


def gone(before: str, after: str) -> int:
    """How many characters of a text are no longer there, in order."""
    rest = iter(after)
    if all(character in rest for character in before):
        return 0
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    lost = 0
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind in ("replace", "delete"):
            kept = SequenceMatcher(None, "".join(old[a:b]), "".join(new[c:d]), autojunk=False)
            lost += sum(j - i for k, i, j, _, _ in kept.get_opcodes() if k in ("replace", "delete"))
    return lost


def measured(source: Path, values: dict[str, str]) -> tuple[Edited, int, int, bool, float]:
    """The outcome, bytes before, characters gone, whether a second run has nothing to do."""
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, source.name)
        if source.is_dir():
            shutil.copytree(source, place)
        else:
            shutil.copyfile(source, place)
        edited = edit_in_place(request_of(place, values))
        lost = sum(gone(file.text, text) for file, text in edited.files.items())
        size = sum(len(file.data) for file in edited.files)
        write_all(edited.files)
        seconds = time.perf_counter() - started
        again = edit_in_place(request_of(place, values))
    return edited, size, lost, not again.files, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", type=Path)
    parser.add_argument("--value", action="append", default=[])
    parser.add_argument("--reasons", action="store_true", help="say why tables are refused")
    arguments = parser.parse_args()
    values = dict(pair.split("=", 1) for pair in arguments.value)
    heads = ("files", "tables", "refused", "bytes", "gone", "before", "after", "again", "s")
    print(f"{'source':44}" + "".join(f"{head:>9}" for head in heads))
    for source in arguments.sources:
        name = "/".join(source.resolve().parts[-2:])
        try:
            edited, size, lost, settled, seconds = measured(source.resolve(), values)
        except CtbError as error:
            print(f"{name:44} {error}")
            continue
        counts = (len(edited.files), len(edited.tables), len(edited.refused), size, lost)
        scores = (edited.score_before, edited.score_after, "nothing" if settled else "EDITS")
        print(f"{name:44}" + "".join(f"{x!s:>9}" for x in (*counts, *scores, f"{seconds:.1f}")))
        if arguments.reasons:
            for problem, count in Counter(r.problem[:150] for r in edited.refused).most_common(8):
                print(f"    {count:4} {problem}")


if __name__ == "__main__":
    main()
