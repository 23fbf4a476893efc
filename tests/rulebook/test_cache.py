"""In a checkout the rules are parsed once for each content."""

from pathlib import Path

import pytest

from ctb_audit import resources
from ctb_audit.rulebook import files

RULE = 'summary = "{}"\nwhy = "w"\nremedy = "r"\nseverity = "LOW"\ncheck = "c"\n'


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one rule and one standard."""
    (tmp_path / "rules" / "orders").mkdir(parents=True)
    (tmp_path / "rules" / "standards").mkdir()
    (tmp_path / "rules" / "orders" / "keyless-order.toml").write_text(RULE.format("first"))
    (tmp_path / "rules" / "standards" / "ours.toml").write_text('title = "Ours"\n')
    monkeypatch.setattr(resources, "data_root", lambda: tmp_path)
    monkeypatch.setattr(resources, "checkout", lambda: tmp_path)
    monkeypatch.setattr(resources, "compiled", lambda _: None)
    return tmp_path


def _cached(checkout: Path) -> list[Path]:
    return sorted((checkout / ".ctb" / "cache").iterdir())


def test_the_second_reading_comes_from_the_cache(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = files.built_in()
    monkeypatch.setattr(files, "compile_folder", lambda _: pytest.fail("parsed again"))
    assert files.built_in() == first
    assert first.rules["keyless-order"]["topic"] == "orders"
    assert len(_cached(checkout)) == 1


def test_a_changed_rule_is_read_anew_and_the_old_one_forgotten(checkout: Path) -> None:
    files.built_in()
    (old,) = _cached(checkout)
    (checkout / "rules" / "orders" / "keyless-order.toml").write_text(RULE.format("second rule"))
    assert files.built_in().rules["keyless-order"]["summary"] == "second rule"
    assert _cached(checkout) == [old]
    assert "second rule" in old.read_text() and "first" not in old.read_text()


@pytest.mark.parametrize("text", ["{", "[]", "1", "{}", '{"state": []}', '{"state": [3]}'])
def test_a_damaged_cache_is_made_again(checkout: Path, text: str) -> None:
    first = files.built_in()
    (cached,) = _cached(checkout)
    cached.write_text(text)
    assert files.built_in() == first
    assert cached.read_text() != text


def test_a_checkout_that_cannot_be_written_still_loads(checkout: Path) -> None:
    (checkout / ".ctb").write_text("in the way")
    assert set(files.built_in().rules) == {"keyless-order"}
