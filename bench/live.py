"""Compares reading a live catalog with `pg_dump --schema-only` on many generated tables.

    python bench/live.py [tables] [repeats]

Prints seconds for each and their ratio; both run against one scratch server, alternating.
"""

import subprocess
import sys
import time

import psycopg

from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.postgres import read_live

COLUMNS = """
    id bigserial PRIMARY KEY, heir_id varchar(50) NOT NULL, process_id varchar(50) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz NOT NULL DEFAULT now(),
    created_by varchar(100) NOT NULL DEFAULT 'ctb', orbt_layer integer NOT NULL DEFAULT 3,
    blueprint_version varchar(20) NOT NULL DEFAULT '1.0', status text, amount numeric(12, 2),
    payload jsonb, note_{n} text, flag_{n} boolean DEFAULT false, parent_{n} bigint, tags text[],
    CHECK (orbt_layer BETWEEN 1 AND 4)
"""
BATCH = 250


def table(n: int) -> str:
    name = f"t_{n:05}"
    return f"""
    CREATE TABLE {name} ({COLUMNS.format(n=n)});
    CREATE UNIQUE INDEX {name}_heir ON {name} (heir_id);
    CREATE INDEX {name}_created ON {name} (created_at);
    CREATE INDEX {name}_status ON {name} (lower(status)) WHERE status IS NOT NULL;
    CREATE INDEX {name}_pair ON {name} (process_id, amount DESC);
    CREATE TRIGGER touch BEFORE UPDATE ON {name} FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE {name} ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON {name} USING (created_by = current_user);
    """


def generate(url: str, tables: int) -> None:
    with psycopg.connect(url, autocommit=True) as session:
        session.execute(
            "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql"
            " AS 'BEGIN NEW.updated_at := now(); RETURN NEW; END'"
        )
        for start in range(0, tables, BATCH):
            batch = "".join(table(n) for n in range(start, min(start + BATCH, tables)))
            session.execute(batch.encode())
        session.execute("ANALYZE pg_class, pg_attribute, pg_index, pg_constraint, pg_depend")


def main() -> None:
    tables = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    repeats = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    with ScratchServer(settings={"max_locks_per_transaction": "1024"}) as server:
        assert server.binaries is not None
        url = server.new_database()
        generate(url, tables)
        dump = [str(server.binaries.folder / "pg_dump"), "--schema-only", "-f", "/dev/null", url]
        reads, dumps = [], []
        for _ in range(repeats):
            started = time.perf_counter()
            catalog = read_live(url)
            reads.append(time.perf_counter() - started)
            started = time.perf_counter()
            subprocess.run(dump, check=True)
            dumps.append(time.perf_counter() - started)
            assert len(catalog.tables) == tables
    read, dumped = min(reads), min(dumps)
    print(f"{tables} tables on PostgreSQL {server.version[0]}")
    print(f"live read           {read:7.2f} s")
    print(f"pg_dump schema-only {dumped:7.2f} s")
    print(f"ratio               {read / dumped:7.2f}")


if __name__ == "__main__":
    main()
