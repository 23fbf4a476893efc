import os
from pathlib import Path

import pytest

from ctb_audit.errors import SourceError
from ctb_audit.sources.files import decode, discover, read_text


@pytest.mark.parametrize(
    "data",
    [
        "-- né\n".encode(),
        b"\xef\xbb\xbf" + "-- né\n".encode(),
        "-- né\n".encode("utf-16"),
        b"\xfe\xff" + "-- né\n".encode("utf-16-be"),
        "-- né\n".encode("latin-1"),
    ],
)
def test_text_is_decoded(data: bytes) -> None:
    assert decode(data, "a.sql") == "-- né\n"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"PGDMP\x01\x0e\x00", "pg_dump archive"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (b"SQLite format 3\x00", "SQLite database"),
        (b"SELECT 1;\0", "NUL"),
        (b"\xff\xfe\x00", "binary"),
        (bytes(range(256)) * 4, "binary"),
        ("SELECT 1".encode("utf-16-le"), "NUL"),
    ],
)
def test_what_is_no_text_is_named(data: bytes, problem: str) -> None:
    with pytest.raises(SourceError, match=f"^dump.sql: .*{problem}.*;"):
        decode(data, "dump.sql")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^x\.sql: does not exist"):
        read_text(tmp_path / "x.sql", "x.sql")
    with pytest.raises(SourceError, match=r"^d: cannot be read: is a directory"):
        read_text(tmp_path, "d")


def write(root: Path, *paths: str, text: str = "SELECT 1;") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def test_known_kinds_are_found_in_the_order_of_names(tmp_path: Path) -> None:
    write(tmp_path, "b/2.sql", "b/10.SQL", "a.ddl", "z.psql", "doc.md", "m.ts", "f.rules", "x.py")
    found = discover(tmp_path, tmp_path)
    assert found.files == (
        "a.ddl",
        "b/10.SQL",
        "b/2.sql",
        "doc.md",
        "f.rules",
        "m.ts",
        "z.psql",
    )
    assert found.of_kind("sql") == ("a.ddl", "b/10.SQL", "b/2.sql", "z.psql")
    assert not found.skipped


def test_what_is_passed_over_has_a_reason(tmp_path: Path) -> None:
    write(tmp_path, "a.sql", ".git/x.sql", "node_modules/p/x.sql", ".venv/x.sql", "old/x.sql")
    write(tmp_path, "gen/x.sql", "gen/keep/y.sql", "deep/x.tmp.sql", "deep/keep.tmp.sql")
    (tmp_path / ".gitignore").write_text("/gen/\n*.tmp.sql\n")
    (tmp_path / "deep/.gitignore").write_text("!keep.tmp.sql\n")
    found = discover(tmp_path, tmp_path, exclude=("old",))
    assert found.files == ("a.sql", "deep/keep.tmp.sql")
    assert {s.path: s.reason for s in found.skipped} == {
        ".venv": "hidden folder",
        "deep/x.tmp.sql": "ignored by .gitignore",
        "gen": "ignored by .gitignore",
        "node_modules": "folder of installed packages",
        "old": "excluded",
    }


def test_the_ignores_of_the_root_hold_below(tmp_path: Path) -> None:
    write(tmp_path, "db/a.sql", "db/b.sql")
    (tmp_path / ".gitignore").write_text("db/b.sql\n")
    found = discover(tmp_path / "db", tmp_path)
    assert found.files == ("db/a.sql",)
    assert [s.path for s in found.skipped] == ["db/b.sql"]


def test_links_stay_inside_the_root(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, "db/a.sql", "shared/s.sql")
    write(outside, "secret.sql")
    os.symlink(outside, root / "db/out")
    os.symlink(outside / "secret.sql", root / "db/secret.sql")
    os.symlink(root / "db", root / "db/circle")
    os.symlink(root / "shared", root / "db/shared")
    os.symlink(root / "none.sql", root / "db/none.sql")
    found = discover(root / "db", root)
    assert found.files == ("db/a.sql", "db/shared/s.sql")
    assert {s.path: s.reason for s in found.skipped} == {
        "db/out": "link that leaves the root",
        "db/secret.sql": "link that leaves the root",
        "db/circle": "link, read where it points",
        "db/none.sql": "link to nothing",
    }


def ignored(tmp_path: Path, patterns: str, *names: str) -> list[str]:
    (tmp_path / ".gitignore").write_text(patterns)
    write(tmp_path, *names)
    found = discover(tmp_path, tmp_path).files
    return [name for name in names if name not in found]


def test_a_line_of_gitignore_that_is_no_pattern_ignores_nothing(tmp_path: Path) -> None:
    lines = "!\n\\\na\\\n[z-a]\n[[:alpha:]\nb.sql\n"
    assert ignored(tmp_path, lines, "a.sql", "b.sql") == ["b.sql"]


def test_stars_in_gitignore_match_as_ever_and_end(tmp_path: Path) -> None:
    many = f"{'a' * 200}.sql"
    patterns = f"*b*d*.sql\n*c?*[x-z]*\n{'*a' * 40}b\n"
    names = ("abcde.sql", "acbxd.sql", "acx.sql", "ab.sql", many)
    assert ignored(tmp_path, patterns, *names) == ["abcde.sql", "acbxd.sql"]


def test_many_double_stars_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^\.gitignore:2: more than 3 double stars"):
        ignored(tmp_path, "x\n**/a/**/b/**/c/**/d\n", "a.sql")
