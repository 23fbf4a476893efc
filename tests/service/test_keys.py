"""Keys: made once, kept as hashes, read from files that are private."""

import re
from pathlib import Path

import pytest

from ctb_audit.errors import ConfigurationError, UsageError
from ctb_audit.service.keys import (
    KeyFile,
    Keys,
    append_entry,
    entries_of,
    keys_of_environment,
    new_key,
    read_keys,
)


def private(path: Path, text: str) -> Path:
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_a_key_is_let_in_by_its_hash_alone(tmp_path: Path) -> None:
    key, line = new_key("ann")
    keys = Keys(entries_of(line, "test"))
    assert key not in line
    assert re.fullmatch(r"ann:sha256:[0-9a-f]{64}", line)
    assert keys.holder(key) == "ann"
    assert keys.holder(line.rpartition(":")[2]) is None
    assert [keys.holder(text) for text in ("", key[:-1], key + "x", key.upper())] == [None] * 4


def test_every_entry_is_compared_wherever_the_key_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    made = [new_key(f"k{n}") for n in range(5)]
    keys = Keys(entries_of("\n".join(line for _, line in made), "test"))
    compared: list[str] = []

    def compare(kept: str, given: str) -> bool:
        compared.append(kept)
        return kept == given

    monkeypatch.setattr("ctb_audit.service.keys.compare_digest", compare)
    assert [keys.holder(key) for key, _ in made] == [f"k{n}" for n in range(5)]
    assert len(compared) == 25


def test_a_text_that_is_no_key_is_refused_even_where_its_hash_is_listed() -> None:
    from hashlib import sha256

    weak = "secret"
    keys = Keys(entries_of(f"ann:sha256:{sha256(weak.encode()).hexdigest()}", "test"))
    assert keys.holder(weak) is None


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o666, 0o610])
def test_a_key_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    path = private(tmp_path / "keys", new_key("ann")[1])
    path.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"mode {mode:04o}.*chmod 600"):
        read_keys(path)
    with pytest.raises(ConfigurationError, match="can be used by others"):
        append_entry(path, new_key("bob")[1])


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "holds no key"),
        ("# nothing\n\n", "holds no key"),
        ("ctb_plain-key-somebody-pasted", "keys:1: is no key entry"),
        ("ann:sha256:12", "keys:1: is no key entry"),
    ],
)
def test_a_wrong_key_file_says_where_and_never_what(
    tmp_path: Path, text: str, problem: str
) -> None:
    path = private(tmp_path / "keys", text)
    with pytest.raises(ConfigurationError, match=problem) as caught:
        read_keys(path)
    assert "pasted" not in str(caught.value)


def test_a_name_stands_for_one_key(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    append_entry(path, new_key("ann")[1])
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ConfigurationError, match="names ann again"):
        append_entry(path, new_key("ann")[1])
    append_entry(path, new_key("bob")[1])
    assert [entry.name for entry in read_keys(path)] == ["ann", "bob"]


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file"):
        read_keys(tmp_path / "none")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_keys(tmp_path / "folder")
    with pytest.raises(ConfigurationError, match="is no text"):
        (tmp_path / "bytes").write_bytes(b"\xff\xfe")
        (tmp_path / "bytes").chmod(0o600)
        read_keys(tmp_path / "bytes")


@pytest.mark.parametrize("name", ["", "a b", "a:b", "-x", "x" * 65, "a\nb"])
def test_a_name_that_a_line_cannot_hold_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is no name"):
        new_key(name)


def test_a_line_taken_out_ends_its_key_at_once(tmp_path: Path) -> None:
    made = dict(new_key(name) for name in ("ann", "bob"))
    path = private(tmp_path / "keys", "\n".join(made.values()))
    ann, bob = made
    keys = KeyFile(path)
    assert [keys.holder(ann), keys.holder(bob)] == ["ann", "bob"]
    path.write_text(made[bob])
    assert [keys.holder(ann), keys.holder(bob)] == [None, "bob"]


def test_a_key_file_that_becomes_wide_or_goes_lets_nobody_in(tmp_path: Path) -> None:
    key, line = new_key("ann")
    path = private(tmp_path / "keys", line)
    keys = KeyFile(path)
    path.chmod(0o644)
    assert keys.holder(key) is None
    path.chmod(0o600)
    assert keys.holder(key) == "ann"
    path.unlink()
    assert keys.holder(key) is None


def test_the_environment_lists_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    made = dict(new_key(name) for name in ("ann", "bob"))
    monkeypatch.setenv("CTB_API_KEYS", " , ".join(made.values()))
    found = keys_of_environment()
    assert found is not None
    assert [found.holder(key) for key in made] == ["ann", "bob"]
    monkeypatch.delenv("CTB_API_KEYS")
    assert keys_of_environment() is None
    monkeypatch.setenv("CTB_API_KEYS", next(iter(made)))
    with pytest.raises(ConfigurationError) as caught:
        keys_of_environment()
    assert next(iter(made)) not in str(caught.value)
