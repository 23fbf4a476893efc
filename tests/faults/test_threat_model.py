"""The threat model names tests that exist, and the documents of security what holds."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text()
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", MODEL)))
STEP = "correct docs/threat-model.md: it names a test that is gone"


def functions(path: Path) -> set[str]:
    return {n.name for n in ast.parse(path.read_text()).body if isinstance(n, ast.FunctionDef)}


@pytest.mark.parametrize(("file", "name"), NAMED, ids=lambda part: part.rpartition("/")[2])
def test_a_test_that_the_model_names_is_there(file: str, name: str) -> None:
    assert (ROOT / file).is_file(), STEP
    assert name in functions(ROOT / file), STEP


def test_every_threat_has_a_test() -> None:
    threats = re.split(r"^### ", MODEL.partition("## Accepted")[0], flags=re.M)[1:]
    assert len(threats) >= 10
    assert [threat.splitlines()[0] for threat in threats if "::test_" not in threat] == []


def test_every_test_of_faults_that_defends_is_named_or_is_part_of_one() -> None:
    """A file of attacks that the model does not mention is a threat that it forgot."""
    mentioned = {file for file, _ in NAMED}
    files = {f"tests/faults/{p.name}" for p in (ROOT / "tests" / "faults").glob("test_*.py")}
    assert files - mentioned <= {
        "tests/faults/test_threat_model.py",
        "tests/faults/test_streams.py",  # exit codes, in docs/exit-codes.md
    }


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/security.md", "docs/threat-model.md"])
def test_links_between_the_documents_lead_somewhere(page: str) -> None:
    path = ROOT / page
    links = re.findall(r"\]\(([^)#]+)\)", path.read_text())
    assert links or page == "docs/threat-model.md"
    assert [link for link in links if not (path.parent / link).exists()] == []
