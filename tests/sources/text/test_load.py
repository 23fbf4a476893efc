import io
from pathlib import Path

import pytest

from ctb_audit.errors import ConfigurationError, SourceError, UsageError
from ctb_audit.model import Catalog
from ctb_audit.sources.load import Loaded, LoadOptions, load_all

USERS = "CREATE TABLE users (id integer PRIMARY KEY);"
ORDERS = "CREATE TABLE orders (id integer PRIMARY KEY, by integer REFERENCES users (id));"


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_sql", ".sql").replace("_md", ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def read(*arguments: str, **options: object) -> Loaded:
    return load_all(arguments, LoadOptions(**options))  # type: ignore[arg-type]


def tables(catalog: Catalog) -> list[str]:
    return sorted(table.name for table in catalog.tables)


def test_a_folder_becomes_a_catalog_for_each_group(root: Path) -> None:
    put(root, schemas__orders_sql=ORDERS, schemas__users_sql=USERS)
    put(root, migrations__001_a_sql=USERS, migrations__002_b_sql=ORDERS)
    (root / "migrations/002_b.down.sql").write_text("DROP TABLE orders;")
    loaded = read(".")
    assert [(c.source, c.surface, tables(c)) for c in loaded.catalogs] == [
        ("migrations", "ddl", ["orders", "users"]),
        ("schemas", "ddl", ["orders", "users"]),
    ]
    assert not any(c.problems for c in loaded.catalogs)
    assert [(s.path, s.reason) for s in loaded.skipped] == [
        ("migrations/002_b.down.sql", "not replayed: named down")
    ]


def test_locations_are_relative_to_the_root(root: Path) -> None:
    put(root, db__users_sql=f"\n  {USERS}")
    (catalog,) = read("db", root=root).catalogs
    assert catalog.tables[0].location == ("db/users.sql", 2, 3)


def test_scripts_named_together_are_ordered_as_a_folder(root: Path) -> None:
    put(root, m__001_a_sql=USERS, m__002_b_sql=ORDERS)
    (catalog,) = read("m/002_b.sql", "m/001_a.sql").catalogs
    assert tables(catalog) == ["orders", "users"]
    assert not catalog.problems


def test_a_file_that_takes_back_is_read_where_it_is_named(root: Path) -> None:
    (root / "x.down.sql").write_text(USERS)
    assert [tables(c) for c in read("x.down.sql").catalogs] == [["users"]]


def test_an_included_file_is_replayed_where_it_is_included(root: Path) -> None:
    put(root, db__main_sql="\\ir parts/users.sql\n\\i db/parts/orders.sql\n")
    put(root, db__parts__users_sql=USERS, db__parts__orders_sql=ORDERS)
    (catalog,) = read(".").catalogs
    assert tables(catalog) == ["orders", "users"]
    assert not catalog.problems


def test_an_include_never_leaves_the_root(root: Path) -> None:
    put(root, outside_sql=USERS, in__main_sql="\\ir ../outside.sql\n\\i missing.sql\n" + ORDERS)
    (catalog,) = read("in", root=root / "in").catalogs
    assert tables(catalog) == ["orders"]
    assert sum("was not read" in p.message for p in catalog.problems) == 2


def test_files_that_include_each_other_are_read_once(root: Path) -> None:
    put(root, a_sql=f"\\ir b.sql\n{USERS}", b_sql=f"\\ir a.sql\n{ORDERS}")
    catalogs = read(".").catalogs
    assert {name for c in catalogs for name in tables(c)} == {"orders", "users"}


def test_what_stands_on_the_tables_of_another_folder_joins_it(root: Path) -> None:
    put(root, app__migrations__001_a_sql=USERS, other__migrations__001_a_sql=ORDERS)
    put(root, app__views__v_sql="CREATE VIEW v AS SELECT id FROM users;")
    first, second = read(".").catalogs
    assert (first.source, [v.name for v in first.views]) == ("app/migrations", ["v"])
    assert (second.source, second.views) == ("other/migrations", ())


def test_a_script_that_only_drops_is_not_replayed(root: Path) -> None:
    put(root, db__drop_all_sql="BEGIN;DROP TABLE users;COMMIT;", db__tables_sql=USERS)
    loaded = read(".")
    assert [tables(c) for c in loaded.catalogs] == [["users"]]
    assert [s.path for s in loaded.skipped] == ["db/drop_all.sql"]


