CREATE SCHEMA IF NOT EXISTS shq;

-- ctb: table=BART-SHQ-TASKS-V1 heir=HEIR-2025-10-TASK-EXEC-01 enforcement=STANDARD orbt=2 purpose="background work"
CREATE TABLE shq.tasks (
  id SERIAL PRIMARY KEY,
  task_id VARCHAR(50) UNIQUE NOT NULL,
  task_type VARCHAR(100) NOT NULL,
  payload JSONB NOT NULL,
  status VARCHAR(50) DEFAULT 'queued',
  priority INTEGER DEFAULT 5,
  max_retries INTEGER DEFAULT 3,
  retry_count INTEGER DEFAULT 0,
  scheduled_at TIMESTAMP,
  started_at TIMESTAMP,
  completed_at TIMESTAMP,
  error_message TEXT,

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL,
  orbt_layer INTEGER DEFAULT 2,
  blueprint_version VARCHAR(20) DEFAULT '1.0'
);

CREATE INDEX idx_shq_tasks_status ON shq.tasks (status);
CREATE INDEX idx_shq_tasks_scheduled_at ON shq.tasks (scheduled_at);
CREATE INDEX idx_shq_tasks_priority ON shq.tasks (priority DESC);
