"""`ctb audit --check-data` as a user runs it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer

Run = Callable[..., CompletedProcess[str]]
SECRET = "sk_live_4fQ9Zr!7"
DDL = f"""
CREATE TABLE accounts (id integer PRIMARY KEY, heir_id varchar(50), password_hash text);
INSERT INTO accounts SELECT g, '{SECRET}' || g, '{SECRET}' FROM generate_series(1, 10000) g;
CREATE TABLE orders (id integer PRIMARY KEY, heir_id varchar(50));
INSERT INTO orders VALUES (1, 'x');
CREATE TABLE schema_migrations (version varchar(255) PRIMARY KEY, applied_at timestamp);
INSERT INTO schema_migrations VALUES ('001_accounts');
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ScratchServer() as server, server.database() as made:
        with psycopg.connect(made, autocommit=True) as session:
            session.execute(DDL.encode())
        yield made


def test_rows_are_counted_and_no_output_holds_a_value(ctb: Run, url: str, tmp_path: Path) -> None:
    outputs = ["report.md", "report.html", "report.json", "report.sarif"]
    done = ctb("audit", "env:DB", "--check-data", *(f"-o{o}" for o in outputs), env={"DB": url})
    assert done.returncode in (0, 1), done.stderr
    assert "10,000 rows with a heir_id outside of its format" in done.stdout
    written = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert len(written) >= 5  # the reports and the log
    assert not any(SECRET.encode() in text for text in (done.stdout.encode(), *written))


def test_only_some_tables_are_asked(ctb: Run, url: str) -> None:
    options = ("--check-data", "--table", "orders", "--select", "data", "--no-log")
    done = ctb("audit", "env:DB", *options, "--format", "json", env={"DB": url})
    found = json.loads(done.stdout)["findings"]
    assert {f["table"] for f in found} == {"public.orders"}


def test_a_small_row_limit_gives_a_lower_bound(ctb: Run, url: str) -> None:
    options = ("--check-data", "--table", "accounts", "--select", "invalid-heir-value", "--no-log")
    done = ctb("audit", "env:DB", *options, "--data-rows", "10", env={"DB": url})
    assert "rows with a heir_id outside of its format" in done.stdout


def test_without_the_option_rows_are_left_alone(ctb: Run, url: str) -> None:
    done = ctb("audit", "env:DB", "--select", "data", "--no-log", "-v", env={"DB": url})
    assert "--check-data" in done.stdout and "heir_id" not in done.stdout


def test_migrations_on_disk_against_the_tracker(ctb: Run, url: str, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "001_accounts.sql").write_text("CREATE TABLE accounts (id integer PRIMARY KEY);")
    (folder / "002_orders.sql").write_text("CREATE TABLE orders (id integer PRIMARY KEY);")
    options = ("--select", "migrations", "--no-log", "--format", "json")
    done = ctb("audit", "env:DB", ".", *options, env={"DB": url})
    found = [(f["rule"], f["object"]) for f in json.loads(done.stdout)["findings"]]
    assert found == [("unapplied-migration", "migrations/002_orders.sql")]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("a.sql", "--check-data"), "no live database is among the sources"),
        (("a.sql", "--table", "x"), "add --check-data"),
        (("a.sql", "--check-data", "--staged"), "does not go with"),
        (("a.sql", "--check-data", "--data-rows", "0"), "--data-rows"),
    ],
)
def test_what_does_not_go_together(
    ctb: Run, tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE t (id integer PRIMARY KEY);")
    done = ctb("audit", *arguments)
    assert done.returncode == 2 and told in done.stderr
