-- Joins, orders, limits, aggregates, subqueries and names of queries over the catalog.
CREATE SCHEMA app;
CREATE SCHEMA aside;
CREATE TABLE app.wide (
  a int, b int, c text NOT NULL, d int, e int, f int, g int, h int, i int, j int, k int DEFAULT 1, l int
);
CREATE TABLE app.parent (id int CONSTRAINT parent_key PRIMARY KEY, name text CONSTRAINT named CHECK (name <> ''));
CREATE TABLE app.child (
  id int CONSTRAINT child_key PRIMARY KEY,
  parent int CONSTRAINT child_parent REFERENCES app.parent (id)
);
CREATE TABLE aside.child (id int CONSTRAINT aside_key PRIMARY KEY, more text);
CREATE INDEX child_parent_ix ON app.child (parent);
CREATE VIEW app.listed AS SELECT c.relname AS name, c.relkind AS kind FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind = 'r';
CREATE FUNCTION app.names() RETURNS SETOF text LANGUAGE sql AS
  'SELECT tablename::text FROM pg_tables WHERE schemaname = ''app'' ORDER BY tablename';
CREATE FUNCTION app.first_name() RETURNS text LANGUAGE sql AS
  'SELECT min(c.conname::text) FROM pg_constraint c WHERE false';
