"""ALTER, RENAME, SET SCHEMA and DROP through what depends on a table."""

from collections.abc import Callable

from ctb_audit.model import Catalog, Name, Table

Fold = Callable[..., Catalog]

PAIR = """CREATE TABLE users (id serial PRIMARY KEY, email text, age int CHECK (age > 0));
    CREATE INDEX by_mail ON users (lower(email)) WHERE age > 3;
    CREATE TABLE posts (id int PRIMARY KEY, author int REFERENCES users);
"""


def _table(catalog: Catalog, name: str, schema: str = "public") -> Table:
    return catalog.tables_by_name["postgresql", Name(schema, name)]


def test_a_renamed_table_keeps_names_and_is_followed(server: Fold) -> None:
    catalog = server(PAIR, "ALTER TABLE users RENAME TO people;")
    assert [c.target for c in _table(catalog, "posts").constraints][1] == Name("public", "people")
    assert [c.name for c in _table(catalog, "people").constraints] == [
        "users_age_check",
        "users_pkey",
    ]
    assert catalog.sequences[0].owned_by == ("public", "people", "id")


def test_a_renamed_column_is_followed_into_expressions(server: Fold) -> None:
    users = _table(server(PAIR, "ALTER TABLE users RENAME age TO years;"), "users")
    assert users.constraints[0].expression == "years > 0"
    assert users.constraints[0].name == "users_age_check"
    assert users.indexes[0].predicate == "years > 3"


def test_a_referenced_column_is_renamed_in_the_foreign_key(server: Fold) -> None:
    posts = _table(server(PAIR, "ALTER TABLE users RENAME id TO uid;"), "posts")
    assert posts.constraints[1].target_columns == ("uid",)


def test_set_schema_takes_indexes_and_sequences_along(server: Fold) -> None:
    catalog = server(PAIR, "CREATE SCHEMA s; ALTER TABLE users SET SCHEMA s;")
    users = _table(catalog, "users", "s")
    assert users.columns[0].default == "nextval('s.users_id_seq'::regclass)"
    assert users.columns[0].serial == Name("s", "users_id_seq")
    assert _table(catalog, "posts").constraints[1].target == Name("s", "users")
    again = server(PAIR, "CREATE SCHEMA s; ALTER TABLE users SET SCHEMA s; DROP INDEX s.by_mail;")
    assert _table(again, "users", "s").indexes == ()


def test_drop_column_takes_its_indexes_and_constraints(server: Fold) -> None:
    users = _table(server(PAIR, "ALTER TABLE users DROP COLUMN age;"), "users")
    assert [c.name for c in users.columns] == ["id", "email"]
    assert [c.name for c in users.constraints] == ["users_pkey"]
    assert users.indexes == ()


def test_restrict_refuses_and_cascade_removes_the_foreign_key(server: Fold) -> None:
    refused = server(PAIR, "DROP TABLE users;")
    assert refused.problems[0].message == (
        "cannot drop table users because constraint posts_author_fkey on table posts depends on it"
    )
    assert len(refused.tables) == 2
    gone = server(PAIR, "DROP TABLE users CASCADE;")
    assert [c.kind for c in gone.tables[0].constraints] == ["primary key"]
    assert gone.sequences == () and gone.problems == ()


def test_a_dropped_primary_key_leaves_not_null(server: Fold) -> None:
    catalog = server(PAIR, "ALTER TABLE posts DROP CONSTRAINT posts_pkey;")
    assert _table(catalog, "posts").columns[0].nullable is False


def test_using_index_absorbs_and_renames_the_index(server: Fold) -> None:
    catalog = server(
        PAIR,
        """CREATE UNIQUE INDEX u ON posts (author);
           ALTER TABLE posts ADD CONSTRAINT one UNIQUE USING INDEX u; CREATE INDEX u ON users (id);
           CREATE INDEX one ON users (id);""",
    )
    posts = _table(catalog, "posts")
    assert posts.indexes == () and posts.constraints[-1].columns == ("author",)
    assert [p.message for p in catalog.problems] == ['relation "one" already exists']


def test_the_actions_of_one_alter_run_in_passes(server: Fold) -> None:
    catalog = server(
        PAIR,
        """ALTER TABLE posts ADD CONSTRAINT c CHECK (n > 0), ADD COLUMN n int, DROP COLUMN author,
             ADD COLUMN author text;""",
    )
    posts = _table(catalog, "posts")
    assert catalog.problems == ()
    assert [(c.name, str(c.type)) for c in posts.columns] == [
        ("id", "integer"),
        ("n", "integer"),
        ("author", "text"),
    ]


def test_a_view_follows_a_renamed_table_and_stops_its_drop(server: Fold) -> None:
    view = "CREATE VIEW v AS SELECT users.id FROM public.users;"
    renamed = server(PAIR, view, "ALTER TABLE users RENAME TO people;")
    assert renamed.views[0].definition == "SELECT people.id FROM public.people"
    refused = server(PAIR, view, "DROP TABLE users CASCADE;")
    assert refused.views == ()


def test_types_and_domains_are_resolved_and_dropped_with_their_columns(server: Fold) -> None:
    text = """CREATE TYPE state AS ENUM ('a'); CREATE DOMAIN mail AS text CHECK (VALUE ~ '@');
        CREATE TABLE t (s state, m mail); ALTER TYPE state RENAME TO status;"""
    (table,) = server(text).tables
    assert [(str(c.type), c.type.family) for c in table.columns] == [
        ("public.status", "enum"),
        ("public.mail", "domain"),
    ]
    (table,) = server(text, "DROP TYPE status CASCADE;").tables
    assert [c.name for c in table.columns] == ["m"]
