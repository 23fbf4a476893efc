import pytest

from ctb_audit.sources.ddl.dependencies import order_scripts
from ctb_audit.sources.ddl.order import plan
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.undo import stems, takes_back, without_undo


def groups(*paths: str) -> list[tuple[str, str, list[str]]]:
    return [
        (g.folder, g.kind, [p.removeprefix(g.folder + "/") for p in g.paths])
        for g in plan(paths).groups
    ]


@pytest.mark.parametrize(
    "names",
    [
        ["2025-10-20_b.sql", "2025-10-21_a.sql", "2025-10-21_b.sql"],
        ["001_x.sql", "002_a.sql", "010_a.sql"],
        ["1_x.up.sql", "2_a.up.sql", "10_a.up.sql"],
        ["V1__a.sql", "V1_2__b.sql", "V1.10__a.sql", "V2__a.sql", "R__a.sql", "R__b.sql"],
        ["20230101000000_b.sql", "20240101000000_a.sql"],
        ["001_a.sql", "2025-08-19_a.sql", "extra.sql"],
        ["20230101_b/migration.sql", "20240101_a/migration.sql"],
        ["2020-01-01-000000_b/up.sql", "2021-01-01-000000_a/up.sql"],
        ["20140929103756_b/up.sql", "2017-09-23-182408_a/up.sql", "20200101000000_c/up.sql"],
        ["2023/002_a.sql", "2024/001_a.sql"],
    ],
)
def test_migrations_are_a_chain_in_order(names: list[str]) -> None:
    shuffled = [f"db/migrations/{name}" for name in sorted(names, key=lambda n: n[::-1])]
    assert groups(*shuffled) == [("db/migrations", "migrations", names)]


def test_migrations_and_schema_folders_are_two_descriptions() -> None:
    assert groups(
        "data/neon/schemas/users.sql",
        "data/neon/schemas/shq/tasks.sql",
        "data/migrations/neon/2025-10-20_users.sql",
        "data/migrations/neon/2025-10-21_tasks.sql",
        "db/structure.sql",
        "lib/tables/a.sql",
        "lib/views/b.sql",
        "app/one.sql",
        "other/two.sql",
    ) == [
        ("data/migrations/neon", "migrations", ["2025-10-20_users.sql", "2025-10-21_tasks.sql"]),
        ("db/structure.sql", "schema", ["db/structure.sql"]),
        ("app", "schema", ["one.sql"]),
        ("data/neon/schemas", "schema", ["shq/tasks.sql", "users.sql"]),
        ("lib", "schema", ["tables/a.sql", "views/b.sql"]),
        ("other", "schema", ["two.sql"]),
    ]


def test_numbered_files_are_a_chain_wherever_they_stand() -> None:
    assert groups("sql/1_a.sql", "sql/2_b.sql", "sql/10_c.sql", "sql/readme.sql") == [
        ("sql", "migrations", ["1_a.sql", "2_b.sql", "10_c.sql", "readme.sql"])
    ]


@pytest.mark.parametrize(
    ("path", "siblings"),
    [
        ("m/001_x.down.sql", ()),
        ("m/001_x.verify.sql", ()),
        ("m/2020_x/down.sql", ()),
        ("m/rollback/001_x.sql", ()),
        ("sqitch/revert/users.sql", ()),
        ("sqitch/verify/users.sql", ()),
        ("m/U1_2__x.sql", ()),
        ("m/001_x_down.sql", ("m/001_x.sql",)),
        ("m/001_x_rollback.sql", ("m/001_x_up.sql",)),
        ("m/rollback_001_x.sql", ("m/001_x.sql",)),
    ],
)
def test_files_that_take_back_are_left_out(path: str, siblings: tuple[str, ...]) -> None:
    found = plan([path, *siblings])
    assert [p for p, _ in found.left_out] == [path]
    assert all(reason for _, reason in found.left_out)
    assert [p for g in found.groups for p in g.paths] == list(siblings)


@pytest.mark.parametrize(
    "path",
    [
        "m/003_undo_rename.sql",
        "m/004_add_verify.sql",
        "m/005_tear_down.sql",
        "m/rollbacks.sql",
        "m/download.sql",
        "m/001_x.up.sql",
        "m/Users__x.sql",
    ],
)
def test_a_word_inside_a_description_decides_nothing(path: str) -> None:
    assert takes_back(path, stems([path, "m/other.sql"])) == ""


