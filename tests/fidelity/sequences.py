"""Random sequences of DDL over a few names, so that statements meet, valid and refused ones.

All types compare with each other: what the server refuses for the types inside an expression, a
model that evaluates none does not see.
"""

from hypothesis import strategies as st

TABLES = ("a", "b", "c")
COLUMNS = ("id", "x", "y", "z")
TYPES = ("integer", "bigint", "smallint", "numeric(5,2)", "double precision")
DEFAULTS = ("1", "'1'", "NULL", "(1 + 1)", "-2.5")

table = st.sampled_from(TABLES)
column = st.sampled_from(COLUMNS)
type_ = st.sampled_from(TYPES)
default = st.sampled_from(DEFAULTS)
cascade = st.sampled_from(("", " CASCADE"))
exists = st.sampled_from(("", " IF EXISTS"))


@st.composite
def create(draw: st.DrawFn) -> str:
    names = draw(st.lists(column, min_size=1, max_size=4, unique=True))
    parts = [f"{name} {draw(type_)}{draw(st.sampled_from(_OPTIONS))}" for name in names]
    parts += draw(st.lists(st.sampled_from(_constraints(names)), max_size=2))
    return f"CREATE TABLE{draw(_NEW)} {draw(table)} ({', '.join(parts)})"


_OPTIONS = ("", "", " NOT NULL", " UNIQUE", " PRIMARY KEY", " CHECK (id > 0)", " REFERENCES a")
_NEW = st.sampled_from(("", "", " IF NOT EXISTS"))


def _constraints(names: list[str]) -> list[str]:
    first = names[0]
    return [
        f"CONSTRAINT k UNIQUE ({', '.join(names)})",
        f"PRIMARY KEY ({first})",
        f"CHECK ({first} IS NOT NULL)",
        f"FOREIGN KEY ({first}) REFERENCES b",
    ]


def _alter(action: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("ALTER TABLE{} {} {}".format, exists, table, action)


actions = st.one_of(
    st.builds("ADD COLUMN {} {}".format, column, type_),
    st.builds("ADD COLUMN IF NOT EXISTS {} {} NOT NULL DEFAULT {}".format, column, type_, default),
    st.builds("DROP COLUMN{} {}{}".format, exists, column, cascade),
    st.builds("ALTER COLUMN {} SET NOT NULL".format, column),
    st.builds("ALTER COLUMN {} DROP NOT NULL".format, column),
    st.builds("ALTER COLUMN {} DROP DEFAULT".format, column),
    st.builds("ADD UNIQUE ({})".format, column),
    st.builds("ADD PRIMARY KEY ({})".format, column),
    st.builds("ADD CONSTRAINT k CHECK ({} IS NOT NULL)".format, column),
    st.builds("DROP CONSTRAINT{} k{}".format, exists, cascade),
    st.builds("RENAME COLUMN {} TO {}".format, column, column),
    st.builds("RENAME TO {}".format, table),
    st.just("ENABLE ROW LEVEL SECURITY"),
)
views = st.sampled_from(("v", "w"))
statement = st.one_of(
    create(),
    create(),
    _alter(actions),
    _alter(actions),
    st.builds("DROP TABLE{} {}{}".format, exists, table, cascade),
    st.builds("CREATE INDEX ON {} ({})".format, table, column),
    st.builds("CREATE UNIQUE INDEX ui ON {} ({}, {})".format, table, column, column),
    st.builds("DROP INDEX{} ui".format, exists),
    st.builds("CREATE VIEW {} AS SELECT {} FROM {}".format, views, column, table),
    st.builds("CREATE VIEW {} AS SELECT * FROM {}".format, views, table),
    st.builds("CREATE TABLE {} AS SELECT * FROM {}".format, table, st.one_of(table, views)),
    st.builds("DROP VIEW{} {}{}".format, exists, views, cascade),
    st.builds("COMMENT ON TABLE {} IS 'seen'".format, table),
    st.builds("CREATE POLICY p ON {} USING ({} IS NOT NULL)".format, table, column),
    st.builds("DROP POLICY{} p ON {}".format, exists, table),
    st.sampled_from(("BEGIN", "COMMIT", "ROLLBACK")),
)
sequences = st.lists(statement, min_size=2, max_size=14).map(";\n".join)
