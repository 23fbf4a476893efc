CREATE TABLE t (a int); CREATE TABLE t (b int); CREATE TABLE IF NOT EXISTS t (c int);
ALTER TABLE t ADD a text; ALTER TABLE missing ADD x int; DROP TABLE missing;
CREATE INDEX i ON t (nothing); CREATE TABLE u (a missing_type);
CREATE TABLE c (x int REFERENCES missing); ALTER TABLE t DROP nothing, ADD z int;
