"""Partitions, inheritance, LIKE, functions, triggers, grants and intended indexes."""

from collections.abc import Callable

from ctb_audit.model import Catalog, Column, Grant, Index, IndexKey, Location, Name, Table, Type
from ctb_audit.sources.ddl.operations import CreateTable, Script, StatementEffect
from ctb_audit.sources.ddl.replay import replay

Fold = Callable[..., Catalog]


def _table(catalog: Catalog, name: str) -> Table:
    return catalog.tables_by_name["postgresql", Name("public", name)]


def test_a_partition_gets_keys_indexes_and_columns(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE p (id int, at date, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
           CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
           CREATE INDEX on_at ON p (at); ALTER TABLE p ADD note text CHECK (note <> '');"""
    )
    part = _table(catalog, "p1")
    assert [(c.name, c.inherited) for c in part.constraints] == [
        ("p1_pkey", True),
        ("p_note_check", True),
    ]
    assert [i.name for i in part.indexes] == ["p1_at_idx"]
    assert [(c.name, c.inherited) for c in part.columns][-1] == ("note", True)


def test_a_detached_partition_keeps_everything_as_its_own(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id);
           CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
           ALTER TABLE p DETACH PARTITION p1; DROP TABLE p;"""
    )
    (part,) = catalog.tables
    assert (part.kind, part.partition_of, part.constraints[0].inherited) == (
        "ordinary",
        None,
        False,
    )


def test_a_unique_key_of_a_partitioned_table_holds_the_partition_key(server: Fold) -> None:
    catalog = server("CREATE TABLE p (id int PRIMARY KEY, at date) PARTITION BY RANGE (at);")
    assert catalog.tables == () and catalog.problems[0].kind == "rejected"


def test_children_inherit_checks_but_no_keys(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE a (id int PRIMARY KEY, n int CHECK (n > 0));
           CREATE TABLE b (m text) INHERITS (a); ALTER TABLE a DROP COLUMN n;"""
    )
    assert [c.name for c in _table(catalog, "b").columns] == ["id", "m"]
    assert _table(catalog, "b").constraints == ()
    assert _table(catalog, "b").columns[0].nullable is False


def test_a_check_that_is_written_otherwise_is_the_inherited_one(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE a (n int, CONSTRAINT c CHECK (n > 0));
           CREATE TABLE b (CONSTRAINT c CHECK ( n /* above */ >
             0 )) INHERITS (a);
           CREATE TABLE d () INHERITS (a); ALTER TABLE d ADD CONSTRAINT e CHECK (n<9);
           ALTER TABLE a ADD CONSTRAINT e CHECK (n < 9);"""
    )
    assert catalog.problems == ()
    assert [c.name for c in _table(catalog, "b").constraints] == ["c", "e"]
    assert [c.name for c in _table(catalog, "d").constraints] == ["c", "e"]


def test_like_copies_under_new_names(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE a (id serial PRIMARY KEY, n int DEFAULT 3, CHECK (n > 0));
           CREATE INDEX i ON a (n); CREATE TABLE b (LIKE a);
           CREATE TABLE c (LIKE a INCLUDING ALL);"""
    )
    assert [(c.default, c.nullable) for c in _table(catalog, "b").columns] == [
        (None, False),
        (None, True),
    ]
    assert sorted(c.name for c in _table(catalog, "c").constraints) == ["a_n_check", "c_pkey"]
    assert [i.name for i in _table(catalog, "c").indexes] == ["c_n_idx"]
    assert _table(catalog, "c").columns[0].serial is None


def test_functions_are_known_by_their_argument_types(server: Fold) -> None:
    catalog = server(
        """CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'select 1';
           CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'select 1';
           CREATE OR REPLACE FUNCTION f(b integer) RETURNS int LANGUAGE sql AS 'select 2';
           DROP FUNCTION f(text); DROP FUNCTION f(date);"""
    )
    assert [f.body for f in catalog.functions] == ["select 2"]
    assert [p.message for p in catalog.problems] == ['function "f" does not exist']


def test_a_function_in_use_by_a_trigger_stays_unless_cascade(server: Fold) -> None:
    text = """CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
        CREATE TABLE t (a int);
        CREATE TRIGGER g BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();"""
    assert len(server(text, "DROP FUNCTION f();").functions) == 1
    gone = server(text, "DROP FUNCTION f() CASCADE;")
    assert gone.tables[0].triggers == () and gone.functions == ()


def test_grants_leave_the_owner_out_and_expand_all(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE t (a int, b int); ALTER TABLE t OWNER TO boss;
           GRANT ALL ON t TO boss; GRANT SELECT ON t TO PUBLIC; GRANT UPDATE (b) ON t TO app;
           GRANT ALL ON t TO app; REVOKE UPDATE, DELETE, MAINTAIN ON t FROM app;
           CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'select 1';"""
    )
    assert catalog.tables[0].grants == (
        *(Grant("app", p) for p in ("INSERT", "REFERENCES", "SELECT", "TRIGGER", "TRUNCATE")),
        Grant("public", "SELECT"),
    )
    assert catalog.functions[0].grants == (Grant("public", "EXECUTE"),)


def test_default_privileges_hold_for_later_objects(server: Fold) -> None:
    catalog = server(
        """CREATE TABLE a (x int); ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app;
           CREATE TABLE b (x int);"""
    )
    assert [t.grants for t in catalog.tables] == [(), (Grant("app", "SELECT"),)]


def _intended(name: str, *indexes: str) -> StatementEffect:
    location = Location("doc.md", 1)
    listed = tuple(Index(i, (IndexKey("a"),), intended=True) for i in indexes)
    column = Column("a", Type("integer", "integer"))
    table = Table("postgresql", "", name, (column,), indexes=listed, foreign_dialect=True)
    return StatementEffect((CreateTable(table, Name(None, name)),), "understood", location)


def test_intended_indexes_that_would_collide_are_named() -> None:
    effects = (_intended("t", "i", "j"), _intended("u", "i", "k"), _intended("v", "i"))
    script = Script("doc.md", "postgresql", effects)
    catalog = replay([script])
    assert [(p.kind, p.objects) for p in catalog.problems] == [
        ("duplicate-object-name", (Name("public", "u"),)),
        ("duplicate-object-name", (Name("public", "v"),)),
    ]
    assert [len(t.indexes) for t in catalog.tables] == [2, 2, 1]
    assert replay([script], mode="server").tables == ()
