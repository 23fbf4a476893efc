"""`ctb tag` on a project: what it writes, refuses, repairs and logs."""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ctb_audit.log import open_log
from ctb_audit.tag import classify

Ctb = Callable[..., tuple[int, str, str]]
ID = re.compile(rb"HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "ctb.toml": b'standard = "ctb-1.0"\nsources = ["ctb"]\n',
        "ctb/data/tables/users.sql": b"CREATE TABLE users (id int);",
        "ctb/data/tables/latin.sql": b"-- caf\xe9\r\nCREATE TABLE a (id int);\r\n",
        "ctb/ai/agents/run.sh": b"#!/bin/sh\necho\n",
        "ctb/meta/values.json": b'{"a": 1}\n',
        "ctb/ui/image.svg": b"\x00\x01",
        "tool.py": b"X = 1\n",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / "ctb/ai/agents/run.sh").chmod(0o755)
    return tmp_path


def contents(root: Path) -> dict[str, bytes]:
    files = (p for p in root.rglob("*") if p.is_file() and ".ctb" not in p.parts)
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in files}


def test_files_are_tagged_once_each_with_its_own_id(ctb: Ctb, project: Path) -> None:
    before = contents(project)
    assert ctb("tag", "--only", "headers")[0] == 0
    once = contents(project)
    changed = {name for name in before if before[name] != once[name]}
    assert changed == set(before) - {"ctb/meta/values.json", "ctb/ui/image.svg"}
    assert all(once[name].endswith(before[name][15:]) for name in changed)
    ids = [ID.findall(once[name]) for name in changed]
    assert all(len(found) == 1 for found in ids)
    assert len({found[0] for found in ids}) == len(changed)
    assert (project / "ctb/ai/agents/run.sh").stat().st_mode & 0o777 == 0o755
    code, out, _ = ctb("tag", "--only", "headers")
    assert code == 0
    assert out.startswith("0 changed")
    assert contents(project) == once


def test_check_and_diff_write_nothing(ctb: Ctb, project: Path) -> None:
    before = contents(project)
    assert ctb("tag", "--check")[0] == 1
    code, out, _ = ctb("tag", "--diff", "tool.py")
    assert code == 1
    assert "+# CTB Metadata" in out
    assert contents(project) == before
    assert not (project / ".ctb").exists()
    ctb("tag")
    assert ctb("tag", "--check")[0] == 0


def test_a_run_writes_a_row(ctb: Ctb, project: Path) -> None:
    ctb("tag", "tool.py")
    (row,) = open_log(root=project).entries()
    assert (row.action, row.score, row.status) == ("tag", 0, "partial")
    assert row.actions["actions"] == [
        {"action": "tag", "path": "tool.py", "detail": "sys/root, 50 %"}
    ]
    ctb("tag", "--no-log", "ctb")
    assert len(list(open_log(root=project).entries())) == 1


def test_a_guess_is_flagged_and_a_correction_stands(ctb: Ctb, project: Path) -> None:
    out = ctb("tag", "tool.py")[1]
    assert "uncertain  tool.py: sys, 50 %" in out
    path = project / "tool.py"
    path.write_bytes(path.read_bytes().replace(b"Division: sys", b"Division: ai"))
    assert ctb("tag", "--check", "tool.py")[0] == 0
    table = project / "ctb/data/tables/users.sql"
    ctb("tag")
    table.write_bytes(table.read_bytes().replace(b"Division: data", b"Division: ui"))
    assert ctb("tag", "--check")[0] == 1


def test_broken_and_double_ids_are_repaired(ctb: Ctb, project: Path) -> None:
    ctb("tag")
    first, second = project / "ctb/data/tables/users.sql", project / "tool.py"
    given = ID.findall(first.read_bytes())[0]
    second.write_bytes(ID.sub(given, second.read_bytes()))
    first_text = first.read_bytes()
    assert "repaired  tool.py" in ctb("tag")[1]
    assert first.read_bytes() == first_text
    assert ID.findall(second.read_bytes())[0] != given
    second.write_bytes(ID.sub(b"HEIR-2025-10-AI-ORBT-U-01", second.read_bytes()))
    assert "repaired  tool.py" in ctb("tag")[1]
    assert len(ID.findall(second.read_bytes())) == 1


def test_a_header_inside_json_is_taken_out(ctb: Ctb, project: Path) -> None:
    path = project / "ctb/meta/values.json"
    head = b"# # CTB Metadata\n# # CTB Version: 1.3.3\n# # HEIR ID: HEIR-2025-10-MET-X-01\n\n"
    path.write_bytes(head + b'{"a": 1}\n')
    assert "removed  ctb/meta/values.json" in ctb("tag")[1]
    assert json.loads(path.read_bytes()) == {"a": 1}
    path.write_bytes(head + b'{"a": \n')
    assert ctb("tag")[0] == 0
    assert path.read_bytes() == head + b'{"a": \n'


def test_a_read_only_file_is_left_and_said(ctb: Ctb, project: Path) -> None:
    path = project / "tool.py"
    path.chmod(0o444)
    code, _, err = ctb("tag")
    assert code == 3
    assert "tool.py: is read-only" in err
    assert path.read_bytes() == b"X = 1\n"


def test_links_out_of_the_project_are_not_followed(
    ctb: Ctb, project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.py"
    outside.write_bytes(b"Y = 1\n")
    (project / "link.py").symlink_to(outside)
    assert ctb("tag")[0] == 0
    code, _, err = ctb("tag", "link.py")
    assert code == 3
    assert "leaves the project" in err
    assert ctb("tag", str(outside))[0] == 2
    assert outside.read_bytes() == b"Y = 1\n"


def test_wrong_arguments_are_refused(ctb: Ctb, project: Path) -> None:
    assert ctb("tag", "missing.py")[0] == 2
    assert ctb("tag", "--ctb-version", "v1")[0] == 2


@pytest.mark.parametrize(
    ("path", "division", "confidence"),
    [
        ("ctb/data/neon/users.sql", "data", 100),
        ("docs/guides/a.md", "docs", 95),
        ("src/components/Button.tsx", "ui", 90),
        ("migrations/001_a.sql", "data", 90),
        ("agents/run.py", "ai", 80),
        ("tests/fixtures/a.sql", "meta", 60),
        (".github/workflows/ci.yml", "meta", 90),
        ("main.tf", "sys", 75),
        ("settings.yaml", "meta", 65),
        ("setup.py", "sys", 50),
    ],
)
def test_divisions(path: str, division: str, confidence: int) -> None:
    found = classify(path)
    assert (found.name, found.confidence) == (division, confidence)


def test_a_pipe_is_passed_over_and_refused_where_it_is_named(ctb: Ctb, project: Path) -> None:
    os.mkfifo(project / "pipe.py")
    assert "pipe.py: neither a file nor a folder" in ctb("tag", "-v")[1]
    code, _, err = ctb("tag", "pipe.py")
    assert code == 3
    assert "pipe.py: is no file" in err


def test_many_tables_and_files_of_one_kind_get_ids_in_a_row(ctb: Ctb, tmp_path: Path) -> None:
    text = "".join(f"CREATE TABLE t{n} (id int);\n" for n in range(250))
    (tmp_path / "t.sql").write_text(text)
    ctb("tag", "--no-log")
    ids = [found.decode() for found in ID.findall((tmp_path / "t.sql").read_bytes())]
    tables = ids[1:]
    assert len(set(ids)) == 251
    assert [i[13:] for i in (tables[0], tables[98], tables[99], tables[249])] == [
        "DATA-T-01",
        "DATA-T-99",
        "DATA-TA-01",
        "DATA-TB-52",
    ]
