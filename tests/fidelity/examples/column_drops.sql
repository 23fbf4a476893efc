-- What goes along with a column, and what stands in its way.
CREATE FUNCTION fire() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE t (
  id serial PRIMARY KEY, a integer UNIQUE, b integer CHECK (b > 0), c text, d integer GENERATED ALWAYS AS (a + 1) STORED,
  e integer GENERATED ALWAYS AS IDENTITY, f integer, g integer, h text, i text, CHECK (f > g), UNIQUE (f, g)
);
CREATE INDEX by_c ON t (c);
CREATE INDEX by_lower ON t (lower(c));
CREATE INDEX where_h ON t (i) WHERE h IS NOT NULL;
CREATE INDEX with_h ON t (i) INCLUDE (h);
CREATE INDEX by_i ON t (i);
GRANT SELECT (c, i), UPDATE ON t TO reader;
CREATE TABLE pointing (a integer REFERENCES t (a), id integer REFERENCES t);
ALTER TABLE t DROP COLUMN missing;
ALTER TABLE t DROP COLUMN IF EXISTS missing;
ALTER TABLE t DROP COLUMN a;
ALTER TABLE t DROP COLUMN a CASCADE;
ALTER TABLE t DROP COLUMN b;
ALTER TABLE t DROP COLUMN c;
ALTER TABLE t DROP COLUMN e;
ALTER TABLE t DROP COLUMN f;
ALTER TABLE t DROP COLUMN h;
ALTER TABLE t DROP COLUMN id;
ALTER TABLE t DROP COLUMN id CASCADE;
CREATE SEQUENCE t_id_seq;
CREATE TABLE by_c (a integer);

CREATE TABLE watched (a integer, b integer, c integer, d integer, e integer);
CREATE VIEW first AS SELECT a FROM watched;
CREATE VIEW second AS SELECT a AS x FROM first;
CREATE VIEW whole AS SELECT * FROM watched;
CREATE MATERIALIZED VIEW kept AS SELECT a, b FROM watched;
CREATE INDEX kept_b ON kept (b);
CREATE POLICY p ON watched USING (c > 0) WITH CHECK (watched.d > 0);
CREATE POLICY q ON watched USING (true);
CREATE TRIGGER of_e BEFORE UPDATE OF e ON watched FOR EACH ROW EXECUTE FUNCTION fire();
CREATE TRIGGER when_e BEFORE UPDATE ON watched FOR EACH ROW WHEN (OLD.e > NEW.d) EXECUTE FUNCTION fire();
CREATE TRIGGER plain BEFORE UPDATE ON watched FOR EACH ROW EXECUTE FUNCTION fire();
ALTER TABLE watched DROP COLUMN a;
ALTER TABLE watched DROP COLUMN a CASCADE;
ALTER TABLE watched DROP COLUMN c;
ALTER TABLE watched DROP COLUMN e;
ALTER TABLE watched DROP COLUMN e CASCADE;
ALTER TABLE watched DROP COLUMN d CASCADE;
ALTER TABLE watched DROP COLUMN b, DROP COLUMN c;
DROP TABLE kept_b;

CREATE TABLE parent (a integer, b integer, c integer, d integer, e integer);
CREATE TABLE child (b integer, own integer) INHERITS (parent);
CREATE TABLE grandchild (c integer) INHERITS (child);
ALTER TABLE child DROP COLUMN a;
ALTER TABLE parent DROP COLUMN a;
ALTER TABLE parent DROP COLUMN b;
ALTER TABLE parent DROP COLUMN c;
ALTER TABLE ONLY parent DROP COLUMN d;
ALTER TABLE child DROP COLUMN d;
ALTER TABLE child DROP COLUMN b;
ALTER TABLE grandchild DROP COLUMN c;

CREATE TABLE split (id integer, at date, part text, PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE piece PARTITION OF split DEFAULT;
ALTER TABLE split DROP COLUMN at;
ALTER TABLE piece DROP COLUMN part;
ALTER TABLE ONLY split DROP COLUMN part;
ALTER TABLE split DROP COLUMN part;
ALTER TABLE split DROP COLUMN id;

CREATE TABLE looped (a integer PRIMARY KEY, b integer REFERENCES looped, c integer);
ALTER TABLE looped DROP COLUMN b;
ALTER TABLE looped ADD COLUMN b integer REFERENCES looped (a);
ALTER TABLE looped DROP COLUMN a;
ALTER TABLE looped DROP COLUMN a CASCADE;
CREATE TABLE chain (a integer, b integer GENERATED ALWAYS AS (a + 1) STORED, c integer);
ALTER TABLE chain DROP COLUMN b;
ALTER TABLE chain DROP COLUMN a, DROP COLUMN c;
