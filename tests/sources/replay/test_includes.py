"""Files that a script includes are read in its session, as psql does."""

from collections.abc import Callable

import pytest

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.operations import Script
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import Replay, replay

Include = Callable[[str, bool, str], Script | None]


def _told(catalog: Catalog) -> list[tuple[str, str, int]]:
    return [
        (p.kind, p.location.path if p.location else "", p.location.line if p.location else 0)
        for p in catalog.problems
    ]


def _included(files: dict[str, str]) -> Include:
    def include(path: str, relative: bool, including: str) -> Script | None:
        name = f"{including.rpartition('/')[0]}/{path}" if relative else path
        return read_script(files[name], name, "postgresql") if name in files else None

    return include


def test_an_included_file_is_read_where_it_stands_and_in_the_same_session() -> None:
    files = {
        "a/one.sql": "CREATE SCHEMA s; SET search_path = s; CREATE TABLE b (x int);\n\\ir two.sql",
        "a/two.sql": "CREATE TABLE c (x int);\nDROP TABLE missing;",
    }
    main = read_script(
        "BEGIN; CREATE TABLE a (x int);\n\\i a/one.sql\nCREATE TABLE b (x int);\nCOMMIT;",
        "main.sql",
        "postgresql",
    )
    lenient = replay([main], include=_included(files))
    assert [str(t.qualified) for t in lenient.tables] == ["public.a", "s.b", "s.c"]
    assert _told(lenient) == [
        ("rejected", "a/two.sql", 2),
        ("duplicate-object-name", "main.sql", 3),
    ]
    refused = replay([main], include=_included(files), mode="server")
    assert refused.tables == () and refused.schemas[-1].name == "public"


@pytest.mark.parametrize("include", [None, _included({})])
def test_a_file_that_cannot_be_read_is_not_understood(include: Include | None) -> None:
    main = read_script("\\i gone.sql\nCREATE TABLE a (x int);", "main.sql", "postgresql")
    catalog = replay([main], include=include, mode="server")
    assert _told(catalog) == [("not-understood", "main.sql", 1)]
    assert [t.name for t in catalog.tables] == ["a"]


def test_a_file_that_includes_itself_ends_after_sixteen_times() -> None:
    files = {"loop.sql": "CREATE TABLE t (x int);\n\\i loop.sql"}
    catalog = replay(
        [read_script("\\i loop.sql", "main.sql", "postgresql")], include=_included(files)
    )
    kinds = [kind for kind, _, _ in _told(catalog)]
    assert kinds == ["duplicate-object-name"] * 15 + ["not-understood"]
    assert catalog.coverage.statements == 1 + 2 * 16


def test_after_a_file_that_was_included_the_next_one_may_be() -> None:
    files = {f"{n}.sql": f"CREATE TABLE t{n} (x int);" for n in range(20)}
    text = "".join(f"\\i {n}.sql\n" for n in range(20))
    catalog = replay([read_script(text, "main.sql", "postgresql")], include=_included(files))
    assert len(catalog.tables) == 20 and catalog.problems == ()


def test_source_surface_and_coverage_are_those_given() -> None:
    state = Replay(source="here", surface="reference")
    state.apply(
        read_script(
            "CREATE TABLE t (x int); SELECT 1; SELECT x FROM t; CREATE FOO;", "a", "postgresql"
        )
    )
    catalog = state.catalog()
    assert (catalog.source, catalog.surface) == ("here", "reference")
    counted = catalog.coverage
    assert (counted.statements, counted.understood, counted.irrelevant) == (4, 1, 2)


def test_systems_stand_side_by_side() -> None:
    catalog = replay(
        [
            read_script(
                "CREATE TABLE t (x int); CREATE VIEW v AS SELECT x FROM t;", "a", "postgresql"
            ),
            read_script("CREATE TABLE t (x int);", "b", "sqlite"),
        ]
    )
    assert [str(t.qualified) for t in catalog.tables] == ["public.t", "main.t"]
    assert [s.name for s in catalog.schemas] == ["public", "main"]
    assert catalog.problems == ()


def test_what_all_privileges_are_follows_the_version() -> None:
    text = "CREATE TABLE t (a int); GRANT ALL ON t TO r; GRANT SELECT ON t TO r;"
    script = read_script(text, "a", "postgresql")
    held = [
        [g.privilege for g in replay([script], server_version=version).tables[0].grants or ()]
        for version in (16, 17)
    ]
    older = ["DELETE", "INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE", "UPDATE"]
    assert held == [older, sorted([*older, "MAINTAIN"])]


def test_default_privileges_of_another_role_concern_only_its_objects() -> None:
    text = """ALTER DEFAULT PRIVILEGES FOR ROLE maker GRANT SELECT ON TABLES TO reader;
              CREATE TABLE t (a int);"""
    script = read_script(text, "a", "postgresql")
    held = [replay([script], user=user).tables[0].grants for user in ("maker", "other", None)]
    assert [len(grants or ()) for grants in held] == [1, 0, 0]


def test_tables_take_at_most_as_many_columns_as_the_server_allows() -> None:
    columns = ", ".join(f"c{n} int" for n in range(1_600))
    full = f"CREATE TABLE t ({columns});"
    script = read_script(
        f"{full} ALTER TABLE t ADD COLUMN c1600 int; CREATE TABLE u ({columns}, c1600 int);",
        "a",
        "postgresql",
    )
    catalog = replay([script], mode="server")
    assert [(t.name, len(t.columns)) for t in catalog.tables] == [("t", 1_600)]
    assert [p.message for p in catalog.problems] == ["tables can have at most 1600 columns"] * 2
    wide = replay([read_script(full, "a", "bigquery")], mode="server")
    assert wide.problems == ()


def test_lenient_settles_what_a_later_statement_defines(lenient: Callable[..., Catalog]) -> None:
    catalog = lenient(
        """CREATE TABLE child (p int REFERENCES parent, m mood, k int REFERENCES keyless, n int,
             g int REFERENCES never, FOREIGN KEY (n) REFERENCES parent (other));
           CREATE TYPE mood AS ENUM ('a');
           CREATE TABLE parent (id int PRIMARY KEY, other int UNIQUE);
           CREATE TABLE keyless (a int);"""
    )
    child = catalog.tables[0]
    assert [c.type.name for c in child.columns] == ["integer", "public.mood", *["integer"] * 3]
    assert child.columns[1].type.family == "enum"
    assert [c.target_columns for c in child.constraints] == [("id",), (), (), ("other",)]


def test_indexes_that_documents_intend_collide_by_schema() -> None:
    text = """CREATE TABLE a (x int, INDEX by_x (x), INDEX plain (x)); CREATE TABLE b (x int);
              CREATE INDEX plain ON b (x); CREATE TABLE c (x int, INDEX by_x (x));
              CREATE SCHEMA s; CREATE TABLE s.d (x int, INDEX by_x (x));"""
    catalog = replay([read_script(text, "a.sql", "postgresql")])
    told = [p.message for p in catalog.problems if p.kind == "duplicate-object-name"]
    assert [message.split(" if made")[0] for message in told] == [
        'index "plain" of public.a would collide with the one in this schema',
        'index "by_x" of public.c would collide with the one of public.a',
    ]
