"""Which tables may still be edited: told by git, by databases, by the caller."""

import subprocess
from pathlib import Path

import pytest

from ctb_audit.errors import UsageError
from ctb_audit.model import AppliedMigration, Catalog, MigrationFile, Name, Table, Tracker
from ctb_audit.remedy.in_place.shipped import Shipping, shipping_of

USERS, NOTES = Name("public", "users"), Name("public", "notes")
CREATE = "CREATE TABLE {0} (id int PRIMARY KEY);\n"


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """`users` is committed on main."""
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "db").mkdir()
    write(tmp_path, "db/001_users.sql", CREATE.format("users"))
    git(tmp_path, "commit", "-qm", "users")
    return tmp_path


def write(folder: Path, path: str, text: str) -> None:
    (folder / path).write_text(text)
    git(folder, "add", path)


def shipping(
    folder: Path,
    *paths: str,
    chain: bool = False,
    catalogs: tuple[Catalog, ...] = (),
    ref: str | None = None,
    said: tuple[Name, ...] = (),
) -> Shipping:
    steps = tuple(MigrationFile(path, "db", path) for path in paths) if chain else ()
    every = (Catalog(migrations=steps), *catalogs)
    return shipping_of(every, {"db": paths}, folder, ref, lambda name: name in said)


def refused(found: Shipping, table: Name, path: str) -> str:
    refusal = found.refusal(table, path, f"{path}:1")
    return "" if refusal is None else refusal.problem


def test_a_table_of_the_main_branch_has_shipped(repository: Path) -> None:
    found = shipping(repository, "db/001_users.sql")
    assert "is created on main already" in refused(found, USERS, "db/001_users.sql")


def test_a_new_file_and_a_table_added_to_an_old_one_have_not(repository: Path) -> None:
    (repository / "db" / "notes.sql").write_text(CREATE.format("notes"))
    found = shipping(repository, "db/001_users.sql", "db/notes.sql")
    assert refused(found, NOTES, "db/notes.sql") == ""
    assert refused(found, NOTES, "db/001_users.sql") == ""


def test_a_migration_that_main_holds_is_never_edited(repository: Path) -> None:
    found = shipping(repository, "db/001_users.sql", chain=True)
    assert "migration that main holds" in refused(found, NOTES, "db/001_users.sql")


def test_commits_of_a_branch_have_not_shipped(repository: Path) -> None:
    git(repository, "switch", "-qc", "feature")
    write(repository, "db/002_notes.sql", CREATE.format("notes"))
    git(repository, "commit", "-qm", "notes")
    found = shipping(repository, "db/001_users.sql", "db/002_notes.sql", chain=True)
    assert refused(found, NOTES, "db/002_notes.sql") == ""
    assert refused(found, USERS, "db/001_users.sql") != ""
    shipped = shipping(repository, "db/002_notes.sql", ref="feature")
    assert "feature" in refused(shipped, NOTES, "db/002_notes.sql")


def test_what_main_held_where_the_branch_left_it_counts_too(repository: Path) -> None:
    git(repository, "switch", "-qc", "feature")
    git(repository, "switch", "-q", "main")
    git(repository, "rm", "-q", "db/001_users.sql")
    git(repository, "commit", "-qm", "squashed into a dump that git does not hold")
    git(repository, "switch", "-q", "feature")
    found = shipping(repository, "db/001_users.sql")
    assert refused(found, USERS, "db/001_users.sql") != ""


def test_without_a_main_branch_every_commit_has_shipped(repository: Path) -> None:
    git(repository, "branch", "-m", "main", "develop")
    found = shipping(repository, "db/001_users.sql")
    assert refused(found, USERS, "db/001_users.sql") != ""


def test_before_the_first_commit_nothing_has_shipped(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    found = shipping(tmp_path, "a.sql", "b.sql", chain=True)
    assert refused(found, USERS, "a.sql") == ""


def test_migrations_of_rails_and_alembic_ship_tables(repository: Path) -> None:
    (repository / "db" / "migrate").mkdir()
    write(repository, "db/migrate/1_notes.rb", "create_table :notes do |t|\nend\n")
    git(repository, "commit", "-qm", "notes")
    found = shipping(repository, "db/structure.sql")
    assert "created on main" in refused(found, NOTES, "db/structure.sql")


def test_outside_of_a_repository_one_script_may_be_edited_and_no_migration(tmp_path: Path) -> None:
    assert refused(shipping(tmp_path, "schema.sql"), USERS, "schema.sql") == ""
    many = shipping(tmp_path, "a.sql", "b.sql")
    assert "no git repository" in refused(many, USERS, "a.sql")
    chain = shipping(tmp_path, "001_a.sql", chain=True)
    assert "no git repository" in refused(chain, USERS, "001_a.sql")


def test_the_caller_may_say_so_but_not_against_a_database(tmp_path: Path) -> None:
    live = Catalog(surface="live", tables=(Table("postgresql", "public", "users"),))
    said = shipping(tmp_path, "a.sql", "b.sql", said=(USERS, NOTES))
    assert refused(said, USERS, "a.sql") == ""
    known = shipping(tmp_path, "a.sql", "b.sql", said=(USERS, NOTES), catalogs=(live,))
    assert "audited database" in refused(known, USERS, "a.sql")
    assert refused(known, NOTES, "a.sql") == ""


def test_an_applied_migration_is_never_edited(tmp_path: Path) -> None:
    tracker = Tracker(Name("public", "schema_migrations"), "x", (AppliedMigration("001_a.sql"),))
    found = shipping(
        tmp_path, "db/001_a.sql", said=(USERS,), catalogs=(Catalog(trackers=(tracker,)),)
    )
    assert "applied" in refused(found, USERS, "db/001_a.sql")


def test_a_ref_that_is_no_commit_is_a_usage_error(repository: Path) -> None:
    with pytest.raises(UsageError, match="no commit"):
        shipping(repository, "db/001_users.sql", ref="nowhere")
