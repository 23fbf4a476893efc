"""SQL scripts: statements of the grammar, names that want quoting, and parts of broken ones."""

from hypothesis import strategies as st

from tests.fidelity.sequences import statement as plain_statement

names = st.sampled_from(("users", "Users", "order", "a b", 'a"b', "é", "x" * 63, "heir_id", "1st"))
quoted = names.map(lambda name: '"{}"'.format(name.replace('"', '""')))
types = st.sampled_from(
    ("integer", "text", "varchar(50)", "timestamp with time zone", "numeric(5, 2)[]", '"Mixed"')
)
strings = st.sampled_from(("'a'", "'it''s'", "E'\\''", "$$;$$", "$a$ $$ $a$", "U&'\\0061'"))
columns = st.builds("{} {} DEFAULT {}".format, quoted, types, strings)
tables = st.builds(
    "CREATE TABLE {} ({})".format, quoted, st.lists(columns, min_size=1, max_size=4).map(", ".join)
)
comments = st.sampled_from(
    ("-- c\n", "/* a /* b */ ; */", "-- ctb: enforcement=STRICT\n", "-- ctb: ignore[a] owner=\n")
)
client_lines = st.sampled_from(
    ("\\set x 1\n", "\\i other.sql\n", "\\if x\n", "\\endif\n", "COPY users FROM stdin;\n1\n\\.\n")
)
broken = st.sampled_from(
    (
        "CREATE TABLE (",
        "SELECT 'a",
        "/* a",
        "$$ a",
        "ALTER TABLE users ADD",
        "CREATE TABLE a (b c d",
    )
)
statements = st.one_of(
    plain_statement.map("{};\n".format),
    tables.map("{};\n".format),
    st.builds("COMMENT ON TABLE {} IS {};\n".format, quoted, strings),
    comments,
    client_lines,
)
scripts = st.builds(
    "{}{}".format, st.lists(statements, max_size=8).map("".join), st.one_of(st.just(""), broken)
)
