-- CREATE TABLE LIKE and AS: what a copy takes along.
CREATE TABLE source (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n serial, a integer DEFAULT 5 NOT NULL CONSTRAINT up CHECK (a > 0), twice integer GENERATED ALWAYS AS (a * 2) STORED,
  t text UNIQUE, CONSTRAINT both_ways UNIQUE (a, t), CHECK (a < 100)
);
CREATE INDEX by_a ON source (a DESC) WHERE a > 1;
CREATE UNIQUE INDEX by_lower ON source (lower(t));
COMMENT ON TABLE source IS 'whole';
COMMENT ON COLUMN source.a IS 'a part';
COMMENT ON CONSTRAINT up ON source IS 'a check';
COMMENT ON INDEX by_a IS 'an index';
COMMENT ON CONSTRAINT both_ways ON source IS 'a key';
CREATE TABLE bare (LIKE source);
CREATE TABLE with_all (LIKE source INCLUDING ALL);
CREATE TABLE with_some (before integer, LIKE source INCLUDING DEFAULTS INCLUDING CONSTRAINTS, after integer);
CREATE TABLE with_identity (LIKE source INCLUDING IDENTITY INCLUDING GENERATED);
CREATE TABLE with_comments (LIKE source INCLUDING COMMENTS INCLUDING INDEXES);
CREATE TABLE but_some (LIKE source INCLUDING ALL EXCLUDING INDEXES EXCLUDING COMMENTS);
CREATE TABLE but_defaults (LIKE source INCLUDING ALL EXCLUDING DEFAULTS EXCLUDING IDENTITY EXCLUDING GENERATED EXCLUDING CONSTRAINTS);
CREATE TABLE twice_over (LIKE source, LIKE source);
CREATE TABLE of_two (LIKE source INCLUDING INDEXES, x integer, LIKE passing_by);
CREATE TABLE passing_by (y integer CHECK (y > 0));
CREATE TABLE of_two (LIKE source INCLUDING INDEXES, x integer PRIMARY KEY, LIKE passing_by INCLUDING ALL);
CREATE TABLE of_both (LIKE passing_by INCLUDING CONSTRAINTS, x integer PRIMARY KEY, z integer, LIKE source EXCLUDING ALL);
CREATE VIEW seen AS SELECT id, a AS b FROM source;
CREATE TABLE like_view (LIKE seen);
CREATE TYPE pair AS (x integer, y text);
CREATE TABLE like_type (LIKE pair INCLUDING ALL);
CREATE TABLE like_missing (LIKE missing);
CREATE TABLE inherits_too (LIKE passing_by INCLUDING ALL) INHERITS (passing_by);

CREATE TABLE chosen AS SELECT a, t AS u, a + 1 AS v FROM source;
CREATE TABLE titled (x, y) AS SELECT a, t FROM source;
CREATE TABLE IF NOT EXISTS titled AS SELECT a FROM source;
CREATE TABLE titled AS SELECT a FROM source;
CREATE TABLE everything AS TABLE source;
CREATE TABLE starred AS SELECT * FROM source WITH NO DATA;
CREATE TABLE of_missing AS SELECT a FROM missing;
CREATE TABLE literal AS SELECT 1 AS one, 'a'::text AS letter, now() AS at;
CREATE TABLE counted_up AS SELECT g AS n FROM generate_series(1, 3) AS g;
CREATE TABLE of_functions AS SELECT * FROM generate_series(1, 3);
ALTER TABLE of_functions ADD PRIMARY KEY (generate_series);
ALTER TABLE of_functions ALTER COLUMN generate_series SET NOT NULL;
ALTER TABLE chosen ADD PRIMARY KEY (a);
ALTER TABLE chosen ADD CHECK (missing > 0);
ALTER TABLE starred ADD FOREIGN KEY (id) REFERENCES source;
CREATE TABLE like_chosen (LIKE chosen INCLUDING ALL);
SELECT a INTO selected FROM source;
