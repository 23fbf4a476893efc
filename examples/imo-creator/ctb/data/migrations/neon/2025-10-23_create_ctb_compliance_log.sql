-- ctb: table=BART-SHQ-CTBLOG-V1 heir=HEIR-2025-10-SYS-CTB-01 enforcement=STRICT orbt=1 purpose="the log of audits"
CREATE TABLE ctb_compliance_log (
  id SERIAL PRIMARY KEY,
  log_id VARCHAR(50) UNIQUE NOT NULL,
  action_type VARCHAR(50) NOT NULL,
  compliance_score INTEGER NOT NULL,
  status VARCHAR(50) NOT NULL,
  issues JSONB,
  recommendations JSONB,
  actions_performed JSONB,
  report_path VARCHAR(255),

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL DEFAULT 'ctb_system',
  orbt_layer INTEGER DEFAULT 1,
  blueprint_version VARCHAR(20) DEFAULT '1.0',
  enforcement_level VARCHAR(20) DEFAULT 'STRICT',

  CONSTRAINT ctb_compliance_log_heir_id_unique UNIQUE (heir_id),
  CONSTRAINT ctb_compliance_score_range CHECK (compliance_score >= 0 AND compliance_score <= 100)
);

CREATE INDEX idx_ctb_compliance_log_action_type ON ctb_compliance_log (action_type);
CREATE INDEX idx_ctb_compliance_log_created_at ON ctb_compliance_log (created_at DESC);
