"""What differs between two sources, on tables and beside them, verdict by verdict."""

from dataclasses import replace

import pytest

from ctb_audit.model import Catalog, Location, Name, Problem
from tests.checks.judging import said
from tests.checks.standing import T, live, written

HERE, THERE = "in the live database", "in the DDL"
START = "postgresql live public.t [live-ddl"


def differing(rule: str, first: str, second: str) -> list[str]:
    """What the rule says of a live database and of DDL."""
    return said(rule, live(first), written(second))


def found(severity: str, kind: str, name: str, told: str, part: str = "") -> str:
    key = f"{severity} {START},{part or name}] [{name}], line 1"
    return f"{key}: {kind} {name}: {told}"


def unknown(severity: str, part: str, told: str) -> str:
    return f"unknown {severity} postgresql public.t [live-ddl,{part}]: {told}"


def untold(aspect: str, a: str, b: str) -> str:
    return f"whether {aspect} is the same cannot be told: {a} {HERE} and {b} {THERE}"


def test_columns() -> None:
    changed = "CREATE TABLE t (id bigint NOT NULL);"
    assert differing("column-drift", T, T) == ["pass public.t [live-ddl]"]
    assert differing("column-drift", T, changed) == [
        f"HIGH {START},id] [id], line 1: column id: type is integer {HERE} and bigint {THERE};"
        f" column id: nullable is yes {HERE} and no {THERE}"
    ]
    more = "CREATE TABLE t (id int, a int);"
    alone = f"HIGH {START},a] [a], line 1: column a is {{}} and not {{}}"
    assert differing("column-drift", more, T) == [alone.format(HERE, THERE)]
    assert differing("column-drift", T, more) == [alone.format(THERE, HERE)]


def test_what_cannot_be_told() -> None:
    first = "CREATE TABLE t (id int DEFAULT (f(1)), CHECK (f(id) > 1));"
    second = first.replace("f(", "g(")
    default = f"column id: {untold('default', '(f(1))', '(g(1))')}"
    assert differing("column-drift", first, second) == [unknown("HIGH", "id", default)]
    check = f"constraint t_id_check: {untold('expression', 'f(id) > 1', 'g(id) > 1')}"
    assert differing("constraint-drift", first, second) == [unknown("MEDIUM", "t_id_check", check)]
    certain = second.replace("int", "bigint")
    assert differing("column-drift", first, certain) == [
        found("HIGH", "column", "id", f"type is integer {HERE} and bigint {THERE}")
    ]


@pytest.mark.parametrize(("length", "shown"), [(120, "{}"), (121, "{}...")])
def test_long_texts_are_cut(length: int, shown: str) -> None:
    text = "'" + "a" * 60 + " \t " + "b" * (length - 63) + "'"
    one_line = " ".join(text.split())
    first = T.replace("int", f"text DEFAULT {text}")
    told = f"default is {shown.format(one_line[:120])} {HERE} and none {THERE}"
    assert len(one_line) == length
    assert differing("column-drift", first, T.replace("int", "text")) == [
        found("HIGH", "column", "id", told)
    ]


def test_indexes_triggers_and_traits() -> None:
    function = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    trigger = "CREATE TRIGGER x BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();"
    index = "CREATE INDEX i ON t (id);"
    unlogged = T.replace("TABLE", "UNLOGGED TABLE")
    cases = (
        ("index-drift", index, f"i] [i], line 1: index i is {THERE} and not {HERE}"),
        ("trigger-drift", trigger, f"x] [x], line 1: trigger x is {THERE} and not {HERE}"),
    )
    for rule, more, told in cases:
        changed = f"{T}{function}{more}"
        assert differing(rule, f"{T}{function}", changed) == [f"MEDIUM {START},{told}"]
        for other in ("index-drift", "trigger-drift", "column-drift", "table-traits-drift"):
            if other != rule:
                assert differing(other, T, changed) == ["pass public.t [live-ddl]"]
    told = f"unlogged is no {HERE} and yes {THERE}"
    assert differing("table-traits-drift", T, unlogged) == [
        found("MEDIUM", "table", "t", told, "unlogged")
    ]
    assert differing("policy-drift", T, unlogged) == ["pass public.t [live-ddl]"]


def test_policies_and_what_switches_them_on() -> None:
    secured = "ALTER TABLE t ENABLE ROW LEVEL SECURITY; ALTER TABLE t FORCE ROW LEVEL SECURITY;"
    policy = "CREATE POLICY p ON t USING ({}(id) > 1);"
    lines = differing("policy-drift", T + secured + policy.format("f"), T + policy.format("g"))
    told = f"row level security is yes {HERE} and no {THERE}"
    assert lines == [
        found("MEDIUM", "table", "t", told, "row_level_security"),
        found("MEDIUM", "table", "t", f"force {told}", "force_row_level_security"),
        unknown("MEDIUM", "p", f"policy p: {untold('using', 'f(id) > 1', 'g(id) > 1')}"),
    ]
    assert differing("table-traits-drift", T + secured, T) == ["pass public.t [live-ddl]"]


def test_a_statement_that_was_not_understood_leaves_it_open() -> None:
    problem = Problem("not-understood", "odd", (Name("public", "t"),))
    changed = "CREATE TABLE t (id bigint, a int);"
    doubted = replace(written(changed), problems=(problem,))
    reason = "a statement that names it was not understood: odd"
    assert said("column-drift", live(T), doubted) == [
        unknown("HIGH", "a", reason),
        unknown("HIGH", "id", reason),
    ]
    same = said("column-drift", live(T), replace(written(T), problems=(problem,)))
    assert same == ["pass public.t [live-ddl]"]


