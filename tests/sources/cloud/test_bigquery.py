"""Live BigQuery: the real client against a REST responder on loopback."""

import time
from typing import Any

import pytest

from ctb_audit.errors import SourceError, UsageError
from ctb_audit.sources.bigquery import read_bigquery
from ctb_audit.sources.bigquery.read import _client

from .conftest import Responder

URL = "bigquery://demo-project"


def listed(*tables: str) -> dict[str, Any]:
    return {"tables": [{"tableReference": reference(t), "type": "TABLE"} for t in tables]}


def reference(table: str, dataset: str = "shop") -> dict[str, str]:
    return {"projectId": "demo-project", "datasetId": dataset, "tableId": table}


def resource(table: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "tableReference": reference(table),
        "type": "TABLE",
        "numRows": "12",
        "schema": {"fields": list(fields)},
        **more,
    }


ID = {"name": "id", "type": "STRING", "mode": "REQUIRED", "maxLength": "36"}
ADDRESS = {
    "name": "address",
    "type": "RECORD",
    "fields": [
        {"name": "city", "type": "STRING"},
        {"name": "tags", "type": "STRING", "mode": "REPEATED"},
    ],
}


def table_at(responder: Responder, table: str, *fields: dict[str, Any], **more: Any) -> None:
    responder.page(f"/datasets/shop/tables/{table}", resource(table, *fields, **more))


def test_tables_with_nested_fields_keys_and_partitions(responder: Responder) -> None:
    responder.page("/datasets/shop/tables", listed("customers"))
    table_at(
        responder,
        "customers",
        ID,
        ADDRESS,
        {
            "name": "created_at",
            "type": "TIMESTAMP",
            "defaultValueExpression": "CURRENT_TIMESTAMP()",
        },
        {"name": "amount", "type": "NUMERIC", "precision": "10", "scale": "2"},
        description="those who buy",
        timePartitioning={"type": "DAY", "field": "created_at"},
        clustering={"fields": ["id"]},
        tableConstraints={"primaryKey": {"columns": ["id"]}},
    )
    catalog = read_bigquery(f"{URL}/shop")
    (table,) = catalog.tables
    assert (table.schema, table.name, table.comment) == ("shop", "customers", "those who buy")
    shown = [(c.name, str(c.type), c.nullable, c.default) for c in table.columns]
    assert shown == [
        ("id", "STRING(36)", False, None),
        ("address", "STRUCT", True, None),
        ("created_at", "TIMESTAMP", True, "CURRENT_TIMESTAMP()"),
        ("amount", "NUMERIC(10,2)", True, None),
    ]
    assert [(f.name, str(f.type)) for f in table.columns[1].fields] == [
        ("city", "STRING"),
        ("tags", "STRING[]"),
    ]
    (key,) = table.constraints
    assert (key.kind, key.columns, key.enforced) == ("primary key", ("id",), False)
    assert table.partition_by == "DAY (created_at)" and table.row_estimate == 12
    assert catalog.surface == "live" and catalog.source == URL


def test_a_project_is_read_dataset_by_dataset_and_page_by_page(responder: Responder) -> None:
    pages = [
        {"datasets": [{"datasetReference": {"projectId": "demo-project", "datasetId": n}}]}
        for n in ("shop", "web")
    ]
    responder.page("/datasets", *pages)
    responder.page("/datasets/shop/tables", listed("a"), listed("b"))
    responder.page("/datasets/web/tables", {})
    table_at(responder, "a", ID)
    table_at(responder, "b", ID)
    assert [t.name for t in read_bigquery(URL).tables] == ["a", "b"]


