"""A wheel carries the rules, compiled, and loads them without the checkout."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ctb_audit.rulebook import load_standard
from ctb_audit.rulebook.files import compile_folder

ROOT = Path(__file__).parents[2]
PROBE = """
import json, sys
from ctb_audit import resources
from ctb_audit.rulebook import load_standard
standard = load_standard(examples=True)
print(json.dumps({
    "checkout": resources.checkout() is not None,
    "hash": standard.hash,
    "fields": [field.role for field in standard.fields],
    "rules": list(standard.rules),
    "examples": sum(len(rule.examples) for rule in standard.rules.values()),
    "tomllib": "tomllib" in sys.modules,
    "schema": json.loads(resources.resource_text("rules/rule.schema.json"))["$id"],
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def test_a_wheel_loads_its_rules_from_one_json(installed: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROBE],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": str(installed)},
        check=True,
        capture_output=True,
        text=True,
    )
    here = load_standard(examples=True)
    assert json.loads(run.stdout) == {
        "checkout": False,
        "hash": here.hash,
        "fields": [field.role for field in here.fields],  # in the order of the standard
        "rules": list(here.rules),
        "examples": sum(len(rule.examples) for rule in here.rules.values()),
        "tomllib": False,
        "schema": "urn:ctb-audit:schema:rule",
    }


def test_a_wheel_holds_nothing_of_the_checkout_s_own(installed: Path) -> None:
    names = {path.name for path in installed.iterdir()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"ctb_audit"}
    assert (installed / "ctb_audit" / "log" / "ctb_compliance_log.sql").is_file()


def test_compiling_leaves_the_examples_out_of_the_rules() -> None:
    made = compile_folder(ROOT / "rules")
    assert set(made) == {"rules.json", "rule-examples.json"}
    assert all("example" not in raw for raw in made["rules.json"]["rules"].values())
    assert set(made["rule-examples.json"]) == set(made["rules.json"]["rules"])
