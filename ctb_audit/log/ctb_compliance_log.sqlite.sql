-- ctb_compliance_log.sql for SQLite: the same columns, constraints and indexes. Lengths are
-- CHECKs, JSON is text, times are UTC text 2026-11-22T08:15:30.123Z (which sorts by time).

-- ctb: table=BART-SHQ-CTBLOG-V1 heir=HEIR-2025-10-SYS-CTB-01 enforcement=STRICT orbt=1 purpose="one row for each compliance run"
CREATE TABLE ctb_compliance_log (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  log_id TEXT NOT NULL,
  action_type TEXT NOT NULL,
  compliance_score INTEGER NOT NULL,
  status TEXT NOT NULL,
  issues TEXT,
  recommendations TEXT,
  actions_performed TEXT,
  report_path TEXT,

  heir_id TEXT NOT NULL,
  process_id TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  updated_at TIMESTAMP NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  created_by TEXT NOT NULL DEFAULT 'ctb_system',
  orbt_layer INTEGER NOT NULL DEFAULT 1,
  blueprint_version TEXT NOT NULL DEFAULT '1.0',
  enforcement_level TEXT DEFAULT 'STRICT',

  CONSTRAINT ctb_compliance_log_log_id_unique UNIQUE (log_id),
  CONSTRAINT ctb_compliance_log_heir_id_unique UNIQUE (heir_id),
  CONSTRAINT ctb_compliance_score_range
    CHECK (typeof(compliance_score) = 'integer' AND compliance_score >= 0 AND compliance_score <= 100),
  CONSTRAINT ctb_compliance_log_action_type_values
    CHECK (action_type IN ('tag', 'audit', 'remediate')),
  CONSTRAINT ctb_compliance_log_status_values
    CHECK (status IN ('completed', 'failed', 'partial')),
  CONSTRAINT ctb_compliance_log_enforcement_level_values
    CHECK (enforcement_level IN ('STRICT', 'STANDARD', 'RELAXED', 'NONE')),
  CONSTRAINT ctb_compliance_log_heir_id_format
    CHECK (
      heir_id GLOB 'HEIR-[0-9][0-9][0-9][0-9]-[01][0-9]-SYS-CTB*-[0-9][0-9]'
      AND substr(heir_id, 11, 2) BETWEEN '01' AND '12'
      AND substr(heir_id, 18, length(heir_id) - 20) NOT GLOB '*[^A-Z]*'
      AND length(heir_id) <= 50
    ),
  CONSTRAINT ctb_compliance_log_process_id_format
    CHECK (
      (
        process_id GLOB 'PRC-[A-Z]*-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
        AND substr(process_id, 5, length(process_id) - 15) NOT GLOB '*[^A-Z]*'
        OR process_id
          GLOB 'PRC-[A-Z]*-[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]'
        AND substr(process_id, 5, length(process_id) - 18) NOT GLOB '*[^A-Z]*'
      )
      AND length(process_id) <= 50
    ),
  CONSTRAINT ctb_compliance_log_blueprint_version_format
    CHECK (
      blueprint_version GLOB '[0-9]*.*[0-9]'
      AND blueprint_version NOT GLOB '*[^0-9.]*'
      AND blueprint_version NOT GLOB '*..*'
      AND blueprint_version NOT GLOB '*.*.*.*'
      AND length(blueprint_version) <= 20
    ),
  CONSTRAINT ctb_compliance_log_orbt_layer_range
    CHECK (typeof(orbt_layer) = 'integer' AND orbt_layer >= 1 AND orbt_layer <= 4),
  CONSTRAINT ctb_compliance_log_timestamp_order
    CHECK (updated_at >= created_at),
  CONSTRAINT ctb_compliance_log_timestamp_format
    CHECK (
      created_at
        GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z'
      AND updated_at
        GLOB '[0-9][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9]Z'
    ),
  CONSTRAINT ctb_compliance_log_json
    CHECK (
      (issues IS NULL OR json_valid(issues))
      AND (recommendations IS NULL OR json_valid(recommendations))
      AND (actions_performed IS NULL OR json_valid(actions_performed))
    ),
  CONSTRAINT ctb_compliance_log_lengths
    CHECK (length(log_id) <= 50 AND length(report_path) <= 255 AND length(created_by) <= 100)
);

CREATE INDEX idx_ctb_compliance_log_action_type ON ctb_compliance_log (action_type);
CREATE INDEX idx_ctb_compliance_log_score ON ctb_compliance_log (compliance_score);
CREATE INDEX idx_ctb_compliance_log_created_at ON ctb_compliance_log (created_at DESC);
CREATE INDEX idx_ctb_compliance_log_status ON ctb_compliance_log (status);

CREATE TRIGGER update_ctb_compliance_log_updated_at
  AFTER UPDATE ON ctb_compliance_log
  FOR EACH ROW
  WHEN NEW.updated_at = OLD.updated_at
BEGIN
  UPDATE ctb_compliance_log
  SET updated_at = max(created_at, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))
  WHERE id = NEW.id;
END;

CREATE VIEW view_compliance_history AS
SELECT
  DATE(created_at) AS audit_date,
  action_type,
  AVG(compliance_score) AS avg_score,
  COUNT(*) AS audit_count
FROM ctb_compliance_log
WHERE action_type = 'audit'
GROUP BY DATE(created_at), action_type
ORDER BY audit_date DESC;
