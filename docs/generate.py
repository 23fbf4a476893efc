"""Writes the generated documents anew: `python docs/generate.py`, with --check only compares.

rules/README.md             the catalogue of the built-in rules
rules/catalog.schema.json   the schema of a catalog, from the model
examples/*/REPORT.md        what the audit of an example says
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TODAY = "2026-11-21"


def catalogue() -> str:
    from ctb_audit.report.catalogue import catalogue_markdown
    from ctb_audit.rulebook import load_standard, standard_ids

    return catalogue_markdown(*(load_standard(name) for name in standard_ids()))


def catalog_schema() -> str:
    from ctb_audit.codec_schema import schema_of
    from ctb_audit.model import Catalog

    made = schema_of(Catalog, identifier="urn:ctb-audit:schema:catalog", title="Catalog")
    return json.dumps(made, indent=2) + "\n"


def example_report(name: str) -> str:
    """The report of a copy outside the repository, so that it holds no revision."""
    from ctb_audit.cli.app import run

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / name
        hidden = shutil.ignore_patterns(".ctb", "REPORT.md")
        shutil.copytree(ROOT / "examples" / name, copy, ignore=hidden)
        with chdir(copy):
            run(["audit", "--no-log", "--today", TODAY, "--quiet", "-o", "REPORT.md"])
        return (copy / "REPORT.md").read_text(encoding="utf-8")


DOCUMENTS: dict[str, Callable[[], str]] = {
    "rules/README.md": catalogue,
    "rules/catalog.schema.json": catalog_schema,
    "examples/imo-creator/REPORT.md": lambda: example_report("imo-creator"),
}


def main(check: bool) -> int:
    stale = []
    for name, make in DOCUMENTS.items():
        path, text = ROOT / name, make()
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not check:
                path.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{name}: {'stale, run make docs' if check else 'written'}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    os.environ["NO_COLOR"] = "1"
    sys.exit(main("--check" in sys.argv[1:]))
