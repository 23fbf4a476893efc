"""Migrations of which a tool keeps a checksum stay as they are unless that is asked for."""

from collections.abc import Callable
from pathlib import Path

import pytest

Ctb = Callable[..., tuple[int, str, str]]
TABLE = b"CREATE TABLE t (a int);\n"


@pytest.mark.parametrize(
    ("tool", "path", "beside"),
    [
        ("Flyway", "db/V1__t.sql", {}),
        ("Flyway", "db/V2026.11.22__t.sql", {}),
        ("Flyway", "db/R__t.sql", {}),
        ("Flyway", "db/B7__t.sql", {}),
        ("Prisma", "prisma/migrations/20261122010203_t/migration.sql", {}),
        ("Atlas", "migrations/20261122_t.sql", {"migrations/atlas.sum": b"h1:x=\n"}),
        ("Drizzle", "drizzle/0000_t.sql", {"drizzle/meta/_journal.json": b"{}"}),
        ("Sqitch", "deploy/t.sql", {"sqitch.plan": b"%project=x\n"}),
        (
            "sqlx",
            "migrations/20261122_t.sql",
            {"Cargo.toml": b'[dependencies]\nsqlx = "0.8"\n'},
        ),
        (
            "postgres-migrations",
            "migrations/1_t.sql",
            {"package.json": b'{"dependencies": {"postgres-migrations": "5"}}'},
        ),
        (
            "Liquibase",
            "changes/t.sql",
            {"db.changelog-master.yaml": b"databaseChangeLog:\n- include: {file: t.sql}\n"},
        ),
    ],
)
def test_a_tool_is_known_by_name_or_neighbours(
    ctb: Ctb, tmp_path: Path, tool: str, path: str, beside: dict[str, bytes]
) -> None:
    for name, content in {path: TABLE, **beside}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert f"skipped  {path}: {tool} keeps a checksum of it" in ctb("tag", "-v")[1]
    assert (tmp_path / path).read_bytes() == TABLE
    assert ctb("tag", "--checksummed", path)[0] == 0
    assert (tmp_path / path).read_bytes().startswith(b"-- CTB Metadata\n")


@pytest.mark.parametrize(
    ("tool", "head"),
    [
        ("Liquibase", b"--liquibase formatted sql\n--changeset a:1\n"),
        ("Graphile Migrate", b"--! Previous: -\n--! Hash: sha1:00\n\n"),
    ],
)
def test_a_tool_is_known_by_what_it_wrote(ctb: Ctb, tmp_path: Path, tool: str, head: bytes) -> None:
    (tmp_path / "t.sql").write_bytes(head + TABLE)
    assert f"{tool} keeps a checksum of it" in ctb("tag", "-v")[1]
    assert (tmp_path / "t.sql").read_bytes() == head + TABLE


@pytest.mark.parametrize(
    "path", ["migrations/001_t.sql", "supabase/migrations/20261122_t.sql", "db/structure.sql"]
)
def test_tools_without_checksums_do_not_mind(ctb: Ctb, tmp_path: Path, path: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(TABLE)
    (tmp_path / "Cargo.toml").write_text('[dependencies]\ndiesel = "2"\n')
    assert ctb("tag", path)[0] == 0
    assert b"-- ctb: table=BART-SHQ-T-V1" in (tmp_path / path).read_bytes()
