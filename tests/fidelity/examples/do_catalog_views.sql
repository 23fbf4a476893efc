-- Every column that DO blocks may ask of the information schema, read into comments.
CREATE SCHEMA app;
CREATE SCHEMA "Other One";
CREATE TYPE app.mood AS ENUM ('sad', 'glad');
CREATE TABLE app.people (
  id bigint GENERATED ALWAYS AS IDENTITY,
  nick varchar(20) NOT NULL,
  feeling app.mood DEFAULT 'sad',
  tags text[],
  age int,
  born timestamptz,
  CONSTRAINT people_key PRIMARY KEY (nick, id),
  CONSTRAINT people_age UNIQUE (age),
  CONSTRAINT grown CHECK (age > 17 OR born IS NULL),
  CONSTRAINT sober CHECK (1 < 2)
);
CREATE TABLE "Other One"."Odd Name" (
  person bigint, nick varchar(20), age int, during int4range,
  CONSTRAINT odd_person FOREIGN KEY (nick, person) REFERENCES app.people (nick, id),
  CONSTRAINT odd_age FOREIGN KEY (age) REFERENCES app.people (age),
  CONSTRAINT odd_during EXCLUDE USING gist (during WITH &&)
);
CREATE FOREIGN DATA WRAPPER wrapped;
CREATE SERVER far FOREIGN DATA WRAPPER wrapped;
CREATE FOREIGN TABLE app.away (a int) SERVER far;
CREATE VIEW app.adults AS SELECT id, nick FROM app.people;
CREATE MATERIALIZED VIEW app.counted AS SELECT 1 AS one;
CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER people_touch BEFORE INSERT OR UPDATE ON app.people
  FOR EACH ROW EXECUTE FUNCTION app.touch();
CREATE TRIGGER people_empty AFTER TRUNCATE ON app.people
  FOR EACH STATEMENT EXECUTE FUNCTION app.touch();
CREATE TABLE said (
  schemata int, tables int, columns int, types int, constraints int, keys int, used int, views int,
  triggers int, databases int
);
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT schema_name FROM information_schema.schemata
      WHERE schema_name IN ('app', 'Other One', 'public', 'information_schema', 'none') ORDER BY schema_name LOOP
    t := t || r.schema_name || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.schemata IS %L', t);
  t := '';
  FOR r IN SELECT table_schema, table_name, table_type FROM information_schema.tables
      WHERE table_schema IN ('app', 'Other One', 'public') ORDER BY table_name LOOP
    t := t || r.table_schema || '.' || r.table_name || ' ' || r.table_type || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.tables IS %L', t);
  t := '';
  FOR r IN SELECT table_schema, table_name FROM information_schema.views
      WHERE table_schema IN ('app', 'Other One', 'public') LOOP
    t := t || r.table_schema || '.' || r.table_name || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.views IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT table_schema, table_name, column_name, ordinal_position, is_nullable, is_identity, data_type
      FROM information_schema.columns
      WHERE table_schema IN ('app', 'Other One') AND table_name <> 'adults' ORDER BY table_name, ordinal_position LOOP
    t := t || r.table_schema || '.' || r.table_name || '.' || r.column_name || r.ordinal_position || r.is_nullable
      || r.is_identity || r.data_type || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.columns IS %L', t);
  t := '';
  FOR r IN SELECT udt_name, column_name FROM information_schema.columns
      WHERE table_schema = 'app' AND table_name = 'people' AND data_type = 'USER-DEFINED' LOOP
    t := t || r.column_name || r.udt_name || ';';
  END LOOP;
  FOR r IN SELECT column_name FROM information_schema.columns
      WHERE table_schema = 'Other One' AND table_name = 'Odd Name' AND column_default IS NULL
      ORDER BY ordinal_position DESC LOOP
    t := t || r.column_name || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.types IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT table_schema, table_name, constraint_schema, constraint_name, constraint_type
      FROM information_schema.table_constraints
      WHERE table_schema IN ('app', 'Other One') AND constraint_name NOT LIKE '%not_null' ORDER BY constraint_name LOOP
    t := t || r.table_schema || '.' || r.table_name || ' ' || r.constraint_schema || '.' || r.constraint_name
      || ' ' || r.constraint_type || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.constraints IS %L', t);
  t := '';
  FOR r IN SELECT * FROM information_schema.key_column_usage
      WHERE table_schema IN ('app', 'Other One') ORDER BY constraint_name, ordinal_position LOOP
    t := t || r.table_schema || '.' || r.table_name || ' ' || r.constraint_schema || '.' || r.constraint_name
      || ' ' || r.column_name || r.ordinal_position || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.keys IS %L', t);
  t := '';
  FOR r IN SELECT * FROM information_schema.constraint_column_usage
      WHERE constraint_schema IN ('app', 'Other One') AND constraint_name NOT LIKE '%not_null'
        AND constraint_name <> 'sober' AND constraint_name <> 'odd_during'
      ORDER BY constraint_name, column_name LOOP
    t := t || r.table_schema || '.' || r.table_name || '.' || r.column_name || ' ' || r.constraint_schema || '.'
      || r.constraint_name || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.used IS %L', t);