def test_three_sources_are_three_pairs() -> None:
    lines = said("column-drift", live(T), written(T), written(T, "reference"))
    pairs = ("live-ddl", "live-reference", "ddl-reference")
    assert lines == [f"pass public.t [{pair}]" for pair in pairs]
    one = said("column-drift", live(T), written("CREATE TABLE u (id int);"))
    nothing = "fewer than two sources define the table"
    assert one == [
        f"not applicable public.t: {nothing}",
        f"not applicable public.u: {nothing}",
    ]


@pytest.mark.parametrize(
    ("here", "there", "shown"),
    [(3, 5, ", line 5"), (3, 0, ", line 3"), (0, 5, ", line 5"), (0, 0, ", no line")],
)
def test_the_place_is_one_that_can_be_mended(here: int, there: int, shown: str) -> None:
    def placed(catalog: Catalog, line: int) -> Catalog:
        (table,) = catalog.tables
        columns = tuple(replace(c, location=Location("x", line, 1)) for c in table.columns)
        return replace(catalog, tables=(replace(table, columns=columns),))

    sources = placed(live(T), here), placed(written(T.replace("int", "bigint")), there)
    (line,) = said("column-drift", *sources)
    assert line.startswith(f"HIGH {START},id] [id]{shown}: ")


# ---- beside tables -------------------------------------------------------------------------------

PLACE = "MEDIUM postgresql ddl {} (no table) [live-ddl], line 1: "


def alone(kind: str, name: str, owner: str = "", where: tuple[str, str] = (HERE, THERE)) -> str:
    return f"{PLACE.format(owner or name)}{kind} {name} is {where[0]} and not {where[1]}"


def test_objects_of_one_source() -> None:
    first = """CREATE SCHEMA void; CREATE SEQUENCE s; CREATE TYPE mood AS ENUM ('a');
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';"""
    lines = differing("object-drift", T + first.replace("\n", " "), T)
    assert sorted(lines) == sorted([
        alone("schema", "void"),
        alone("sequence", "public.s"),
        alone("type", "public.mood"),
        alone("function", "public.f(integer)"),
    ])  # fmt: skip
    back = differing("object-drift", T, T + "CREATE SEQUENCE s;")
    assert back == [alone("sequence", "public.s", where=(THERE, HERE))]
    assert differing("view-drift", T + first, T) == []


def test_what_comes_with_something_else() -> None:
    serial = "CREATE SCHEMA x; CREATE TABLE x.u (id serial);"
    assert differing("object-drift", T + serial, T) == []
    assert differing("object-drift", T, T + serial) == []
    unlogged = T.replace("id int", "id serial").replace("TABLE", "UNLOGGED TABLE")
    assert differing("object-drift", T.replace("id int", "id serial"), unlogged) == []
    view = "CREATE SCHEMA y; CREATE VIEW y.v AS SELECT 1 AS a;"
    assert differing("object-drift", T + view, T) == []
    of_type = "CREATE SCHEMA z; CREATE TYPE z.m AS ENUM ('a');"
    assert differing("object-drift", T + of_type, T) == [alone("type", "z.m")]


def test_sequences_of_their_own() -> None:
    own, other = "CREATE SEQUENCE s;", "CREATE UNLOGGED SEQUENCE s;"
    told = f"{PLACE.format('public.s')}sequence public.s: unlogged is no {HERE} and yes {THERE}"
    assert differing("object-drift", T + own, T + other) == [told]
    owned = T.replace("id int", "id serial")
    fast = "ALTER SEQUENCE t_id_seq INCREMENT 5;"
    (line,) = differing("object-drift", owned, owned + fast)
    assert line.startswith(f"{PLACE.format('public.t_id_seq')}sequence public.t_id_seq: increment")


def test_a_sequence_follows_its_table() -> None:
    serial = live(T.replace("id int", "id serial"))
    (owned,) = serial.sequences
    changed = replace(serial, sequences=(replace(owned, unlogged=True),))
    assert said("object-drift", changed, written(T.replace("id int", "id serial"))) == []


def test_views_and_what_hangs_on_them() -> None:
    view = "CREATE MATERIALIZED VIEW v AS SELECT 1 AS a;"
    more = "CREATE INDEX i ON v (a);CREATE VIEW w AS SELECT 1 AS a;"
    lines = differing("view-drift", T + view + more, T + view)
    assert sorted(lines) == sorted([
        alone("view", "public.w"), alone("index", "i", "public.v"),
    ])  # fmt: skip
    assert differing("object-drift", T + view + more, T + view) == []
    assert differing("index-drift", T + view + more, T + view) == ["pass public.t [live-ddl]"]


def test_objects_of_which_it_cannot_be_told() -> None:
    first = "CREATE DOMAIN d AS int DEFAULT f(1);"
    untellable = untold("default", "f(1)", "g(1)")
    open_ = differing("object-drift", T + first, T + first.replace("f(", "g("))
    start = "unknown MEDIUM postgresql public.d [live-ddl]: type public.d: "
    assert open_ == [f"{start}{untellable}"]
    wider = first.replace("f(", "g(").replace("int", "bigint")
    assert differing("object-drift", T + first, T + wider) == [
        f"{PLACE.format('public.d')}type public.d: base is integer {HERE} and bigint {THERE}"
    ]
    views = (f"CREATE VIEW v AS SELECT {name}(1) AS a;" for name in "fg")
    told = untold("definition", "SELECT f(1) AS a", "SELECT g(1) AS a")
    assert differing("view-drift", *(T + view for view in views)) == [
        f"unknown MEDIUM postgresql public.v [live-ddl]: view public.v: {told}"
    ]
