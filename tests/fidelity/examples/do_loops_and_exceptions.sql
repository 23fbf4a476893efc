CREATE TABLE users (id int PRIMARY KEY, name text);
CREATE TABLE orders (id int PRIMARY KEY, user_id int, total int);
DO $$ BEGIN CREATE TYPE state AS ENUM ('open'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE TYPE state AS ENUM ('shut'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
  ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);
EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN
  ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
EXCEPTION WHEN duplicate_object THEN null; END $$;
DO $$ BEGIN ALTER TABLE orders ADD COLUMN half int; CREATE TABLE users (a int);
EXCEPTION WHEN duplicate_table THEN ALTER TABLE orders ADD COLUMN handled int; END $$;
DO $$ BEGIN ALTER TABLE orders ADD COLUMN half int; CREATE TABLE users (a int);
EXCEPTION WHEN duplicate_column OR undefined_table THEN ALTER TABLE orders ADD COLUMN wrong int; END $$;
DO $$ BEGIN ALTER TABLE orders ADD COLUMN total int; EXCEPTION WHEN SQLSTATE '42701' THEN NULL; END $$;
DO $$ BEGIN DROP TABLE nowhere; EXCEPTION WHEN others THEN RAISE NOTICE 'gone: %', SQLERRM; END $$;
DO $$ BEGIN
  CREATE TABLE kept (a int);
  BEGIN DROP TYPE absent; EXCEPTION WHEN undefined_object THEN CREATE TABLE rescued (a int); END;
  BEGIN
    BEGIN RAISE EXCEPTION 'inner'; EXCEPTION WHEN duplicate_table THEN DROP TABLE kept; END;
  EXCEPTION WHEN raise_exception THEN CREATE TABLE outer_handler (a int);
  END;
END $$;
DO $$ DECLARE t text; BEGIN
  FOREACH t IN ARRAY ARRAY['users', 'orders'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN %I timestamptz DEFAULT now()', t, 'created_at');
    EXECUTE 'CREATE INDEX ' || quote_ident(t || '_created_idx') || ' ON ' || quote_ident(t) || ' (created_at)';
    CONTINUE WHEN t = 'users';
    EXECUTE format('COMMENT ON TABLE %s IS %L', t, 'it''s ' || t);
  END LOOP;
END $$;
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT tablename, schemaname FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'kept' LOOP
    EXECUTE format('ALTER TABLE %I.%I ENABLE ROW LEVEL SECURITY', r.schemaname, r.tablename);
  END LOOP;
  FOR r IN (SELECT c.relname AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname ~ '^(users|orders)$') LOOP
    EXECUTE 'CREATE POLICY everybody ON ' || r.name || ' USING (true)';
  END LOOP;
  FOR r IN SELECT conname, conrelid::regclass AS place FROM pg_constraint WHERE contype = 'f' LOOP
    EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', r.place, r.conname);
  END LOOP;
END $$;
DO $$ BEGIN
  FOR i IN 1..5 LOOP
    EXIT WHEN i > 3;
    EXECUTE format('CREATE TABLE part_%s (id int)', i);
  END LOOP;
  FOR i IN REVERSE 3..2 LOOP EXECUTE 'DROP TABLE part_' || i; END LOOP;
END $$;
DO $$ DECLARE n int := 0; names text[] := '{x,y}'; BEGIN
  WHILE n < 2 LOOP n := n + 1; EXECUTE 'ALTER TABLE users ADD COLUMN c' || n || ' int'; END LOOP;
  LOOP n := n - 1; IF n = 0 THEN EXIT; END IF; END LOOP;
  IF n = 0 AND array_length(names, 1) = 2 THEN ALTER TABLE users DROP COLUMN c1; END IF;
END $$;
DO $$ DECLARE s text; BEGIN
  SELECT string_agg(quote_ident(tablename), ', ') INTO s FROM pg_tables
    WHERE schemaname = 'public' AND tablename = 'rescued';
  EXECUTE 'DROP TABLE ' || s;
END $$;
CREATE TABLE one_deleted (id int, delete_time timestamptz); CREATE TABLE one (id int PRIMARY KEY, CONSTRAINT odd UNIQUE (id));
CREATE FUNCTION deletion_tables() RETURNS SETOF name LANGUAGE sql AS $$
  SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relkind IN ('r')
    AND c.relname OPERATOR(pg_catalog.~) '^(.+_deleted)$' COLLATE pg_catalog.default AND pg_table_is_visible(c.oid) $$;
CREATE VIEW deletion_table AS SELECT tablename AS named FROM pg_catalog.pg_tables WHERE tablename LIKE '%\_deleted';
DO $$ DECLARE found_name text; BEGIN
  FOR found_name IN SELECT deletion_tables() LOOP
    EXECUTE format('CREATE INDEX %I_time_idx ON %I (delete_time)', found_name, found_name);
  END LOOP;
  FOR found_name IN SELECT named FROM deletion_table LOOP
    EXECUTE format('COMMENT ON TABLE %I IS %L', split_part(found_name, '_deleted', 1), found_name);
  END LOOP;
END $$;
DO $$ DECLARE k record; n int; BEGIN
  FOR k IN SELECT pc.conname, t.relname, t.relname || '_' || (
        SELECT string_agg(a.attname, '_') FROM pg_attribute a WHERE a.attrelid = pc.conrelid AND a.attnum = ANY (pc.conkey)
      ) AS named, pc.conkey, pc.conrelid
      FROM pg_constraint pc JOIN pg_class t ON pc.conrelid = t.oid
      WHERE t.relname NOT LIKE 'pg_%' AND contype = 'u' ORDER BY t.relname, pc.conname LOOP
    n = (SELECT max(x) FROM unnest(k.conkey) AS x);
    k.named = k.named || '_' || (SELECT a.attname FROM pg_attribute a WHERE k.conrelid = a.attrelid AND a.attnum = n) || '_uq';
    IF length(k.named) <= 63 THEN
      EXECUTE format('ALTER TABLE IF EXISTS %I RENAME CONSTRAINT %I TO %I', k.relname, k.conname, k.named);
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION zoned(a numeric(5, 2), b bit(8)) RETURNS varchar(10) LANGUAGE sql SET timezone = 'utc' AS 'SELECT NULL';
CREATE DOMAIN nothing AS int DEFAULT NULL; CREATE DOMAIN something AS nothing DEFAULT NULL;