END $$;
DO $$ DECLARE r record; t text := ''; BEGIN
  FOR r IN SELECT trigger_schema, trigger_name, event_manipulation, event_object_schema, event_object_table
      FROM information_schema.triggers ORDER BY trigger_name, event_manipulation LOOP
    t := t || r.trigger_schema || '.' || r.trigger_name || ' ' || r.event_manipulation || ' '
      || r.event_object_schema || '.' || r.event_object_table || ';';
  END LOOP;
  EXECUTE format('COMMENT ON COLUMN said.triggers IS %L', t);
END $$;
DO $$ DECLARE n int; m int; BEGIN
  SELECT count(*) INTO n FROM information_schema.schemata WHERE catalog_name = current_database() AND schema_name = 'app';
  SELECT count(*) INTO m FROM information_schema.tables WHERE table_catalog = current_database() AND table_schema = 'app';
  EXECUTE format('CREATE TABLE %I ()', 'of_this_' || n || '_' || m);
  SELECT count(*) INTO n FROM information_schema.columns WHERE table_catalog = current_database() AND table_name = 'people';
  SELECT count(*) INTO m FROM information_schema.views WHERE table_catalog = current_database() AND table_schema = 'app';
  EXECUTE format('CREATE TABLE %I ()', 'of_this_' || n || '_' || m || '_b');
  SELECT count(*) INTO n FROM information_schema.table_constraints
    WHERE table_catalog = current_database() AND constraint_catalog = current_database() AND table_name = 'Odd Name';
  SELECT count(*) INTO m FROM information_schema.key_column_usage
    WHERE table_catalog = current_database() AND constraint_catalog = current_database() AND table_schema = 'app';
  EXECUTE format('CREATE TABLE %I ()', 'of_this_' || n || '_' || m || '_c');
  SELECT count(*) INTO n FROM information_schema.constraint_column_usage
    WHERE table_catalog = current_database() AND constraint_name IN ('odd_person', 'grown');
  SELECT count(*) INTO m FROM information_schema.triggers
    WHERE trigger_catalog = current_database() AND event_object_catalog = current_database();
  EXECUTE format('CREATE TABLE %I ()', 'of_this_' || n || '_' || m || '_d');
END $$;
DO $$ BEGIN
  IF EXISTS (SELECT FROM information_schema.constraint_column_usage WHERE constraint_name = 'odd_nothing') THEN
    CREATE TABLE never (); END IF;
  IF NOT EXISTS (SELECT FROM information_schema.tables WHERE table_name = 'counted') THEN
    CREATE TABLE matviews_are_none (); END IF;
  IF EXISTS (SELECT FROM information_schema.tables WHERE table_name = 'adults' AND table_type = 'VIEW') THEN
    CREATE TABLE adults_are_one (); END IF;
  IF EXISTS (SELECT FROM information_schema.columns WHERE table_name = 'adults' AND column_name = 'nick') THEN
    CREATE TABLE adults_have_nicks (); ELSE CREATE TABLE adults_have_none (); END IF;
END $$;
