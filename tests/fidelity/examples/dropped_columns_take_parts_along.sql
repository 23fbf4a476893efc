CREATE TABLE t (a int, b int, c int, UNIQUE (a, b), CHECK (b > 0), CHECK (c > 0));
CREATE INDEX i ON t (b, c); CREATE INDEX j ON t (c) WHERE b > 1; ALTER TABLE t DROP b;
