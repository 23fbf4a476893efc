"""What only some versions of PostgreSQL have, so that no script says it to all of them."""

from collections.abc import Callable

import pytest

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

Fold = Callable[..., Catalog]


def _of(text: str, version: int) -> Catalog:
    script = read_script(text, "a.sql", "postgresql")
    return replay([script], mode="server", server_version=version)


def test_the_expression_of_a_generated_column_is_set(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE t (a int, g int GENERATED ALWAYS AS (a * 2) STORED);
           ALTER TABLE t ALTER COLUMN g SET EXPRESSION AS (a * 3);
           ALTER TABLE t ALTER COLUMN a SET EXPRESSION AS (g * 3);
           ALTER TABLE t ALTER COLUMN a DROP EXPRESSION;
           ALTER TABLE t ALTER COLUMN a DROP EXPRESSION IF EXISTS;"""
    )
    assert [column.generated for column in catalog.tables[0].columns] == [None, "a * 3"]
    assert [p.message for p in catalog.problems] == ['column "a" is not a generated column'] * 2


def test_not_null_is_a_constraint_that_can_be_added(server: Fold) -> None:
    catalog = server(
        "CREATE TABLE t (a int, b int); ALTER TABLE t ADD CONSTRAINT filled NOT NULL b;"
    )
    assert [column.nullable for column in catalog.tables[0].columns] == [True, False]


@pytest.mark.parametrize(("version", "refused"), [(17, 1), (18, 0)])
def test_a_check_of_only_the_partitioned_table_is_dropped_since_18(
    version: int, refused: int
) -> None:
    catalog = _of(
        """CREATE TABLE t (a int CONSTRAINT up CHECK (a > 0)) PARTITION BY LIST (a);
           CREATE TABLE part PARTITION OF t DEFAULT;
           ALTER TABLE ONLY t DROP CONSTRAINT up;""",
        version,
    )
    assert len(catalog.problems) == refused
    assert [len(table.constraints) for table in catalog.tables] == [refused, 1]


@pytest.mark.parametrize(("version", "identity"), [(16, ""), (17, "always")])
def test_partitions_share_the_identity_of_their_table_since_17(version: int, identity: str) -> None:
    catalog = _of(
        """CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (a);
           CREATE TABLE part PARTITION OF t DEFAULT;
           ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS IDENTITY;""",
        version,
    )
    assert catalog.tables[1].columns[0].identity == identity
    assert len(catalog.problems) == (version < 17)


def test_a_block_left_open_does_not_reach_into_the_next_file(lenient: Fold) -> None:
    catalog = lenient("BEGIN; CREATE TABLE a (x int);", "ROLLBACK; CREATE TABLE b (x int);")
    assert [table.name for table in catalog.tables] == ["a", "b"]


def test_an_aborted_block_ends_with_its_file(server: Fold) -> None:
    catalog = server("BEGIN; DROP TABLE gone;", "CREATE TABLE b (x int);")
    assert [table.name for table in catalog.tables] == ["b"]


def test_a_search_path_ends_with_its_file(server: Fold) -> None:
    catalog = server(
        "CREATE SCHEMA s; SET search_path = s; BEGIN; SET LOCAL search_path = s;",
        "CREATE TABLE b (x int);",
    )
    assert [str(table.qualified) for table in catalog.tables] == ["public.b"]


UNTYPED = ("pg_cron", "pg_net", "pgjwt", "plperl", "plpython3u", "plv8", "pgaudit")
TYPED = {
    "postgis": ("geometry", "geography", "box2d", "box3d", "raster"),
    "postgis_raster": ("raster",),
    "semver": ("semver",),
    "pgvector": ("vector", "halfvec", "sparsevec"),
    "vector": ("vector", "halfvec", "sparsevec"),
}


@pytest.mark.parametrize("extension", UNTYPED)
def test_extensions_that_few_servers_have_define_no_type(server: Fold, extension: str) -> None:
    catalog = server(f"CREATE EXTENSION {extension}; CREATE TABLE t (a unheard_of);")
    assert [p.message for p in catalog.problems] == ['type "unheard_of" does not exist']


@pytest.mark.parametrize(("extension", "types"), TYPED.items())
def test_types_of_extensions_that_few_servers_have(
    server: Fold, extension: str, types: tuple[str, ...]
) -> None:
    tables = "".join(f"CREATE TABLE t_{name} (a {name});" for name in types)
    assert server(tables).tables == ()
    found = server(f"CREATE SCHEMA s; CREATE EXTENSION {extension} SCHEMA s; {tables}").tables
    assert [table.name for table in found] == [f"t_{name}" for name in types]


def test_an_extension_that_is_not_known_may_define_any_type(server: Fold) -> None:
    catalog = server("CREATE EXTENSION own_things; CREATE TABLE t (a thing);")
    assert len(catalog.tables) == 1 and catalog.problems == ()