def test_a_schema_reference_is_a_surface_of_its_own(root: Path) -> None:
    text = (
        "# Schema\n\n## Neon PostgreSQL\n\n### `public` schema\n\n#### 1. users\n\n"
        "**Barton ID**: `BART-SHQ-USERS-V1`\n**Enforcement**: STRICT\n\n"
        f"```sql\n{USERS}\n```\n"
    )
    put(root, schema_md=text, README_md="# Prose\n", a_sql=ORDERS)
    loaded = read(".")
    assert [(c.surface, c.source) for c in loaded.catalogs] == [
        ("ddl", "."),
        ("reference", "schema.md"),
    ]
    (declared,) = loaded.catalogs[1].declared
    assert (declared.table.name, declared.declaration.level) == ("users", "STRICT")
    assert [s.path for s in loaded.skipped] == ["README.md"]
    assert [c.surface for c in read("schema.md").catalogs] == ["reference"]


def test_a_catalog_that_was_written_is_a_source(root: Path) -> None:
    import json

    from ctb_audit.sources.snapshot import snapshot_value

    put(root, a_sql=USERS)
    (catalog,) = read("a.sql").catalogs
    (root / "kept.json").write_text(json.dumps(snapshot_value(catalog)))
    assert read("kept.json").catalogs == (catalog,)


def test_standard_input_is_read_as_its_name_says(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stdin:
        buffer = io.BytesIO(USERS.encode())

    monkeypatch.setattr("sys.stdin", Stdin)
    (catalog,) = read("-", stdin_filename="db/x.sql").catalogs
    assert catalog.tables[0].location == ("db/x.sql", 1, 1)


def test_sections_that_take_back_are_not_replayed(root: Path) -> None:
    put(root, migrations__1_a_sql=f"-- migrate:up\n{USERS}\n-- migrate:down\nDROP TABLE users;\n")
    assert [tables(c) for c in read(".").catalogs] == [["users"]]


def test_a_configured_dialect_overrides_the_guess(root: Path) -> None:
    seen: dict[str, str] = {}

    def reader(text: str, path: str, system: str, *, parser: str) -> object:
        from ctb_audit.sources.ddl.operations import Script

        seen[path] = system
        return Script(path, system)  # type: ignore[arg-type]

    put(root, pg__a_sql=USERS, mysql__b_sql=USERS, c__d_sql=USERS)
    read(".", read_script=reader, dialects={"mysql": "sqlite", "c/*": "bigquery"})
    assert seen == {"pg/a.sql": "postgresql", "mysql/b.sql": "sqlite", "c/d.sql": "bigquery"}


def test_a_dotted_part_of_a_name_tells_the_system(root: Path) -> None:
    for mark in ("postgres", "mysql", "sqlite3"):
        put(root, migrations__extra_sql="CREATE TABLE extra (id integer);")
        (root / f"migrations/1_a.{mark}.up.sql").write_text("CREATE TABLE users (id integer);")
    (catalog,) = read(".").catalogs
    assert sorted((t.system, t.name) for t in catalog.tables) == [
        ("mysql", "users"),
        ("postgresql", "extra"),
        ("postgresql", "users"),
        ("sqlite", "users"),
    ]


def test_several_processes_read_the_same(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctb_audit.sources.scripts.PARALLEL_FROM", 1)
    put(root, m__001_a_sql=USERS, m__002_b_sql=ORDERS)
    assert read(".", jobs=2) == read(".", jobs=1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["missing.sql"], SourceError, "missing.sql: does not exist"),
        (["missing"], SourceError, "missing"),
        (["empty"], SourceError, "empty: holds nothing to audit"),
        ([], SourceError, "nothing to audit"),
        (["only.py"], UsageError, "only.py: is no kind of source"),
        (["env:CTB_TEST_UNSET"], SourceError, "CTB_TEST_UNSET is not set"),
        (["mongodb://user:secret@host/db"], UsageError, "mongodb://: is no URL"),
        (["prose.md"], SourceError, "prose.md: holds nothing to audit"),
        (["bad.sql"], ConfigurationError, "bad.sql:1: unknown key orbit"),
    ],
)
def test_what_is_no_source_is_said(
    root: Path, arguments: list[str], error: type[Exception], message: str
) -> None:
    (root / "empty").mkdir()
    put(root, prose_md="# Nothing\n", bad_sql=f"-- ctb: orbit=1\n{USERS}")
    (root / "only.py").write_text("")
    with pytest.raises(error) as caught:
        read(*arguments)
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)
