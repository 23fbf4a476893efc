"""Fills a column of the rows that are there, in batches that commit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ctb_audit.remedy.change import Change, Held, Phase, Step
from ctb_audit.remedy.quoting import dollar_quoted, relation
from ctb_audit.semantics.quoting import identifier, literal

BLOCKS = 16
"""Pages of 8 kB a batch: about a thousand rows, whose writers wait some milliseconds."""
LIMIT = 4000  # rows, so that what moved while its page was passed is no large batch either
_TRIES = 1000
# Walks the table's pages once, so that the time is linear and no key is needed; a row that another
# transaction holds is passed over and met again, so that a batch never waits and never deadlocks.
# Where UPDATE triggers exist they stay quiet (an update trigger would date every row anew), which
# takes the right to set session_replication_role; without it the file stops before its first row.
_LOOP = """
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT {table}::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        {update},
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + {blocks})
      );
      COMMIT;
      block := block + {blocks};
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format({update}, leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format({rest}, leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > {tries} THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill(Change):
    """`value`: SQL, DEFAULT for the column's own. Rows with a value keep it.

    `existing`: the column was there before, so that going down keeps what was filled in.
    """

    phase: ClassVar[Phase] = "backfill"
    column: str
    value: str = "DEFAULT"
    existing: bool = False

    def up(self, *, empty: bool = False) -> Sequence[Step]:
        if empty:
            return ()
        column = identifier(self.column).replace("%", "%%")
        unfilled = f"{column} IS NULL"
        chosen = (
            f"SELECT ctid FROM ONLY %1$s WHERE %2$s AND {unfilled}"
            f" LIMIT {LIMIT} FOR NO KEY UPDATE SKIP LOCKED"
        )
        value = self.value.replace("%", "%%")
        update = f"UPDATE ONLY %1$s SET {column} = {value} WHERE ctid = ANY (ARRAY({chosen}))"
        rest = f"SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE {unfilled} LIMIT 1) AS unfilled"
        body = _LOOP.format(
            table=literal(relation(self.table)),
            update=literal(update),
            rest=literal(rest),
            blocks=BLOCKS,
            tries=_TRIES,
        )
        return (Step(f"DO {dollar_quoted(body, 'backfill')}", "none"),)

    def down(self) -> Sequence[Step]:
        return ()

    def holds(self) -> Sequence[Held]:
        table, column = relation(self.table), identifier(self.column)
        unfilled = f"NOT EXISTS (SELECT FROM {table} WHERE {column} IS NULL)"
        return (Held(f"{self.table}.{self.column} is filled", unfilled),)