CREATE TABLE said (
  ordered int, limited int, joined int, lefts int, using_names int, nested int,
  places int, unnested int, views int, routines int, sums int, named int
);
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT attname, attnum FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 0
      ORDER BY attnum DESC LOOP t := t || r.attname; END LOOP;
  FOR r IN SELECT attname AS found, attnotnull FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 7
      ORDER BY atthasdef DESC, found ASC LOOP t := t || r.found; END LOOP;
  FOR r IN SELECT attnum, attname FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 0
      ORDER BY 1 LOOP t := t || r.attname; END LOOP;
  FOR r IN SELECT attnum, attname FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 0
      ORDER BY 2 DESC, 1 LOOP t := t || r.attname; END LOOP;
  FOR r IN SELECT attname FROM pg_attribute x WHERE attrelid = 'app.wide'::regclass AND attnum > 0
      ORDER BY 20 - x.attnum LOOP t := t || r.attname; END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.ordered IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT NULLIF(attname::text, 'c') AS n, attname AS o FROM pg_attribute WHERE attrelid = 'app.wide'::regclass
      AND attnum > 0 AND attnum < 5 ORDER BY n LOOP t := t || r.o; END LOOP;
  FOR r IN SELECT NULLIF(attname::text, 'c') AS n, attname AS o FROM pg_attribute WHERE attrelid = 'app.wide'::regclass
      AND attnum > 0 AND attnum < 5 ORDER BY n DESC LOOP t := t || r.o; END LOOP;
  FOR r IN SELECT NULLIF(attname::text, 'c') AS n, attname AS o FROM pg_attribute WHERE attrelid = 'app.wide'::regclass
      AND attnum > 0 AND attnum < 5 ORDER BY n NULLS FIRST LOOP t := t || r.o; END LOOP;
  FOR r IN SELECT NULLIF(attname::text, 'c') AS n, attname AS o FROM pg_attribute WHERE attrelid = 'app.wide'::regclass
      AND attnum > 0 AND attnum < 5 ORDER BY n DESC NULLS LAST LOOP t := t || r.o; END LOOP;
  EXECUTE format('COMMENT ON TABLE said IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; one text; BEGIN
  FOR r IN SELECT attname FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 0
      ORDER BY attnum LIMIT 3 LOOP t := t || r.attname; END LOOP;
  FOR r IN SELECT attname FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 9
      ORDER BY attnum LIMIT NULL LOOP t := t || r.attname; END LOOP;
  FOR r IN SELECT DISTINCT relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'app' ORDER BY relkind LOOP t := t || r.relkind::text; END LOOP;
  SELECT attname INTO one FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 0 ORDER BY attnum DESC LIMIT 1;
  t := t || one;
  one := (SELECT attname FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum = 99);
  IF one IS NULL THEN t := t || ' none'; END IF;
  IF EXISTS (SELECT FROM pg_tables WHERE schemaname = 'app' LIMIT 0) THEN t := t || ' wrong'; END IF;
  IF EXISTS (SELECT tablename FROM pg_tables WHERE schemaname = 'app' ORDER BY tablename LIMIT 1) THEN t := t || ' right'; END IF;
  IF EXISTS (SELECT count(*) FROM pg_tables WHERE schemaname = 'nowhere') THEN t := t || ' always'; END IF;
  IF EXISTS (SELECT DISTINCT tablename FROM pg_tables WHERE schemaname = 'nowhere') THEN t := t || ' wrong'; END IF;
  EXECUTE format('COMMENT ON COLUMN said.limited IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; n int; BEGIN
  FOR r IN SELECT o.conname, c.relname, f.relname AS target FROM pg_constraint o
      JOIN pg_class c ON c.oid = o.conrelid JOIN pg_class f ON f.oid = o.confrelid ORDER BY o.conname LOOP
    t := t || r.conname || r.relname || r.target || ';';
  END LOOP;
  FOR r IN SELECT c.relname, n.nspname FROM pg_class c, pg_namespace n
      WHERE c.relnamespace = n.oid AND n.nspname = 'aside' ORDER BY c.relname LOOP
    t := t || r.nspname || r.relname || ';';
  END LOOP;
  FOR r IN SELECT c.relname, n.nspname FROM pg_namespace n JOIN pg_class c ON n.oid = c.relnamespace AND c.relkind = 'r'
      WHERE n.nspname IN ('aside', 'app') ORDER BY n.nspname, c.relname LOOP
    t := t || r.nspname || r.relname || ';';
  END LOOP;
  FOR r IN SELECT a.tablename, b.schemaname FROM pg_tables a JOIN pg_tables b ON a.tablename = b.tablename
      AND a.schemaname <> b.schemaname WHERE a.schemaname = 'app' LOOP
    t := t || r.tablename || r.schemaname || ';';
  END LOOP;
  FOR r IN SELECT a.tablename, b.nspname FROM pg_tables a CROSS JOIN pg_namespace b
      WHERE a.schemaname = 'app' AND b.nspname IN ('app', 'aside') ORDER BY 1, 2 LOOP
    t := t || r.tablename || r.nspname || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.joined IS %L', t);
  t := '';
  FOR r IN SELECT c.conname, n.nspname FROM pg_constraint c LEFT JOIN pg_namespace n ON n.oid = c.connamespace
      WHERE n.nspname = 'aside' AND c.contype = 'p' LOOP
    t := t || r.conname || r.nspname || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.lefts IS %L', t);
  t := '';
  FOR r IN SELECT k.column_name, c.constraint_type, c.table_name FROM information_schema.table_constraints c
      JOIN information_schema.key_column_usage k USING (constraint_name, table_schema)
      WHERE c.table_schema IN ('app', 'aside') ORDER BY c.constraint_name LOOP
    t := t || r.column_name || r.constraint_type || r.table_name || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.using_names IS %L', t);
END $$;
DO $$ DECLARE n int; m int; t text; names text[]; name text; yes boolean; BEGIN
  SELECT count(*) > 0, count(*) > 5 INTO yes, t FROM pg_tables WHERE schemaname = 'app';
  IF yes THEN CREATE TABLE some_tables (); END IF;
  SELECT min(attnum), max(attnum) INTO n, m FROM pg_attribute WHERE attrelid = 'app.wide'::regclass AND attnum > 2;
  t := t || ' ' || n || ' ' || m;
  t := t || (SELECT string_agg(attname, ',' ORDER BY attnum DESC) FROM pg_attribute
    WHERE attrelid = 'app.wide'::regclass AND attnum > 0);
  SELECT array_agg(attname ORDER BY attname DESC) INTO names FROM pg_attribute
    WHERE attrelid = 'app.wide'::regclass AND attnum > 8;
  FOREACH name IN ARRAY names LOOP t := t || name; END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.sums IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'app'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_constraint o WHERE o.conrelid = c.oid AND o.contype = 'p') LOOP
    t := t || r.relname || ';';
  END LOOP;
  FOR r IN SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'app'::regnamespace
      AND c.oid IN (SELECT conrelid FROM pg_constraint WHERE contype = 'c') LOOP
    t := t || r.relname || ';';
  END LOOP;
  FOR r IN SELECT c.relname FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'app'::regnamespace
      AND (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid) = 2 LOOP
    t := t || r.relname || ';';
  END LOOP;
  FOR r IN SELECT s.name FROM (SELECT relname AS name, relkind FROM pg_class WHERE relnamespace = 'aside'::regnamespace) s
      ORDER BY s.name LOOP
    t := t || r.name || ';';
  END LOOP;
  FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'app'
      AND tablename = ANY (ARRAY['wide', 'child', 'none']) ORDER BY tablename LOOP
    t := t || r.tablename || ';';
  END LOOP;
  FOR r IN SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'app' AND EXISTS (SELECT FROM pg_tables p WHERE p.tablename = c.relname AND p.schemaname = 'aside') LOOP
    t := t || r.relname || '!';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.nested IS %L', t);
END $$;
DO $$ DECLARE a text; b text; c text; r record; t text := ''; BEGIN
  SELECT c.relname, i.relname INTO a, b FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid
    JOIN pg_class i ON i.oid = x.indexrelid WHERE i.relname = 'child_parent_ix';
  SELECT tablename INTO c FROM pg_tables WHERE schemaname = 'nowhere';
  IF c IS NULL AND NOT FOUND THEN t := 'no row;'; END IF;
  t := t || a || ' ' || b;
  SELECT tablename, schemaname INTO r FROM pg_tables WHERE schemaname = 'aside';
  IF FOUND THEN t := t || r.tablename || r.schemaname; END IF;
  SELECT * INTO r FROM pg_tables WHERE schemaname = 'aside' AND tablename = 'child';
  t := t || r.tablename;
  FOR r IN SELECT n.*, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'aside' AND c.relkind = 'r' LOOP
    t := t || r.nspname || r.relname;
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.places IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; x text; BEGIN
  FOR r IN SELECT one FROM unnest(ARRAY['b', 'a']) AS one LOOP t := t || r.one; END LOOP;
  FOR r IN SELECT u.two FROM unnest(ARRAY['d', 'c']) AS u(two) LOOP t := t || r.two; END LOOP;
  FOR r IN SELECT unnest FROM unnest(ARRAY['f', 'e']) LOOP t := t || r.unnest; END LOOP;
  FOR r IN SELECT n, p.tablename FROM unnest(ARRAY['child', 'wide']) n JOIN pg_tables p ON p.tablename = n
      WHERE p.schemaname = 'app' ORDER BY n LOOP t := t || r.n || r.tablename; END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.unnested IS %L', t);
  t := '';
  FOR r IN SELECT name, kind FROM app.listed ORDER BY name LOOP t := t || r.name || r.kind::text; END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.views IS %L', t);
  t := '';
  FOR r IN SELECT app.names() LOOP t := t || r.names; END LOOP;
  x := app.first_name();
  IF x IS NULL THEN t := t || ' null'; END IF;
  EXECUTE format('COMMENT ON COLUMN said.routines IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT count(*) FROM pg_tables WHERE schemaname = 'app' LOOP t := t || r.count; END LOOP;
  FOR r IN SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'aside'), tablename::text, upper(schemaname)
      FROM pg_tables WHERE schemaname = 'aside' LOOP
    t := t || r.exists::text || r.tablename || r.upper;
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.named IS %L', t);
END $$;
SET search_path = aside, app;
DO $$ DECLARE t text := ''; BEGIN
  IF to_regclass('child') = 'aside.child'::regclass THEN t := 'aside'; END IF;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'child'::regclass AND attname = 'more') THEN t := t || ' more'; END IF;
  IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'wide'::regclass AND attname = 'more') THEN t := t || ' wrong'; END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE 'wide' = c.relname) THEN t := t || ' turned'; END IF;
  IF EXISTS (SELECT FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'child') THEN t := t || ' here'; END IF;
  EXECUTE format('COMMENT ON TABLE wide IS %L', t);
END $$;
CREATE TABLE app.pg_tables (schemaname text, tablename text);
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_tables WHERE tablename = 'wide') THEN COMMENT ON COLUMN wide.a IS 'still there'; END IF;
  IF NULL THEN DROP TABLE wide; END IF;
END $$;
