-- ctb: table=BART-SHQ-COMPEXEC-V1 heir=HEIR-2025-10-SYS-COMP-01 enforcement=STANDARD orbt=2 purpose="calls of external tools"
CREATE TABLE composio_executions (
  id SERIAL PRIMARY KEY,
  execution_id VARCHAR(50) UNIQUE NOT NULL,
  tool_name VARCHAR(100) NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE SET NULL,
  arguments JSONB NOT NULL,
  result JSONB,
  status VARCHAR(50) DEFAULT 'pending',
  error_message TEXT,
  execution_time_ms INTEGER,

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL,
  orbt_layer INTEGER DEFAULT 2,
  blueprint_version VARCHAR(20) DEFAULT '1.0',

  CONSTRAINT composio_executions_heir_id_unique UNIQUE (heir_id)
);

CREATE INDEX idx_composio_executions_tool_name ON composio_executions (tool_name);
CREATE INDEX idx_composio_executions_status ON composio_executions (status);
CREATE INDEX idx_composio_executions_created_at ON composio_executions (created_at DESC);
