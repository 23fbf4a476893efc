CREATE UNLOGGED TABLE t (a text) WITH (fillfactor = 70, toast.autovacuum_enabled = false);
ALTER TABLE t SET (autovacuum_enabled = false), RESET (fillfactor);
COMMENT ON TABLE t IS 'it''s'; COMMENT ON COLUMN t.a IS 'gone'; COMMENT ON COLUMN t.a IS NULL;
CREATE TABLE u (a int PRIMARY KEY); COMMENT ON CONSTRAINT u_pkey ON u IS 'key';
ALTER TABLE u SET UNLOGGED;
