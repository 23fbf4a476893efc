"""What audits keep of scripts: never stale, never wrong, bounded, and harmless to read."""

import os
import pickle
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ctb_audit.sources import kept, pack
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.kept import KEPT_FROM, KeptScripts
from ctb_audit.sources.load import LoadOptions, load_all

TABLE = "CREATE TABLE {name} (id serial PRIMARY KEY, note text DEFAULT 'a note', CHECK (id > 0));\n"
FILES = 240


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of migrations that is worth keeping, and a cache of its own."""
    monkeypatch.setenv("CTB_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "migrations"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"{number:03}_step.sql").write_text(TABLE.format(name=f"t{number}"))
    assert sum(path.stat().st_size for path in folder.iterdir()) > KEPT_FROM
    return folder


class Counting:
    """`read_script`, noting what it was asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def __call__(self, text: str, path: str, *rest: object, **options: object) -> Script:
        self.paths.append(path)
        return read_script(text, path, *rest, **options)  # type: ignore[arg-type]


def read(home: Path, *, keeping: bool = True) -> tuple[object, list[str]]:
    """The catalogs, and the scripts that were read for them."""
    reader = Counting()
    held = KeptScripts(home) if keeping else None
    options = LoadOptions(root=home, read_script=reader, kept=held)
    catalogs = load_all((str(home),), options).catalogs
    if held is not None:
        held.keep()
    return catalogs, reader.paths


def pack_of(home: Path) -> Path:
    (found,) = (home.parent / "cache" / "scripts").glob("*.pack")
    return found


def test_a_warm_audit_reads_what_changed(home: Path) -> None:
    cold, read_first = read(home)
    assert len(read_first) == FILES
    warm, nothing = read(home)
    assert (warm, nothing) == (cold, [])
    (home / "007_step.sql").write_text("CREATE TABLE other (a int);\n")
    changed, one = read(home)
    assert one == ["007_step.sql"]
    assert changed == read(home, keeping=False)[0] != cold


def test_it_is_never_wrong(home: Path) -> None:
    """Files change, come, go, and swap their contents, sizes and times the same."""
    chance = random.Random(11)
    for turn in range(12):
        paths = sorted(home.iterdir())
        one, two = chance.sample(paths, 2)
        first, second = one.read_text(), two.read_text()
        match turn % 4:
            case 0:
                one.write_text(second)
                two.write_text(first)
            case 1:
                one.write_text(first.replace("note text", f"note_{turn} int"))
            case 2:
                one.rename(home / f"{chance.randrange(FILES):03}_moved_{turn}.sql")
            case _:
                (home / f"{turn:03}_new.sql").write_text(TABLE.format(name=f"new{turn}"))
        for path in home.iterdir():
            os.utime(path, (1, 1))
        assert read(home)[0] == read(home, keeping=False)[0]


def test_little_is_read_at_once(home: Path) -> None:
    for path in sorted(home.iterdir())[10:]:
        path.unlink()
    read(home)
    assert not (home.parent / "cache").exists()


