-- The compliance log of ctb-audit: one row for each run of tag, audit or remediate.
-- Running it again changes nothing that exists. `psql -v ON_ERROR_STOP=1 -f ctb_compliance_log.sql`
--
-- HEIR ids: HEIR-YYYY-MM-SYS-CTB-NN. After NN = 99 within a month the last word grows by
-- letters (CTBA ... CTBZ, CTBAA), so that a busy month stays unique and valid.

-- ctb: table=BART-SHQ-CTBLOG-V1 heir=HEIR-2025-10-SYS-CTB-01 enforcement=STRICT orbt=1 purpose="one row for each compliance run"
CREATE TABLE IF NOT EXISTS ctb_compliance_log (
  id SERIAL PRIMARY KEY,
  log_id VARCHAR(50) NOT NULL,
  action_type VARCHAR(50) NOT NULL,
  compliance_score INTEGER NOT NULL,
  status VARCHAR(50) NOT NULL,
  issues JSONB,
  recommendations JSONB,
  actions_performed JSONB,
  report_path VARCHAR(255),

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL DEFAULT 'ctb_system',
  orbt_layer INTEGER NOT NULL DEFAULT 1,
  blueprint_version VARCHAR(20) NOT NULL DEFAULT '1.0',
  enforcement_level VARCHAR(20) DEFAULT 'STRICT',

  CONSTRAINT ctb_compliance_log_log_id_unique UNIQUE (log_id),
  CONSTRAINT ctb_compliance_log_heir_id_unique UNIQUE (heir_id),
  CONSTRAINT ctb_compliance_score_range
    CHECK (compliance_score >= 0 AND compliance_score <= 100),
  CONSTRAINT ctb_compliance_log_action_type_values
    CHECK (action_type IN ('tag', 'audit', 'remediate')),
  CONSTRAINT ctb_compliance_log_status_values
    CHECK (status IN ('completed', 'failed', 'partial')),
  CONSTRAINT ctb_compliance_log_enforcement_level_values
    CHECK (enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE')),
  CONSTRAINT ctb_compliance_log_heir_id_format
    CHECK (heir_id ~ '^HEIR-[0-9]{4}-(0[1-9]|1[0-2])-SYS-CTB[A-Z]*-[0-9]{2}$'),
  CONSTRAINT ctb_compliance_log_process_id_format
    CHECK (process_id ~ '^PRC-[A-Z]+-[0-9]{10}([0-9]{3})?$'),
  CONSTRAINT ctb_compliance_log_blueprint_version_format
    CHECK (blueprint_version ~ '^[0-9]+\.[0-9]+(\.[0-9]+)?$'),
  CONSTRAINT ctb_compliance_log_orbt_layer_range
    CHECK (orbt_layer >= 1 AND orbt_layer <= 4),
  CONSTRAINT ctb_compliance_log_timestamp_order
    CHECK (updated_at >= created_at)
);

CREATE INDEX IF NOT EXISTS idx_ctb_compliance_log_action_type ON ctb_compliance_log (action_type);
CREATE INDEX IF NOT EXISTS idx_ctb_compliance_log_score ON ctb_compliance_log (compliance_score);
CREATE INDEX IF NOT EXISTS idx_ctb_compliance_log_created_at ON ctb_compliance_log (created_at DESC);
CREATE INDEX IF NOT EXISTS idx_ctb_compliance_log_status ON ctb_compliance_log (status);

-- GREATEST: a session in another time zone must not break updated_at >= created_at.
CREATE OR REPLACE FUNCTION ctb_compliance_log_touch() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog
AS $$
BEGIN
  NEW.updated_at := GREATEST(CURRENT_TIMESTAMP, NEW.created_at);
  RETURN NEW;
END;
$$;

CREATE OR REPLACE TRIGGER update_ctb_compliance_log_updated_at
  BEFORE UPDATE ON ctb_compliance_log
  FOR EACH ROW
  EXECUTE FUNCTION ctb_compliance_log_touch();

COMMENT ON TABLE ctb_compliance_log IS
  'ctb: table=BART-SHQ-CTBLOG-V1 heir=HEIR-2025-10-SYS-CTB-01 enforcement=STRICT orbt=1 purpose="one row for each compliance run"';
COMMENT ON COLUMN ctb_compliance_log.log_id IS 'unique id of the run: LOG- and 26 characters that sort by time';
COMMENT ON COLUMN ctb_compliance_log.action_type IS 'tag, audit or remediate';
COMMENT ON COLUMN ctb_compliance_log.compliance_score IS 'score of the database after the run, 0 to 100';
COMMENT ON COLUMN ctb_compliance_log.status IS 'completed; failed: gate lost or run broken; partial: incomplete';
COMMENT ON COLUMN ctb_compliance_log.issues IS 'the findings';
COMMENT ON COLUMN ctb_compliance_log.recommendations IS 'the next gains: what to repair first and the points it brings';
COMMENT ON COLUMN ctb_compliance_log.actions_performed IS 'standard, tool, revision, gate, coverage, tables and what was done';
COMMENT ON COLUMN ctb_compliance_log.report_path IS 'the report of the run, relative to the root of the audit';
COMMENT ON COLUMN ctb_compliance_log.heir_id IS 'HEIR id of the row: HEIR-YYYY-MM-SYS-CTB-NN, after 99 CTBA, CTBB, ...';
COMMENT ON COLUMN ctb_compliance_log.process_id IS 'the run that wrote the row: PRC-CTB- and seconds since 1970';

CREATE OR REPLACE VIEW view_compliance_history AS
SELECT
  DATE(created_at) AS audit_date,
  action_type,
  AVG(compliance_score) AS avg_score,
  COUNT(*) AS audit_count
FROM ctb_compliance_log
WHERE action_type = 'audit'
GROUP BY DATE(created_at), action_type
ORDER BY audit_date DESC;
