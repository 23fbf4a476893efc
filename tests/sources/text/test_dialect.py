import pytest

from ctb_audit.model import System
from ctb_audit.sources.ddl.dialect import guess


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
