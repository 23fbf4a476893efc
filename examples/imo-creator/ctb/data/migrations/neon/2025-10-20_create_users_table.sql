-- ctb: table=BART-SHQ-USERS-V1 heir=HEIR-2025-10-USER-AUTH-01 enforcement=STRICT orbt=3 purpose="accounts and sign-in"
CREATE TABLE users (
  id SERIAL PRIMARY KEY,
  email VARCHAR(255) UNIQUE NOT NULL,
  password_hash VARCHAR(255) NOT NULL,
  name VARCHAR(255),
  role VARCHAR(50) DEFAULT 'user',

  heir_id VARCHAR(50) NOT NULL,
  process_id VARCHAR(50) NOT NULL,
  created_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP,
  created_by VARCHAR(100) NOT NULL,
  orbt_layer INTEGER DEFAULT 3,
  blueprint_version VARCHAR(20) DEFAULT '1.0',

  CONSTRAINT users_email_unique UNIQUE (email),
  CONSTRAINT users_heir_id_unique UNIQUE (heir_id)
);

CREATE INDEX idx_users_email ON users (email);
CREATE INDEX idx_users_heir_id ON users (heir_id);
CREATE INDEX idx_users_role ON users (role);
