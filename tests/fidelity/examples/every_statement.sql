-- Annotations stand above statements of every kind; they hold for the table that one makes or changes.
-- ctb: enforcement=STRICT
CREATE SCHEMA s;
-- ctb: enforcement=STRICT
CREATE EXTENSION IF NOT EXISTS plpgsql;
-- ctb: enforcement=STRICT orbt=1
CREATE TABLE t (a integer, b text);
-- ctb: enforcement=RELAXED
CREATE TABLE copy AS SELECT a FROM t;
-- ctb: enforcement=NONE
ALTER TABLE t ADD COLUMN c integer;
-- ctb: enforcement=STANDARD
CREATE INDEX by_a ON t (a);
-- ctb: enforcement=STRICT
CREATE VIEW v AS SELECT a FROM t;
-- ctb: enforcement=STRICT
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
-- ctb: enforcement=STRICT
ALTER FUNCTION f() STABLE;
-- ctb: enforcement=RELAXED
CREATE TRIGGER g BEFORE INSERT ON copy FOR EACH ROW EXECUTE FUNCTION f();
-- ctb: enforcement=NONE
CREATE POLICY p ON copy USING (a > 0);
-- ctb: enforcement=STRICT
ALTER POLICY p ON copy USING (a > 1);
-- ctb: enforcement=STRICT
CREATE TYPE mood AS ENUM ('a', 'b');
-- ctb: enforcement=STRICT
ALTER TYPE mood ADD VALUE 'c';
-- ctb: enforcement=STRICT
CREATE DOMAIN small AS integer;
-- ctb: enforcement=STRICT
ALTER DOMAIN small SET DEFAULT 3;
-- ctb: enforcement=STRICT
CREATE TYPE pair AS (x integer);
-- ctb: enforcement=STRICT
ALTER TYPE pair ADD ATTRIBUTE y text;
-- ctb: enforcement=STRICT
CREATE SEQUENCE q;
-- ctb: enforcement=STRICT
ALTER SEQUENCE q INCREMENT 2;
-- ctb: enforcement=STRICT
CREATE TABLE gone (a integer);
-- ctb: enforcement=STRICT
DROP TABLE gone;
-- ctb: enforcement=STRICT
ALTER TABLE t RENAME COLUMN b TO bee;
-- ctb: enforcement=STRICT
ALTER SEQUENCE q SET SCHEMA s;
-- ctb: enforcement=STRICT
ALTER TABLE t OWNER TO keeper;
-- ctb: enforcement=RELAXED
COMMENT ON TABLE t IS 'kept';
-- ctb: enforcement=NONE
COMMENT ON COLUMN t.a IS 'first';
-- ctb: enforcement=STRICT
COMMENT ON TYPE mood IS 'felt';
-- ctb: enforcement=STRICT
GRANT SELECT ON t TO reader;
-- ctb: enforcement=STRICT
ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO reader;
-- ctb: enforcement=STRICT
CREATE TABLE one (a integer);
-- ctb: allow=missing-primary-key reason="a list"
CREATE TABLE waived (a integer);
-- ctb: enforcement=STRICT
CREATE TABLE IF NOT EXISTS one (b integer);
-- ctb: enforcement=STRICT
CREATE TEMP TABLE passing (a integer);
