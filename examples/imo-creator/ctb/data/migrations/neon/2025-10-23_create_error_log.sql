-- ctb: table=BART-SHQ-ERRLOG-V1 heir=HEIR-2025-10-SYS-ERR-01 enforcement=STANDARD orbt=1 purpose="errors of all services"
CREATE TABLE error_log (
  id SERIAL PRIMARY KEY,
  error_id VARCHAR(50) UNIQUE NOT NULL,
  severity VARCHAR(20) NOT NULL,
  error_code VARCHAR(50),
  error_message TEXT NOT NULL,
  stack_trace TEXT,
  context JSONB,
  resolution_status VARCHAR(50) DEFAULT 'unresolved',
  resolved_at TIMESTAMP,
  resolved_by VARCHAR(100),

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL,
  orbt_layer INTEGER DEFAULT 1,
  blueprint_version VARCHAR(20) DEFAULT '1.0',

  CONSTRAINT error_log_severity_check CHECK (severity IN ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'))
);

CREATE INDEX idx_error_log_severity ON error_log (severity);
CREATE INDEX idx_error_log_resolution_status ON error_log (resolution_status);
CREATE INDEX idx_error_log_created_at ON error_log (created_at DESC);
