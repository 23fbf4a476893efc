CREATE TABLE t (a timestamptz DEFAULT now(), b timestamptz DEFAULT CURRENT_TIMESTAMP,
  c text DEFAULT 'it''s', d int DEFAULT -1, e numeric(10,2) DEFAULT 1.50,
  f boolean DEFAULT false, g jsonb DEFAULT '{}', h text[] DEFAULT '{}',
  i varchar(5) DEFAULT 'x', j date DEFAULT CURRENT_DATE, k uuid DEFAULT gen_random_uuid(),
  l interval DEFAULT '1 day', m text DEFAULT NULL, n int DEFAULT (1 + 2) * 3);
ALTER TABLE t ALTER a DROP DEFAULT, ALTER c SET DEFAULT 'other';
