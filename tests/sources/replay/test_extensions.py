"""Facts about extensions, and what is said of those that no server told about."""

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.replay.extensions import facts
from ctb_audit.sources.ddl.replay.type_names import EXTENSION_TYPES, TYPELESS


def replayed(text: str) -> Catalog:
    return replay([read_script(text, "x.sql", "postgresql")], mode="server")


def test_types_of_columns_agree_with_what_servers_said() -> None:
    for name, owners in EXTENSION_TYPES.items():
        for owner in owners:
            assert not facts(owner).types or name in facts(owner).types, (name, owner)
    storage_only = ("gbtreekey", "ghstore", "gtrgm", "ltree_gist", "intbig_gkey")
    for name in TYPELESS:
        assert all(t.startswith(storage_only) for t in facts(name).types), name


def test_dropping_an_extension_that_no_server_told_about_says_what_is_not_known() -> None:
    catalog = replayed(
        "CREATE EXTENSION postgis; CREATE TABLE t (a int, place geometry);"
        " DROP EXTENSION postgis; DROP EXTENSION postgis CASCADE;"
    )
    assert [c.name for c in catalog.tables[0].columns] == ["a"]
    assert [p.kind for p in catalog.problems] == ["rejected", "not-understood"]


def test_a_function_of_the_user_s_own_is_not_the_extension_s() -> None:
    catalog = replayed(
        "CREATE EXTENSION unaccent; CREATE FUNCTION unaccent(a int) RETURNS int LANGUAGE sql"
        " AS 'SELECT 1'; CREATE TABLE t (a int CHECK (unaccent(a) > 0)); DROP EXTENSION unaccent;"
    )
    assert catalog.problems == () and catalog.extensions == ()
    assert len(catalog.tables[0].constraints) == 1
