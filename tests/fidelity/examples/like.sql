CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> ''), c serial);
CREATE INDEX i ON t (b); COMMENT ON COLUMN t.b IS 'said';
CREATE TABLE u (LIKE t); CREATE TABLE v (LIKE t INCLUDING ALL, extra int);
