"""Live Firestore: the real client against a gRPC fake on loopback."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import grpc
import pytest

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.model import Catalog
from ctb_audit.sources.firestore import Bounds, read_firestore

from .fake_firestore import Fake

URL = "firestore://demo-project"
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fake]:
    found = Fake()
    server, port = found.serve()
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{port}")
    yield found
    server.stop(None).wait()


def columns(catalog: Catalog, name: str) -> dict[str, tuple[str, bool]]:
    table = next(t for t in catalog.tables if t.name == name)
    return {c.name: (str(c.type), c.nullable) for c in table.columns}


def test_fields_and_types_as_documents_show_them(fake: Fake) -> None:
    fake.documents["users"] = {
        "a": {"name": "A", "age": 3, "at": NOW, "tags": ["x"], "home": {"city": "X"}, "odd": 1},
        "b": {"name": "B", "age": 3.5, "at": NOW, "tags": [], "home": {"zip": 1}, "odd": "x"},
        "c": {"name": None, "age": 1, "at": NOW, "odd": True},
    }
    catalog = read_firestore(URL)
    assert columns(catalog, "users") == {
        "age": ("number", False),
        "at": ("Timestamp", False),
        "home": ("map", True),
        "name": ("string", True),
        "odd": ("any", False),
        "tags": ("any", True),
    }
    (users,) = catalog.tables
    home = users.column("home")
    assert home is not None and [f.name for f in home.fields] == ["city", "zip"]
    assert (users.kind, users.schema, catalog.surface) == ("collection", "default", "live")


def test_collections_are_paged_and_sub_collections_join_by_name(fake: Fake) -> None:
    fake.documents = {name: {"a": {"x": 1}} for name in ("c1", "c2", "c3", "c4", "c5")}
    fake.documents["c1/a/notes"] = {"n": {"text": "t"}}
    fake.documents["c2/a/notes"] = {"n": {"title": "t"}}
    catalog = read_firestore(URL)
    assert [t.name for t in catalog.tables] == ["c1", "c2", "c3", "c4", "c5", "notes"]
    assert columns(catalog, "notes") == {"text": ("string", True), "title": ("string", True)}


def test_a_large_collection_costs_a_sample(fake: Fake) -> None:
    fake.documents["events"] = {f"e{n}": {"n": n} for n in range(5000)}
    read_firestore(URL, bounds=Bounds(sample=20))
    assert (fake.sent, fake.limits["events"]) == (20, 20)


def test_reads_are_bounded_over_all_collections(fake: Fake) -> None:
    fake.documents = {f"c{n}": {f"d{m}": {"x": 1} for m in range(10)} for n in range(6)}
    catalog = read_firestore(URL, bounds=Bounds(sample=10, documents=25))
    assert fake.sent == 25
    assert [(p.kind, p.message) for p in catalog.problems] == [
        ("hidden", "left out after 25 documents were read")
    ] * 3


def test_sub_collections_end_at_a_depth(fake: Fake) -> None:
    path = "a"
    for _ in range(6):
        fake.documents[path] = {"d": {"x": 1}}
        path = f"{path}/d/{path.rsplit('/', maxsplit=1)[-1]}a"
    catalog = read_firestore(URL, bounds=Bounds(depth=2))
    assert [t.name for t in catalog.tables] == ["a", "aa"]


def test_throttling_is_tried_again(fake: Fake) -> None:
    fake.documents["users"] = {"a": {"x": 1}}
    fake.recovers = True
    fake.errors["users"] = [grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED]
    assert [t.name for t in read_firestore(URL).tables] == ["users"]
    assert fake.errors["users"] == []


def test_it_does_not_try_for_ever(fake: Fake) -> None:
    fake.errors["collections"] = [grpc.StatusCode.UNAVAILABLE]
    before = time.monotonic()
    with pytest.raises(SourceError, match="could not be read within") as refused:
        read_firestore(URL, bounds=Bounds(seconds=1.0))
    assert time.monotonic() - before < 10
    assert "secret detail" not in str(refused.value)


def test_a_project_without_permission_is_refused(fake: Fake) -> None:
    fake.errors["collections"] = [grpc.StatusCode.PERMISSION_DENIED]
    with pytest.raises(SourceError, match="refuses access"):
        read_firestore(URL)


def test_a_collection_without_permission_is_listed(fake: Fake) -> None:
    fake.documents = {"secrets": {"a": {"x": 1}}, "users": {"a": {"x": 1}}}
    fake.errors["secrets"] = [grpc.StatusCode.PERMISSION_DENIED]
    catalog = read_firestore(URL)
    assert [t.name for t in catalog.tables] == ["users"]
    assert [(p.kind, p.message) for p in catalog.problems] == [("hidden", "refuses access")]


def test_an_outage_in_the_middle_is_not_waited_for_in_every_collection(fake: Fake) -> None:
    fake.documents = {f"c{n}": {"a": {"x": 1}} for n in range(30)}
    for name in fake.documents:
        fake.errors[name] = [grpc.StatusCode.UNAVAILABLE]
    before = time.monotonic()
    catalog = read_firestore(URL, bounds=Bounds(seconds=0.3))
    assert time.monotonic() - before < 20
    told = [p.message for p in catalog.problems]
    assert told[3:] == ["left out: the service stopped answering"] * 27


def test_a_connection_that_is_cut_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    server, port = Fake().serve()
    server.stop(None).wait()
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{port}")
    with pytest.raises(SourceError, match="could not be read within"):
        read_firestore(URL, bounds=Bounds(seconds=1.0))


@pytest.mark.parametrize("url", ["firestore://", "firestore://demo-project/a/b"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no Firestore URL"):
        read_firestore(url)
