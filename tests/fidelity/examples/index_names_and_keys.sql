CREATE TABLE t (a text, b int, c jsonb);
CREATE INDEX ON t (a); CREATE INDEX ON t (a, b); CREATE INDEX ON t (lower(a));
CREATE INDEX ON t ((a || 'x')); CREATE INDEX ON t (a DESC, b NULLS FIRST);
CREATE UNIQUE INDEX u ON t (b) INCLUDE (a) WHERE a IS NOT NULL;
CREATE INDEX g ON t USING gin (c jsonb_path_ops) WITH (fastupdate = off);
CREATE INDEX p ON t (a text_pattern_ops, b); CREATE INDEX col ON t (a COLLATE "C");
CREATE INDEX ON t (a); DROP INDEX p; ALTER INDEX u RENAME TO v;
