"""search_path, transaction blocks, guards, refusals and coverage."""

from collections.abc import Callable

from ctb_audit.model import Catalog, Name
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import Replay

Fold = Callable[..., Catalog]


def _names(catalog: Catalog) -> list[str]:
    return [str(table.qualified) for table in catalog.tables]


def test_rolled_back_ddl_does_not_count(server: Fold) -> None:
    catalog = server(
        """BEGIN; CREATE TABLE a (x int); SAVEPOINT s; CREATE TABLE b (x int); DROP TABLE a;
           ROLLBACK TO s; CREATE TABLE c (x int); COMMIT;
           BEGIN; DROP TABLE a; ALTER TABLE c RENAME TO d; ROLLBACK;"""
    )
    assert _names(catalog) == ["public.a", "public.c"]
    assert catalog.problems == ()


def test_an_error_aborts_the_block_in_server_mode_only(server: Fold, lenient: Fold) -> None:
    text = "BEGIN; CREATE TABLE a (x int); DROP TABLE missing; CREATE TABLE b (x int); COMMIT;"
    refused = server(text)
    assert _names(refused) == []
    assert [p.message[:30] for p in refused.problems] == [
        'table "missing" does not exist',
        "current transaction is aborted",
    ]
    assert _names(lenient(text)) == ["public.a", "public.b"]


def test_a_block_left_open_is_rolled_back_by_the_server(server: Fold, lenient: Fold) -> None:
    assert _names(server("BEGIN; CREATE TABLE a (x int);")) == []
    assert _names(lenient("BEGIN; CREATE TABLE a (x int);")) == ["public.a"]


def test_set_local_ends_with_the_transaction(server: Fold) -> None:
    catalog = server(
        """CREATE SCHEMA s; BEGIN; SET LOCAL search_path = s; CREATE TABLE a (x int); COMMIT;
           CREATE TABLE b (x int PRIMARY KEY);
           SET search_path = s, public; CREATE TABLE c (x int);""",
        "CREATE TABLE d (x int REFERENCES b);",
    )
    assert _names(catalog) == ["s.a", "public.b", "s.c", "public.d"]
    assert catalog.tables[3].constraints[0].target == Name("public", "b")


def test_names_without_a_schema_need_one_on_the_path(server: Fold) -> None:
    catalog = server("SELECT set_config('search_path', '', false); CREATE TABLE t (a int);")
    assert [p.message for p in catalog.problems] == ["no schema has been selected to create in"]


def test_a_second_object_of_a_name_is_a_duplicate_and_the_first_stays(lenient: Fold) -> None:
    catalog = lenient(
        "CREATE TABLE t (a int); CREATE TABLE u (a int); CREATE INDEX i ON t (a);",
        "CREATE INDEX i ON u (a); CREATE TABLE t (b int); CREATE TABLE IF NOT EXISTS t (c int);",
    )
    assert {p.kind for p in catalog.problems} == {"duplicate-object-name"}
    assert len(catalog.problems) == 2
    assert [c.name for c in catalog.tables[0].columns] == ["a"]


def test_lenient_keeps_what_the_server_refuses(server: Fold, lenient: Fold) -> None:
    text = "CREATE TABLE app.t (a int REFERENCES other (id), b widget);"
    assert server(text).tables == ()
    (table,) = lenient(text).tables
    assert table.constraints[0].target == Name("public", "other")
    assert table.columns[1].type.family == "unknown"


def test_lenient_names_the_table_that_nothing_defines(lenient: Fold) -> None:
    catalog = lenient("ALTER TABLE s.missing ADD COLUMN a int; CREATE INDEX i ON gone (a);")
    assert [(p.kind, p.objects) for p in catalog.problems] == [
        ("rejected", (Name("s", "missing"),)),
        ("rejected", (Name("public", "gone"),)),
    ]


def test_temporary_tables_are_left_out_without_a_problem(server: Fold) -> None:
    catalog = server(
        """CREATE TEMP TABLE t (a int); CREATE INDEX i ON t (a); ALTER TABLE t ADD b int;
           COMMENT ON TABLE t IS 'x'; DROP TABLE t; CREATE TABLE t (z int);"""
    )
    assert _names(catalog) == ["public.t"]
    assert catalog.problems == () and catalog.coverage.percent == 100.0


def test_the_state_can_be_continued_file_by_file() -> None:
    state = Replay(mode="server")
    state.apply(read_script("CREATE TABLE a (x int);", "1.sql", "postgresql"))
    assert len(state.catalog().tables) == 1
    state.apply(read_script("DROP TABLE a; CREATE TABLE b (x int);", "2.sql", "postgresql"))
    assert _names(state.catalog()) == ["public.b"]
    assert state.catalog().coverage.statements == 3


def test_annotations_survive_later_changes(server: Fold) -> None:
    catalog = server(
        """-- ctb: enforcement=STRICT
           CREATE TABLE t (a int);
           ALTER TABLE t RENAME TO u; ALTER TABLE u ADD b int;
           COMMENT ON TABLE u IS 'ctb: orbt=3';"""
    )
    (table,) = catalog.tables
    assert [(d.source, d.level, d.orbt) for d in table.declarations] == [
        ("annotation", "STRICT", None),
        ("comment", None, 3),
    ]


def test_a_statement_that_the_grammar_rejects_has_no_effect_on_a_server(
    server: Fold, lenient: Fold
) -> None:
    text = "CREATE TABLE t (a int, INDEX by_a (a)); CREATE TABLE u (a int, INDEX by_a (a));"
    assert server(text).tables == ()
    kept = lenient(text)
    assert [len(table.columns) for table in kept.tables] == [1, 1]
    assert [p.kind for p in kept.problems].count("duplicate-object-name") == 1
