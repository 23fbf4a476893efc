-- The ids that `ctb id new` and `ctb tag` have given out, used or not: none is given out twice.
-- Running it again changes nothing that exists. `psql -v ON_ERROR_STOP=1 -f ctb_ids.sql`

-- ctb: stamped=no purpose="ids given out by ctb"
CREATE TABLE IF NOT EXISTS ctb_ids (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by TEXT NOT NULL DEFAULT CURRENT_USER
);

CREATE INDEX IF NOT EXISTS idx_ctb_ids_created_at ON ctb_ids (created_at);

COMMENT ON TABLE ctb_ids IS 'ctb: stamped=no purpose="ids given out by ctb"';
