"""Declared and observed documents of a collection."""

from ctb_audit.compare.documents import comparable
from ctb_audit.model import Column, Location, Type

STRING, NUMBER, ANY = Type("string", "text"), Type("number", "number"), Type("any", "any")


def test_what_samples_cannot_contradict_is_no_difference() -> None:
    declared = (
        Column("id", STRING, nullable=False),
        Column("note", STRING),
        Column("seen", STRING),
        Column("meta", ANY, nullable=False),
    )
    observed = (
        Column("id", STRING, nullable=False),
        Column("seen", STRING, nullable=False),
        Column("meta", NUMBER, nullable=False),
    )
    first, second = comparable(declared, observed)
    assert [c.name for c in first] == ["id", "seen", "meta"]
    assert first == second


def test_an_observed_field_that_nobody_declares_stays() -> None:
    place = Location("firestore://demo/notes")
    first, second = comparable((), (Column("extra", STRING, location=place),))
    assert (first, [c.name for c in second]) == ((), ["extra"])


def test_what_samples_show_otherwise_stays() -> None:
    declared = (Column("id", STRING, nullable=False), Column("gone", STRING, nullable=False))
    observed = (Column("id", NUMBER, nullable=False), Column("more", STRING, nullable=False))
    first, second = comparable(declared, observed)
    assert [(c.name, c.type) for c in first] == [("id", STRING), ("gone", STRING)]
    assert [(c.name, c.type) for c in second] == [("id", NUMBER), ("more", STRING)]
