from pathlib import Path

import pytest

from ctb_audit.model import System
from ctb_audit.sources.ddl.dialect import SIGNS, guess
from ctb_audit.sources.load import LoadOptions, load


@pytest.mark.parametrize(
    ("path", "system"),
    [
        ("data/bigquery/tables/events.sql", "bigquery"),
        ("d1-migrations/0001_x.sql", "sqlite"),
        ("mysql/schema.sql", "mysql"),
        ("mysql/legacy/postgres/schema.sql", "postgresql"),
        ("data/neon/schemas/users.sql", "postgresql"),
    ],
)
def test_a_word_of_the_path_decides(path: str, system: System) -> None:
    assert guess(path, ["CREATE TABLE t (a INT64) ENGINE=InnoDB; PRAGMA x;"]) == system


@pytest.mark.parametrize(
    ("texts", "system"),
    [
        (["CREATE TABLE `p.d.t` (id INT64, name STRING) OPTIONS(description='x');"], "bigquery"),
        (["CREATE TABLE `t` (`a` int unsigned AUTO_INCREMENT) ENGINE=InnoDB;"], "mysql"),
        (["CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);", "DROP TABLE u;"], "sqlite"),
        (["CREATE TABLE t (id SERIAL, at TIMESTAMPTZ DEFAULT now());"], "postgresql"),
        (["CREATE TABLE t (id bigserial, `odd` text);"], "postgresql"),
        (["ALTER TABLE t ADD COLUMN a text;"], "postgresql"),
        ([], "postgresql"),
    ],
)
def test_words_of_one_engine_are_weighed(texts: list[str], system: System) -> None:
    assert guess("db/schema.sql", texts) == system


@pytest.mark.parametrize(("worker", "system"), [("d1_databases", "sqlite"), ("name", "postgresql")])
def test_scripts_beside_a_worker_with_d1_are_sqlite(
    tmp_path: Path, worker: str, system: System
) -> None:
    (tmp_path / "app/migrations").mkdir(parents=True)
    (tmp_path / "app/migrations/0001_init.sql").write_text("CREATE TABLE t (a text);")
    (tmp_path / "wrangler.jsonc").write_text('{"' + worker + '": []}')
    (catalog,) = load([str(tmp_path)], LoadOptions(root=tmp_path))
    assert [t.system for t in catalog.tables] == [system]


def test_what_only_postgresql_writes_stays_its_own_beside_a_worker(tmp_path: Path) -> None:
    (tmp_path / "0001_init.sql").write_text("CREATE TABLE t (a timestamptz, b jsonb);")
    (tmp_path / "wrangler.toml").write_text("[[d1_databases]]")
    (catalog,) = load([str(tmp_path)], LoadOptions(root=tmp_path))
    assert [t.system for t in catalog.tables] == ["postgresql"]


def test_a_sign_may_stand_behind_blank_lines() -> None:
    script = "\n" * 9 + "\t PRAGMA foreign_keys = OFF;\nCREATE TABLE t (a);"
    assert guess("a.sql", [script]) == "sqlite"


SIGNED = {
    "bigquery": (
        "a Int64",
        "a ARRAY <STRING>",
        "`p-1.d.t`",
        "Options (a)",
        "  a String",
        "CLUSTER\nBY a",
    ),
    "mysql": (
        "Engine = InnoDB",
        "Auto_Increment",
        "/*!40101 SET */",
        "Delimiter ;;",
        "int Unsigned",
        "ON UPDATE\tCurrent_Timestamp",
        "`t`",
    ),
    "sqlite": (
        "AutoIncrement",
        " Pragma foreign_keys",
        "WITHOUT  RowId",
        ") Strict ;",
        "julianDay (a)",
    ),
}


@pytest.mark.parametrize("system", SIGNED)
def test_every_sign_of_another_system_is_found_behind_its_words(system: System) -> None:
    for sign, text in zip(SIGNS[system], SIGNED[system], strict=True):
        assert sign.fits.search(text), text
        assert any(word in text.lower() for word in sign.words), text
        assert guess("", [text]) == system, text
