CREATE TABLE t (a int4range, b int4range, EXCLUDE USING gist (a WITH &&) WHERE (a <> b),
  CONSTRAINT named EXCLUDE USING gist (a WITH =, b WITH &&) DEFERRABLE);
