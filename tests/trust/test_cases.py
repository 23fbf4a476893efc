"""Inputs that once broke an invariant, kept small: `cases/<target of fuzz>/<what it shows>`."""

from pathlib import Path

import pytest

from fuzz.targets import TARGETS

CASES = Path(__file__).parent / "cases"
FILES = sorted(path for path in CASES.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(CASES).as_posix())
def test_a_case_keeps_the_invariants(path: Path) -> None:
    target = TARGETS[path.parent.name]
    target.check(path.read_text(encoding="utf-8"))
    assert path.stat().st_size <= 16_384


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_every_target_starts_from_texts_that_keep_the_invariants(name: str) -> None:
    texts = list(TARGETS[name].seeds())
    for text in texts[:: max(1, len(texts) // 20)]:
        TARGETS[name].check(text)
    assert texts
