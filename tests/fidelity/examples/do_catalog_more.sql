-- Rows of views, foreign tables and domains; conditions over them that name one row.
CREATE SCHEMA app;
CREATE TYPE app.mood AS ENUM ('sad', 'glad');
CREATE TYPE app.pair AS (x int, y text);
CREATE DOMAIN app.code AS text CONSTRAINT filled CHECK (VALUE <> '');
CREATE TABLE app.t (
  a int CONSTRAINT a_key PRIMARY KEY, b text, during int4range,
  CONSTRAINT sober CHECK (1 < 2), CONSTRAINT b_filled CHECK (b <> ''), CONSTRAINT apart EXCLUDE USING gist (during WITH &&)
);
CREATE TABLE u (a int CONSTRAINT u_key PRIMARY KEY);
CREATE VIEW app.seen AS SELECT a, b FROM app.t;
CREATE MATERIALIZED VIEW app.kept AS SELECT a AS one FROM app.t;
CREATE FOREIGN DATA WRAPPER wrapped;
CREATE SERVER far FOREIGN DATA WRAPPER wrapped;
CREATE FOREIGN TABLE app.away (a int) SERVER far;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER t_touch AFTER DELETE OR TRUNCATE OR INSERT ON app.t
  FOR EACH STATEMENT EXECUTE FUNCTION app.touch();
CREATE FUNCTION app.names() RETURNS SETOF name LANGUAGE sql AS
  'SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = ''app''';
CREATE TABLE said (views int, kinds int, columns int, names int, one int);
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT attname, attnum, attnotnull, attisdropped, attidentity::text AS identity, atthasdef FROM pg_attribute
      WHERE attrelid = 'app.seen'::regclass ORDER BY attnum LOOP
    t := t || r.attname || r.attnum || r.attnotnull::text || r.attisdropped::text || r.identity || r.atthasdef::text;
  END LOOP;
  FOR r IN SELECT attname FROM pg_attribute WHERE attrelid = 'app.kept'::regclass AND attnum > 0 LOOP
    t := t || r.attname;
  END LOOP;
  FOR r IN SELECT table_schema, column_name, ordinal_position, is_nullable, is_identity, column_default IS NULL AS none
      FROM information_schema.columns WHERE table_name = 'seen' AND table_catalog = current_database()
      ORDER BY ordinal_position LOOP
    t := t || r.table_schema || r.column_name || r.ordinal_position || r.is_nullable || r.is_identity || r.none::text;
  END LOOP;
  FOR r IN SELECT column_name FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 'kept' LOOP
    t := t || r.column_name;
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.views IS %L', t);
  t := '';
  FOR r IN SELECT c.relname, c.relkind::text AS kind FROM pg_class c WHERE c.relname IN ('away', 'kept', 'seen', 'pair')
      ORDER BY c.relname LOOP
    t := t || r.relname || r.kind;
  END LOOP;
  FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'app' LOOP t := t || r.tablename; END LOOP;
  FOR r IN SELECT indexname FROM pg_indexes WHERE tablename = 'u' LOOP t := t || r.indexname; END LOOP;
  FOR r IN SELECT t.typname, c.relname FROM pg_type t JOIN pg_class c ON c.oid = t.typrelid
      WHERE c.relkind IN ('c', 'v') AND t.typnamespace = 'app'::regnamespace ORDER BY t.typname LOOP
    t := t || r.typname || r.relname;
  END LOOP;
  FOR r IN SELECT typname FROM pg_type WHERE typnamespace = 'app'::regnamespace AND typrelid = 0
      AND typtype IN ('e', 'd') ORDER BY typname LOOP
    t := t || r.typname;
  END LOOP;
  FOR r IN SELECT conname FROM pg_constraint WHERE contypid = 0 AND connamespace = 'app'::regnamespace
      AND contype <> 'n' ORDER BY conname LOOP
    t := t || r.conname;
  END LOOP;
  FOR r IN SELECT enumlabel FROM pg_enum WHERE enumsortorder = 1 LOOP t := t || r.enumlabel; END LOOP;
  IF 'app.t'::regtype = (SELECT oid FROM pg_type WHERE typname = 't') THEN t := t || 'row type'; END IF;
  EXECUTE format('COMMENT ON COLUMN said.kinds IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT constraint_name, column_name FROM information_schema.constraint_column_usage
      WHERE constraint_schema = 'app' AND constraint_name NOT LIKE '%not_null' ORDER BY constraint_name LOOP
    t := t || r.constraint_name || r.column_name;
  END LOOP;
  FOR r IN SELECT constraint_name FROM information_schema.constraint_column_usage
      WHERE constraint_name IN ('apart', 'sober') LOOP
    t := t || r.constraint_name;
  END LOOP;
  FOR r IN SELECT event_manipulation FROM information_schema.triggers ORDER BY 1 LOOP
    t := t || r.event_manipulation;
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.columns IS %L', t);
  t := '';
  FOR r IN SELECT app.names() AS n LOOP t := t || r.n; END LOOP;
  FOR r IN SELECT DISTINCT tablename FROM pg_tables WHERE schemaname = 'app' ORDER BY tablename LIMIT 1 LOOP
    t := t || r.tablename;
  END LOOP;
  IF EXISTS (SELECT DISTINCT tablename FROM pg_tables WHERE schemaname = 'app' ORDER BY tablename LIMIT 1) THEN
    t := t || ' there';
  END IF;
  FOR r IN SELECT p.tablename, x.nspname FROM pg_tables p JOIN pg_namespace x ON p.schemaname = 'app'
      WHERE x.nspname = 'app' LOOP
    t := t || r.tablename || r.nspname;
  END LOOP;
  FOR r IN SELECT c.relname FROM pg_class c JOIN pg_trigger g ON g.tgrelid = c.oid AND g.tgname = 'none' LOOP
    t := t || r.relname;
  END LOOP;
  FOR r IN SELECT a.attname FROM pg_constraint o JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = ANY (o.conkey)
      WHERE o.conname IN ('a_key', 'b_filled') ORDER BY a.attname LOOP
    t := t || r.attname;
  END LOOP;
  FOR r IN SELECT s FROM unnest(ARRAY[1, 2]) AS s ORDER BY 1 DESC LOOP t := t || r.s; END LOOP;
  IF (SELECT x.a = 1 AND x.b = 'y' FROM (SELECT 1 AS a, 'y' AS b) x) THEN t := t || ' sub'; END IF;
  EXECUTE format('COMMENT ON COLUMN said.names IS %L', t);
END $$;
CREATE TABLE app.strict (a int NOT NULL, b text NOT NULL, c int);
DO $$ DECLARE n int; BEGIN
  IF EXISTS (SELECT FROM information_schema.table_constraints WHERE table_name = 'strict' AND constraint_type = 'CHECK'
      AND constraint_catalog = current_database() AND table_schema = constraint_schema) THEN
    COMMENT ON TABLE app.strict IS 'checked';
  END IF;
  SELECT count(*) INTO n FROM information_schema.table_constraints WHERE table_schema = 'app' AND table_name = 'strict';
  EXECUTE format('COMMENT ON COLUMN app.strict.a IS %L', n);
  SELECT count(*) INTO n FROM information_schema.table_constraints WHERE table_schema = 'app' AND table_name = 't';
  EXECUTE format('COMMENT ON COLUMN app.strict.b IS %L', n);
  IF NOT EXISTS (SELECT FROM information_schema.table_constraints WHERE table_name = 'strict' AND constraint_name = 'c_key') THEN
    ALTER TABLE app.strict ADD CONSTRAINT c_key UNIQUE (c);
  END IF;
END $$;
