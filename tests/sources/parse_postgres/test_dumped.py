"""What is read without the grammar has the operations that the grammar gives it."""

from collections.abc import Iterator

import pgparse
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctb_audit.semantics.quoting import KEYWORDS
from ctb_audit.sources.ddl import parse_postgres
from ctb_audit.sources.ddl.operations import Operation
from ctb_audit.sources.ddl.parse_postgres.dumped import dumped
from ctb_audit.sources.ddl.parse_postgres.elements import create_table
from ctb_audit.sources.ddl.parse_postgres.source import Source
from ctb_audit.sources.ddl.statement import Statement
from tests.sources.parse_postgres.dumps import DUMPED, TABLES


def source(text: str) -> Source:
    return Source(Statement(text, 0, 10, 3), "schema.sql")


def known(text: str) -> tuple[Operation, ...] | None:
    read = source(text)
    return create_table(read) if text.startswith("CREATE TABLE") else dumped(read)


def by_grammar(text: str) -> tuple[Operation, ...]:
    return parse_postgres._read(pgparse.parse(text), source(text)).operations


@pytest.mark.parametrize("text", DUMPED)
def test_the_spellings_of_a_dump_need_no_grammar(text: str) -> None:
    assert known(text) == by_grammar(text)


@pytest.mark.parametrize(
    "text",
    [
        "ALTER TABLE users OWNER TO public",
        "ALTER TABLE users OWNER TO current_user",
        "ALTER TABLE user OWNER TO app",
        "ALTER TABLE ONLY users ADD CONSTRAINT k PRIMARY KEY (id) DEFERRABLE",
        "ALTER TABLE ONLY users ADD CONSTRAINT k PRIMARY KEY (id, select)",
        "ALTER TABLE ONLY users ADD CONSTRAINT k PRIMARY KEY (id), DROP COLUMN a",
        "CREATE INDEX i ON t USING btree (lower(name))",
        "CREATE INDEX i ON t USING btree (a) WHERE (a) FROM (b)",
        "CREATE INDEX i ON t USING btree (a) WHERE (a), (b)",
        "CREATE INDEX i ON t USING btree (a) WHERE (a -- )\n)",
        "CREATE TRIGGER t BEFORE UPDATE OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f()",
        "COMMENT ON TABLE users IS ''",
        "COMMENT ON TABLE users IS 'a' 'b'",
        "COMMENT ON TABLE users IS NULL",
        "GRANT ALL,SELECT ON TABLE users TO app",
        "GRANT SELECT ON TABLE users TO none",
        f"ALTER TABLE {'a' * 64} OWNER TO app",
        "CREATE TABLE t (\n    a int -- one,\n    b int\n)",
        "CREATE TABLE t (\n    a int,\n    b int\n) WITH (fillfactor=70)",
        "CREATE TABLE t (\n    a int, b int\n)",
        "CREATE TABLE t (\n    a text DEFAULT 'x,\n    y',\n    b int\n)",
        "CREATE TABLE t (\n    LIKE u,\n    b int\n)",
        "CREATE TABLE t (\n    a int,\n    b int,\n)",
        "CREATE TABLE t (\n    a int CONSTRAINT given NOT NULL\n)",
        "CREATE TABLE t (\n\n)",
        f"CREATE TABLE t (\n    CONSTRAINT {'c' * 70} CHECK (true),\n    LIKE u\n)",
    ],
)
def test_what_is_not_quite_it_goes_to_the_grammar(text: str) -> None:
    assert known(text) is None


@pytest.mark.parametrize("text", TABLES)
def test_a_table_is_read_by_definitions_that_are_known(text: str) -> None:
    for _ in range(2):  # the first time the grammar reads what is new
        assert known(text) == by_grammar(text)


def test_one_definition_serves_constraints_of_every_name() -> None:
    first, second = (
        f"CREATE TABLE {name} (\n    a int,\n    CONSTRAINT {name}_check CHECK ((a > 17))\n)"
        for name in ("alpha", "beta")
    )
    assert known(first) == by_grammar(first)
    assert known(second) == by_grammar(second)


def test_no_name_of_either_module_is_a_keyword_to_the_grammar() -> None:
    for word in sorted(KEYWORDS):
        assert known(f"ALTER TABLE {word} OWNER TO app") is None


def _words() -> st.SearchStrategy[str]:
    odd = ("user", "Order", '"Order"', '"a b"', "zone", "name", "x1", "_y", "end", "value", "key")
    return st.sampled_from(odd) | st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True)


def _spelled(template: str, words: list[str]) -> str:
    supply: Iterator[str] = iter(words * 5)
    return "".join(next(supply) if part == "@" else part for part in template)


TEMPLATES = st.sampled_from(
    (
        "ALTER TABLE @.@ OWNER TO @",
        "ALTER TABLE ONLY @ ADD CONSTRAINT @ UNIQUE (@, @)",
        "ALTER TABLE @.@ ADD CONSTRAINT @ FOREIGN KEY (@) REFERENCES @(@) ON DELETE CASCADE",
        "CREATE INDEX @ ON @.@ USING btree (@ DESC) WHERE (@ IS NOT NULL)",
        "CREATE TRIGGER @ BEFORE INSERT OR UPDATE ON @ FOR EACH ROW EXECUTE FUNCTION @.@()",
        "ALTER SEQUENCE @ OWNED BY @.@.@",
        "GRANT SELECT ON TABLE @ TO @",
        "COMMENT ON COLUMN @.@.@ IS 'x'",
        "CREATE TABLE @ (\n    @ int NOT NULL,\n    @ varchar(5),\n    CONSTRAINT @ UNIQUE (@)\n)",
    )
)


@given(template=TEMPLATES, words=st.lists(_words(), min_size=4, max_size=6))
def test_every_name_is_read_as_the_grammar_reads_it(template: str, words: list[str]) -> None:
    text = _spelled(template, words)
    found = known(text)
    try:
        expected = by_grammar(text)
    except pgparse.PGQueryError:
        assert found is None
    else:
        assert found is None or found == expected


def test_a_reader_that_fails_costs_its_statement_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(read: Source) -> None:
        raise RecursionError

    monkeypatch.setattr(parse_postgres, "dumped", fails)
    effect = parse_postgres.read_statement(Statement(DUMPED[0], 0, 1, 1), "schema.sql")
    assert effect.verdict == "not understood"