def test_only_what_was_used_is_kept(home: Path) -> None:
    read(home)
    before = pack_of(home).stat().st_size
    for path in sorted(home.iterdir())[: FILES // 3]:
        path.unlink()
    (home / "new.sql").write_text("CREATE TABLE z (a int);\n" + "-- many\n" * 1_000)
    read(home)
    assert pack_of(home).stat().st_size < before


def test_what_changed_is_added_and_a_pack_of_old_texts_is_written_anew(home: Path) -> None:
    read(home)
    place, size = pack_of(home).stat().st_ino, pack_of(home).stat().st_size
    sizes, places = [], []
    for turn in range(FILES):
        (home / "007_step.sql").write_text(f"CREATE TABLE turn_{turn} (a int);\n")
        changed, paths = read(home)
        assert paths == ["007_step.sql"]
        sizes.append(pack_of(home).stat().st_size)
        places.append(pack_of(home).stat().st_ino)
    assert changed == read(home, keeping=False)[0]
    assert places[:9] == [place] * 9 and sizes[0] - size < 2_000
    assert max(sizes) < 1.5 * size and sizes[-1] < max(sizes)


def test_nothing_is_added_to_a_pack_that_another_program_has_written(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read(home)
    held = KeptScripts(home)
    options = LoadOptions(root=home, kept=held)
    (home / "007_step.sql").write_text("CREATE TABLE other (a int);\n")
    load_all((str(home),), options)
    program = kept._program()
    monkeypatch.setattr(kept, "_program", lambda: ("another", ()))
    read(home)
    monkeypatch.setattr(kept, "_program", lambda: program)
    held.keep()
    with pack_of(home).open("rb") as file:
        assert pickle.load(file) == program
    assert read(home)[1] == []


def test_a_part_that_was_cut_is_read_anew(home: Path) -> None:
    read(home)
    (home / "007_step.sql").write_text("CREATE TABLE other (a int);\n")
    expected, _ = read(home)
    whole = pack_of(home).read_bytes()
    for cut in (1, 40, 200):
        pack_of(home).write_bytes(whole[:-cut])
        assert read(home) == (expected, ["007_step.sql"])
        assert read(home) == (expected, [])


def test_nothing_is_added_behind_what_is_no_part(home: Path) -> None:
    read(home)
    pack_of(home).write_bytes(pack_of(home).read_bytes() + pickle.dumps(17))
    place = pack_of(home).stat().st_ino
    (home / "007_step.sql").write_text("CREATE TABLE other (a int);\n")
    assert read(home)[1] == ["007_step.sql"]
    assert pack_of(home).stat().st_ino != place and read(home)[1] == []


def test_audits_at_the_same_time_keep_what_they_read(home: Path) -> None:
    read(home)
    running = []
    for number in (7, 8):
        held = KeptScripts(home)
        (home / f"{number:03}_step.sql").write_text(f"CREATE TABLE other_{number} (a int);\n")
        load_all((str(home),), LoadOptions(root=home, kept=held))
        running.append(held)
    for held in running:
        held.keep()
    found, paths = read(home)
    assert paths == [] and found == read(home, keeping=False)[0]


def test_another_program_reads_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(home)
    monkeypatch.setattr(kept, "_program", lambda: ("another", ()))
    assert len(read(home)[1]) == FILES


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "cut": lambda content: content[: len(content) // 2],
    "no pickle": lambda content: b"\0" * 500,
    "another value": lambda content: pickle.dumps({"a": 1}),
    "a pair of texts": lambda content: pickle.dumps(("a", "b")),
    "something called": lambda content: pickle.dumps(os.getcwd),
    "a class of ours that is no operation": lambda content: pickle.dumps(KeptScripts),
}


@pytest.mark.parametrize("damage", BROKEN)
def test_a_broken_pack_is_as_good_as_none(home: Path, damage: str) -> None:
    cold, _ = read(home)
    pack_of(home).write_bytes(BROKEN[damage](pack_of(home).read_bytes()))
    again, paths = read(home)
    assert (again, len(paths)) == (cold, FILES)


class Harm:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return os.mkdir, (str(self.mark),)


def test_reading_a_pack_executes_nothing(home: Path, tmp_path: Path) -> None:
    """Neither as the pack nor as one of its scripts."""
    cold, _ = read(home)
    with pack_of(home).open("rb") as file:
        program, scripts = pickle.load(file), pickle.load(file)
    harm = pickle.dumps(Harm(tmp_path / "harm"))
    head = pickle.dumps(program)
    for content in (harm, head + harm, head + pickle.dumps(dict.fromkeys(scripts, harm))):
        pack_of(home).write_bytes(content)
        assert read(home)[0] == cold
    assert not (tmp_path / "harm").exists()


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows keeps users apart itself")
def test_a_pack_that_others_may_write_is_not_read(home: Path) -> None:
    read(home)
    pack_of(home).parent.chmod(0o777)
    assert len(read(home)[1]) == FILES


def test_packs_are_bounded(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack, "PACKS", 2)
    for name in ("a", "b", "c"):
        other = home.parent / name
        home.rename(other)
        read(other)
        other.rename(home)
    assert len(list((home.parent / "cache" / "scripts").glob("*.pack"))) == 2
    monkeypatch.setattr(pack, "LARGEST", 10)
    home.rename(home.parent / "d")
    read(home.parent / "d")
    assert len(list((home.parent / "cache" / "scripts").glob("*.pack"))) == 2
