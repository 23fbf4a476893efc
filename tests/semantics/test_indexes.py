"""Which indexes lead, which are redundant, what is unique (STANDARD section 4)."""

from ctb_audit.model import Constraint, Index, IndexKey, Name, Table
from ctb_audit.semantics.indexes import duplicate_unique, is_unique, leads, redundant


def index(name: str, *columns: str, **changes: object) -> Index:
    keys = tuple(IndexKey(column) for column in columns)
    return Index(**({"name": name, "keys": keys} | changes))  # type: ignore[arg-type]


def table(*indexes: Index, constraints: tuple[Constraint, ...] = ()) -> Table:
    return Table("postgresql", "public", "t", indexes=indexes, constraints=constraints)


PRIMARY = Constraint("primary key", "t_pkey", ("id",))
UNIQUE = Constraint("unique", "t_a_key", ("a",))


def test_leads() -> None:
    assert leads(table(constraints=(PRIMARY,)), ("id",))
    assert leads(table(index("i", "a", "b")), ("a",))
    assert not leads(table(index("i", "a", "b")), ("b",))
    assert leads(table(index("i", "a", "b")), ("b", "a"))
    assert not leads(table(index("i", "a")), ("a", "b"))
    assert not leads(table(index("i", "a", valid=False)), ("a",))
    assert not leads(table(index("i", "a", intended=True)), ("a",))
    assert not leads(table(index("i", "a", predicate="a > 1")), ("a",))
    assert leads(table(index("i", "a", predicate="(a IS NOT NULL)")), ("a",))
    assert not leads(table(index("i", "a", predicate="b IS NOT NULL")), ("a",))
    assert not leads(table(index("i", "a", method="gin")), ("a",))
    expression = Index("i", (IndexKey(expression="lower(a)"),))
    assert not leads(table(expression), ("a",))


def names(subject: Table) -> list[tuple[str, str]]:
    return [(r.index.name, r.covered_by) for r in redundant(subject)]


def test_prefixes_are_redundant() -> None:
    assert names(table(index("i", "a"), constraints=(UNIQUE,))) == [("i", "t_a_key")]
    assert names(table(index("i", "a"), index("j", "a", "b"))) == [("i", "j")]
    assert names(table(index("i", "a"), index("j", "b", "a"))) == []
    assert names(table(index("i", "a"), index("u", "a", unique=True))) == [("i", "u")]
    assert names(table(index("u", "a", unique=True), index("j", "a", "b"))) == []


def test_of_two_equal_ones_the_later_is_redundant() -> None:
    assert names(table(index("i", "a"), index("j", "a"))) == [("j", "i")]
    three = table(index("i", "a"), index("j", "a"), index("k", "a"))
    assert names(three) == [("j", "i"), ("k", "i")]


def test_what_differs_is_not_redundant() -> None:
    wide = index("w", "a", "b")
    for change in (
        {"predicate": "a > 1"},
        {"method": "hash"},
        {"include": ("c",)},
        {"valid": False},
        {"keys": (IndexKey("a", opclass=Name(None, "text_pattern_ops")),)},
        {"keys": (IndexKey("a", collation=Name(None, "C")),)},
        {"keys": (IndexKey("a", nulls_first=True),)},
        {"keys": (IndexKey(expression="lower(a)"),)},
    ):
        assert names(table(index("i", "a", **change), wide)) == [], change
    gins = table(index("i", "a", method="gin"), index("j", "a", "b", method="gin"))
    assert names(gins) == []


def test_direction_is_ignored_for_one_column_only() -> None:
    down = index("i", keys=(IndexKey("a", descending=True),))
    assert names(table(down, index("w", "a", "b"))) == [("i", "w")]
    last = index("i", keys=(IndexKey("a", descending=True, nulls_first=False),))
    assert names(table(last, index("w", "a", "b"))) == []
    mixed = index("i", keys=(IndexKey("a"), IndexKey("b", descending=True)))
    assert names(table(mixed, index("w", "a", "b", "c"))) == []


def test_same_predicate_in_other_words() -> None:
    partial = index("i", "a", predicate="b IS NULL")
    wide = index("w", "a", "c", predicate="(b IS NULL)")
    assert names(table(partial, wide)) == [("i", "w")]
    covered = index("i", "a", include=("b",))
    assert names(table(covered, index("w", "a", "b"))) == [("i", "w")]


def test_duplicate_unique() -> None:
    twice = table(index("u", "a", unique=True), constraints=(UNIQUE,))
    assert [(d.columns, d.first, d.second) for d in duplicate_unique(twice)] == [
        (("a",), "t_a_key", "u")
    ]
    partial = table(index("u", "a", unique=True, predicate="b"), constraints=(UNIQUE,))
    assert duplicate_unique(partial) == ()
    assert duplicate_unique(table(index("u", "a", "b", unique=True), constraints=(UNIQUE,))) == ()


def test_is_unique() -> None:
    assert is_unique(table(constraints=(UNIQUE,)), ("a",))
    assert is_unique(table(constraints=(PRIMARY,)), ("id",))
    assert is_unique(table(index("u", "a", unique=True)), ("a",))
    assert not is_unique(table(index("i", "a")), ("a",))
    assert not is_unique(table(index("u", "a", "b", unique=True)), ("a",))
    assert not is_unique(table(index("u", "a", unique=True, valid=False)), ("a",))
    assert not is_unique(table(index("u", "a", unique=True, predicate="b > 1")), ("a",))
    assert is_unique(table(index("u", "a", unique=True, predicate="a IS NOT NULL")), ("a",))
    lower = Index("u", (IndexKey(expression="lower(a)"),), unique=True)
    assert not is_unique(table(lower), ("a",))
