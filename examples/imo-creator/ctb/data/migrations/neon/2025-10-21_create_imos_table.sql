-- ctb: table=BART-SHQ-IMOS-V1 heir=HEIR-2025-10-IMO-CREATE-01 enforcement=STANDARD orbt=3 purpose="indexed marketing operations"
CREATE TABLE imos (
  id SERIAL PRIMARY KEY,
  imo_id VARCHAR(50) UNIQUE NOT NULL,
  user_id INTEGER REFERENCES users (id) ON DELETE CASCADE,
  name VARCHAR(255) NOT NULL,
  description TEXT,
  requirements TEXT,
  target_audience VARCHAR(255),
  budget DECIMAL(10, 2),
  status VARCHAR(50) DEFAULT 'draft',
  components JSONB,
  metrics JSONB,

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL,
  orbt_layer INTEGER DEFAULT 3,
  blueprint_version VARCHAR(20) DEFAULT '1.0',
  compliance_score INTEGER DEFAULT 0,

  CONSTRAINT imos_imo_id_unique UNIQUE (imo_id),
  CONSTRAINT imos_heir_id_unique UNIQUE (heir_id)
);

CREATE INDEX idx_imos_user_id ON imos (user_id);
CREATE INDEX idx_imos_status ON imos (status);
CREATE INDEX idx_imos_heir_id ON imos (heir_id);
CREATE INDEX idx_imos_created_at ON imos (created_at DESC);
