"""ALTER INDEX ... ATTACH PARTITION, as pg_dump writes it, completes an index made ON ONLY."""

import pytest

from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

PARTITIONED = """
CREATE TABLE p (a int) PARTITION BY LIST (a);
CREATE TABLE q (a int);
CREATE TABLE r (a int);
ALTER TABLE ONLY p ATTACH PARTITION q FOR VALUES IN (1);
ALTER TABLE ONLY p ATTACH PARTITION r DEFAULT;
CREATE INDEX i ON ONLY p USING btree (a);
CREATE INDEX j ON q USING btree (a);
CREATE INDEX k ON r USING btree (a);
"""


@pytest.mark.parametrize(("attached", "valid"), [("", False), ("j", False), ("jk", True)])
def test_an_index_is_valid_once_every_partition_has_its_part(attached: str, valid: bool) -> None:
    text = PARTITIONED + "".join(f"ALTER INDEX i ATTACH PARTITION {name};\n" for name in attached)
    catalog = replay([read_script(text, "dump.sql", "postgresql")], mode="server")
    (index,) = catalog.tables[0].indexes
    assert (index.name, index.valid, catalog.problems) == ("i", valid, ())