def test_variants_for_other_engines_are_left_out() -> None:
    found = plan(
        ["m/1_x.postgres.up.sql", "m/1_x.cockroach.up.sql", "m/1_x.up.sql", "m/2_y.up.sql"]
    )
    assert [g.paths for g in found.groups] == [("m/1_x.postgres.up.sql", "m/2_y.up.sql")]
    assert [p for p, _ in found.left_out] == ["m/1_x.cockroach.up.sql", "m/1_x.up.sql"]


def test_a_baseline_replaces_older_versions() -> None:
    found = plan(["m/V1__a.sql", "m/V2__b.sql", "m/B2__base.sql", "m/V3__c.sql"])
    assert [g.paths for g in found.groups] == [("m/B2__base.sql", "m/V3__c.sql")]
    assert [p for p, _ in found.left_out] == ["m/V1__a.sql", "m/V2__b.sql"]


def test_sqitch_deploys_in_the_order_of_its_plan() -> None:
    text = "%syntax-version=1.0.0\n%project=x\n\nzeta 2020-01-01T00:00:00Z a <a@b> # first\n" + (
        "alpha [zeta] 2020-01-02T00:00:00Z a <a@b>\n@v1 2020-01-03T00:00:00Z a <a@b>\n"
    )
    paths = ["q/deploy/alpha.sql", "q/deploy/zeta.sql", "q/revert/zeta.sql"]
    found = plan(paths, {"q/sqitch.plan": text}.get)
    assert [g.paths for g in found.groups] == [("q/deploy/zeta.sql", "q/deploy/alpha.sql")]
    unplanned = plan(paths, {"x": ""}.get)
    assert [g.paths for g in unplanned.groups] == [("q/deploy/alpha.sql", "q/deploy/zeta.sql")]


@pytest.mark.parametrize(
    ("up", "down"),
    [
        ("-- migrate:up", "-- migrate:down"),
        ("-- +goose Up", "-- +goose Down"),
        ("-- +migrate Up", "-- +migrate Down notransaction"),
        ("# --- !Ups", "# --- !Downs"),
        ("-- rambler up", "-- rambler down"),
        ("", "-- //@UNDO"),
        ("", "---- create above / drop below ----"),
    ],
)
def test_sections_that_take_back_are_blank(up: str, down: str) -> None:
    text = f"{up}\nCREATE TABLE t (a int);\n{down}\nDROP TABLE t;\n"
    kept = without_undo(text)
    assert len(kept) == len(text) and kept.count("\n") == text.count("\n")
    assert "CREATE TABLE t" in kept and "DROP" not in kept
    if up:
        again = without_undo(f"{text}{up}\nCREATE TABLE u (a int);\n")
        assert "TABLE u" in again and "DROP" not in again


def test_what_others_refer_to_comes_first() -> None:
    texts = {
        "a_view.sql": "CREATE VIEW a_view AS SELECT * FROM orders;",
        "fix.sql": "ALTER TABLE orders ADD COLUMN note text;",
        "orders.sql": "CREATE TABLE orders (id int, by int REFERENCES shop.users (id));",
        "circle.sql": "CREATE TABLE circle (id int REFERENCES ring (id));",
        "ring.sql": "CREATE TABLE ring (id int REFERENCES circle (id));",
        "users.sql": "CREATE TABLE shop.users (id int PRIMARY KEY);",
        "zz.sql": "CREATE SCHEMA shop;",
    }
    scripts = [read_script(text, path, "postgresql") for path, text in texts.items()]
    order = [script.path for script in order_scripts(scripts)]
    assert order[0] == "zz.sql"
    assert order.index("users.sql") < order.index("orders.sql") < order.index("fix.sql")
    assert order.index("orders.sql") < order.index("a_view.sql")
    assert sorted(order) == sorted(texts)


def test_files_at_the_root_of_the_file_system_are_ordered() -> None:
    """The folder above the root is the root."""
    found = plan(["/a.sql", "/tables/b.sql", "/views/c.sql"])
    assert [p for g in found.groups for p in g.paths] == ["/a.sql", "/tables/b.sql", "/views/c.sql"]
