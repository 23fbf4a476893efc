"""The lean `dataclass` behaves as the standard one does."""

import copy
import dataclasses
import pickle
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar

import pytest

from ctb_audit import constructors
from ctb_audit.lean import dataclass
from ctb_audit.lean_methods import constructor_text


def both(body: dict[str, Any], annotations: dict[str, Any], **options: bool) -> list[Any]:
    """The same class under both decorators."""
    return [
        make(**options)(type("Point", (), {**body, "__annotations__": annotations}))
        for make in (dataclasses.dataclass, dataclass)
    ]


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 2
    tags: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True)
class Known:
    n: int

    @cached_property
    def double(self) -> int:
        return 2 * self.n


@dataclass(frozen=True, slots=True)
class Base:
    phase: ClassVar[str] = "first"
    a: int


@dataclass(frozen=True, slots=True)
class Derived(Base):
    phase: ClassVar[str] = "second"
    b: int = 5

    def total(self) -> int:
        return self.a + self.b


@dataclass(slots=True)
class Mutable:
    name: str
    items: list[int] = field(default_factory=list)
    count: int = field(init=False, default=0)


CASES = [
    ({"y": 2}, {"x": int, "y": int}, {"frozen": True, "slots": True}),
    ({"y": field(default=3, compare=False)}, {"x": int, "y": int}, {"frozen": True}),
    ({"y": field(default_factory=list, repr=False)}, {"x": int, "y": list}, {"slots": True}),
    ({"y": 1}, {"y": int, "x": int}, {"frozen": True, "slots": True, "kw_only": True}),
]


@pytest.mark.parametrize(("body", "annotations", "options"), CASES)
def test_it_equals_the_standard_decorator(
    body: dict[str, Any], annotations: dict[str, Any], options: dict[str, bool]
) -> None:
    expected, found = both(body, annotations, **options)
    assert [(f.name, f.type, f.compare, f.repr, f.kw_only) for f in dataclasses.fields(found)] == [
        (f.name, f.type, f.compare, f.repr, f.kw_only) for f in dataclasses.fields(expected)
    ]
    assert found.__match_args__ == expected.__match_args__
    assert repr(found(x=1)) == repr(expected(x=1))
    assert dataclasses.asdict(found(x=1)) == dataclasses.asdict(expected(x=1))
    assert (found(x=1) == found(x=1, y=9)) == (expected(x=1) == expected(x=1, y=9))
    assert dataclasses.replace(found(x=1), x=7) == found(x=7)
    with pytest.raises(TypeError, match="x"):
        found()


def test_a_frozen_value_cannot_change() -> None:
    point = Point(1)
    with pytest.raises(dataclasses.FrozenInstanceError, match="'x'"):
        setattr(point, "x", 2)  # noqa: B010
    with pytest.raises(dataclasses.FrozenInstanceError):
        del point.y
    assert (point.x, point.y, type(point)) == (1, 2, Point)
    assert not hasattr(point, "__dict__")


def test_values_are_hashed_compared_and_matched() -> None:
    assert {Point(1, tags=("a",)), Point(1)} == {Point(1)}
    assert Point(1) != Point(2)
    match Point(4, 5):
        case Point(x, y):
            assert (x, y) == (4, 5)
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize("value", [Point(1, 3, ("z",)), Known(4), Derived(1, 2), Mutable("m", [1])])
def test_values_are_copied_and_pickled(value: object) -> None:
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value


def test_fields_are_inherited_and_class_variables_are_none() -> None:
    assert [f.name for f in dataclasses.fields(Derived)] == ["a", "b"]
    assert Derived(1).total() == 6 and Derived.phase == "second" and Base.phase == "first"
    assert repr(Derived(1)) == "Derived(a=1, b=5)"
    assert Base(1) != Derived(1, 5)


def test_properties_are_cached_where_there_are_no_slots() -> None:
    known = Known(3)
    assert known.double == 6 and vars(known)["double"] == 6


def test_mutable_values_have_defaults_of_their_own() -> None:
    first, second = Mutable("a"), Mutable("b")
    first.items.append(1)
    first.count += 1
    assert (second.items, second.count) == ([], 0)
    with pytest.raises(TypeError, match="unhashable"):
        hash(first)


def test_what_it_does_not_know_is_handed_on() -> None:
    @dataclass(frozen=True, order=True)
    class Version:
        major: int

    assert Version(1) < Version(2)


WRONG: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1, 2, (), 4), {}),
    ((1,), {"x": 2}),
    ((1,), {"z": 2}),
    ((1, 2, ()), {"tags": ()}),
]


@pytest.mark.parametrize("before", [0, 3, 50])
def test_the_first_values_are_as_the_later_ones(before: int) -> None:
    """A constructor is compiled once it is used often."""
    standard, lean = both(
        {"y": 2, "tags": field(default=()), "seen": field(default_factory=list)},
        {"x": int, "y": int, "tags": tuple, "seen": list},
        frozen=True,
        slots=True,
    )
    for number in range(before):
        assert dataclasses.astuple(lean(number)) == (number, 2, (), [])
    for arguments, named in (((1,), {}), ((1, 3), {"tags": ("a",)}), ((), {"y": 4, "x": 5})):
        made = dataclasses.astuple(lean(*arguments, **named))
        assert made == dataclasses.astuple(standard(*arguments, **named))
    assert lean(1).seen is not lean(1).seen
    with pytest.raises(dataclasses.FrozenInstanceError):
        lean(1).x = 2


@pytest.mark.parametrize(("arguments", "named"), WRONG)
@pytest.mark.parametrize("before", [0, 50])
def test_what_does_not_fit_is_refused_from_the_first_value_on(
    arguments: tuple[Any, ...], named: dict[str, Any], before: int
) -> None:
    _, lean = both(
        {"y": 2, "tags": ()}, {"x": int, "y": int, "tags": tuple}, frozen=True, slots=True
    )
    for number in range(before):
        lean(number)
    with pytest.raises(TypeError, match=r"Point\.__(new|init)__\(\)"):
        lean(*arguments, **named)
    assert lean(1) == lean(x=1)


def test_fields_that_no_constructor_takes_are_filled_too() -> None:
    _, lean = both(
        {"count": field(init=False, default=7), "y": field(kw_only=True, default=1)},
        {"x": int, "count": int, "y": int},
        frozen=True,
        slots=True,
    )
    for _ in range(20):
        assert dataclasses.astuple(lean(1, y=3)) == (1, 7, 3)
        with pytest.raises(TypeError):
            lean(1, 3)
        with pytest.raises(TypeError):
            lean(1, count=3)


def test_constructors_that_are_written_out_are_those_that_would_be_compiled() -> None:
    text = Path(constructors.__file__).read_text()
    for count, function in enumerate(constructors.CONSTRUCTORS):
        assert function.__name__ == f"of_{count}"
        assert text.count(f"\n{constructor_text(count)}\n") == 1


@pytest.mark.parametrize("count", [0, 1, 29, 30, 40])
def test_values_have_any_number_of_fields(count: int) -> None:
    names = [f"f{number}" for number in range(count)]
    standard, lean = both({}, dict.fromkeys(names, int), frozen=True, slots=True)
    assert dataclasses.astuple(lean(*range(count))) == tuple(range(count))
    assert dataclasses.asdict(lean(**dict(zip(names, range(count), strict=True)))) == (
        dataclasses.asdict(standard(*range(count)))
    )
    with pytest.raises(TypeError):
        lean(*range(count + 1))