def test_views_are_kept_apart(responder: Responder) -> None:
    responder.page("/datasets/shop/tables", listed("active"))
    responder.page(
        "/datasets/shop/tables/active",
        {
            **resource("active", ID),
            "type": "VIEW",
            "view": {"query": "SELECT 1", "useLegacySql": False},
        },
    )
    catalog = read_bigquery(f"{URL}/shop")
    assert catalog.tables == () and [v.definition for v in catalog.views] == ["SELECT 1"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_throttling_and_errors_that_pass_are_tried_again(responder: Responder, status: int) -> None:
    responder.fail("/datasets/shop/tables", status, status, then=listed("a"))
    table_at(responder, "a", ID)
    assert [t.name for t in read_bigquery(f"{URL}/shop").tables] == ["a"]


def test_a_cut_connection_is_tried_again(responder: Responder) -> None:
    responder.cut = 1
    responder.page("/datasets/shop/tables", listed("a"))
    table_at(responder, "a", ID)
    assert [t.name for t in read_bigquery(f"{URL}/shop").tables] == ["a"]


def test_it_does_not_try_for_ever(responder: Responder) -> None:
    responder.fail("/datasets/shop/tables", 503)
    before = time.monotonic()
    with pytest.raises(SourceError, match="could not be read within"):
        read_bigquery(f"{URL}/shop", seconds=1.0)
    assert time.monotonic() - before < 10


@pytest.mark.parametrize(("status", "why"), [(403, "refuses access"), (404, "does not exist")])
def test_a_named_dataset_that_is_refused_ends_the_reading(
    responder: Responder, status: int, why: str
) -> None:
    responder.fail("/datasets/shop/tables", status)
    with pytest.raises(SourceError, match=why):
        read_bigquery(f"{URL}/shop")


def test_what_vanishes_in_the_middle_is_listed_and_the_rest_is_kept(responder: Responder) -> None:
    names = ("shop", "gone")
    datasets = [{"datasetReference": {"projectId": "demo-project", "datasetId": n}} for n in names]
    responder.page("/datasets", {"datasets": datasets})
    responder.page("/datasets/shop/tables", listed("a", "secret", "dropped"))
    table_at(responder, "a", ID)
    responder.fail("/datasets/shop/tables/secret", 403)
    catalog = read_bigquery(URL)
    assert [t.name for t in catalog.tables] == ["a"]
    assert [(p.kind, str(p.objects[0]), p.message) for p in catalog.problems] == [
        ("hidden", "shop.secret", "refuses access"),
        ("hidden", "shop.dropped", "does not exist"),
        ("hidden", "gone.*", "does not exist"),
    ]


def test_an_outage_in_the_middle_is_not_waited_for_table_by_table(responder: Responder) -> None:
    names = [f"t{n}" for n in range(40)]
    responder.page("/datasets/shop/tables", listed("first", *names))
    table_at(responder, "first", ID)
    for name in names:
        responder.fail(f"/datasets/shop/tables/{name}", 503)
    before = time.monotonic()
    catalog = read_bigquery(f"{URL}/shop", seconds=0.3)
    assert time.monotonic() - before < 20
    assert [t.name for t in catalog.tables] == ["first"]
    told = [p.message for p in catalog.problems]
    assert told[3:] == ["left out: the service stopped answering"] * 37
    assert len({path for path in responder.asked if "/t" in path.rpartition("tables")[2]}) == 3


def test_a_query_could_cost_no_more_than_the_least_that_is_billed(responder: Responder) -> None:
    client = _client("demo-project", URL)
    assert client.default_query_job_config.maximum_bytes_billed == 10_485_760


def test_nothing_is_queried(responder: Responder) -> None:
    responder.page("/datasets/shop/tables", listed("a"))
    table_at(responder, "a", ID)
    read_bigquery(f"{URL}/shop")
    assert not [path for path in responder.asked if "queries" in path or "jobs" in path]


@pytest.mark.parametrize("url", ["bigquery://", "bigquery://demo-project/a/b", "bigquery:///x"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(UsageError, match="no BigQuery URL"):
        read_bigquery(url)


def test_credentials_that_are_none_are_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("BIGQUERY_EMULATOR_HOST", raising=False)
    (tmp_path / "key.json").write_text("{}")
    monkeypatch.setenv("BIGQUERY_CREDENTIALS_PATH", str(tmp_path / "key.json"))
    with pytest.raises(SourceError, match="holds no service account"):
        read_bigquery(f"{URL}/shop")
