-- Names of targets and rows of tables in several schemas that have the same name.
CREATE SCHEMA app;
CREATE TABLE t (a int CONSTRAINT here_key PRIMARY KEY);
CREATE TABLE app.t (a int CONSTRAINT there_key PRIMARY KEY, b int NOT NULL);
CREATE TABLE said (names int, same int, more int);
DO $$ DECLARE r record; t text := ''; a boolean; b boolean; c boolean; BEGIN
  SELECT count(*) = 2, count(*) = 3, count(*) = 4 INTO a, b, c FROM pg_tables WHERE tablename = 't';
  t := t || a::text || b::text || c::text;
  SELECT 1 = 1, 1 = 2, NULL::boolean IS NULL INTO a, b, c;
  t := t || a::text || b::text || c::text;
  SELECT true AS x, false AS x INTO a, b;
  t := t || a::text || b::text;
  FOR r IN SELECT 'one'::text, lower('TWO'), current_schema(), COALESCE(NULL, 'x') LOOP
    t := t || r.text || r.lower || r.current_schema || r.coalesce;
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.names IS %L', t);
EXCEPTION WHEN undefined_column THEN
  COMMENT ON COLUMN said.names IS 'no such column';
END $$;
DO $$ DECLARE r record; t text := ''; n int; BEGIN
  FOR r IN SELECT schemaname FROM pg_tables WHERE tablename = 't' ORDER BY 1 LOOP t := t || r.schemaname; END LOOP;
  FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 't'::regclass AND contype = 'p' LOOP t := t || r.conname; END LOOP;
  FOR r IN SELECT conname FROM pg_constraint WHERE conrelid = 'app.t'::regclass AND contype = 'p' LOOP t := t || r.conname; END LOOP;
  FOR r IN SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE x.indrelid = 'app.t'::regclass LOOP t := t || r.relname; END LOOP;
  SELECT count(*) INTO n FROM pg_attribute WHERE attrelid = 'app.t'::regclass AND attnum > 0 AND attnotnull;
  t := t || n;
  SELECT count(*) INTO n FROM pg_attribute WHERE attrelid = 't'::regclass AND attname IN ('a', 'b');
  t := t || n;
  SELECT count(*) INTO n FROM information_schema.columns WHERE table_schema = 'app' AND table_name = 't';
  t := t || n;
  EXECUTE format('COMMENT ON COLUMN said.same IS %L', t);
END $$;
