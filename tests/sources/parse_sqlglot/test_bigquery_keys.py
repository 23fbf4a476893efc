from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay


def test_a_key_of_a_partitioned_table_need_not_hold_the_partition() -> None:
    text = """
    CREATE TABLE shop.orders (
      id STRING NOT NULL, at TIMESTAMP, who STRUCT<id STRING, at STRUCT<city STRING>>,
      PRIMARY KEY (id) NOT ENFORCED
    ) PARTITION BY DATE(at) OPTIONS (description = "orders");
    """
    catalog = replay([read_script(text, "a.sql", "bigquery")])
    (table,) = catalog.tables
    assert [(c.kind, c.enforced) for c in table.constraints] == [("primary key", False)]
    assert [f.name for c in table.columns for f in c.fields] == ["id", "at"]
    assert catalog.problems == ()
