CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, a text, b text NOT NULL);
CREATE INDEX ix_a ON app.t (a);
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM pg_indexes WHERE schemaname = 'app' AND indexname = 'ix_none') THEN DROP INDEX app.ix_a;
  ELSIF (SELECT count(*) = 2 FROM pg_indexes WHERE schemaname = 'app') THEN
    EXECUTE 'ALTER INDEX app.ix_a RENAME TO ix_b';
  ELSE DROP TABLE app.t;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'a_filled' AND conrelid = 'app.t'::regclass) THEN
    ALTER TABLE app.t ADD CONSTRAINT a_filled CHECK (a <> '');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace
      WHERE c.conname = 'a_filled' AND t.relname = 't' AND n.nspname = 'app') THEN
    ALTER TABLE app.t DROP CONSTRAINT a_filled;
  END IF;
END $$;
DO $$ BEGIN
  IF EXISTS (SELECT 1 FROM information_schema.columns
      WHERE table_schema = 'app' AND table_name = 't' AND column_name = 'b' AND is_nullable = 'NO') THEN
    ALTER TABLE app.t RENAME COLUMN b TO c;
  END IF;
  IF EXISTS (SELECT 1 FROM information_schema.columns
      WHERE table_schema = 'app' AND table_name = 't' AND column_name = 'b') THEN
    ALTER TABLE app.t DROP COLUMN c;
  END IF;
END $$;
DO $$ BEGIN
  IF to_regclass('app.missing') IS NULL AND to_regclass('app.t') IS NOT NULL THEN CREATE TABLE app.made (id int); END IF;
  IF NOT EXISTS (SELECT FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
      WHERE t.typname = 'mood' AND n.nspname = 'app') THEN
    CREATE TYPE app.mood AS ENUM ('sad');
  END IF;
  IF NOT EXISTS (SELECT 1 FROM pg_enum e JOIN pg_type t ON e.enumtypid = t.oid
      WHERE t.typname = 'mood' AND e.enumlabel = 'glad') THEN
    ALTER TYPE app.mood ADD VALUE 'glad';
  END IF;
  PERFORM 1 FROM pg_type WHERE typname = 'mood';
  IF NOT FOUND THEN CREATE TABLE app.never (a int); END IF;
END $$;
DO $do$ DECLARE there boolean; old_name text; BEGIN
  SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'app' AND tablename = 'made') INTO there;
  IF NOT there THEN RAISE EXCEPTION 'made is missing'; END IF;
  there := (SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'plpgsql'));
  IF there THEN ALTER TABLE app.made ADD COLUMN language text; END IF;
  SELECT conname INTO old_name FROM pg_constraint WHERE conrelid = 'app.t'::regclass AND contype = 'p';
  EXECUTE format('ALTER TABLE app.t RENAME CONSTRAINT %I TO t_key', old_name);
  CASE WHEN current_setting('server_version_num')::int >= 90000 THEN
    CREATE TABLE app.recent (a int);
  ELSE
    CREATE TABLE app.old (a int);
  END CASE;
  IF COALESCE(current_setting('app.tenant', true), 'none') <> 'none' THEN RETURN; END IF;
  COMMENT ON TABLE app.recent IS 'not returned before';
  RETURN;
  DROP TABLE app.recent;
END $do$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_policies WHERE schemaname = 'app' AND tablename = 't' AND policyname = 'own') THEN
    CREATE POLICY own ON app.t USING (a = 'x');
  END IF;
  IF EXISTS (SELECT FROM information_schema.tables WHERE table_schema = 'app' AND table_name LIKE 'rec%') THEN
    DROP TABLE app.made;
  END IF;
  IF NOT EXISTS (SELECT FROM information_schema.table_constraints
      WHERE table_schema = 'app' AND table_name = 't' AND constraint_type = 'UNIQUE') THEN
    ALTER TABLE app.t ADD CONSTRAINT t_a_key UNIQUE (a);
  END IF;
  IF (SELECT data_type FROM information_schema.columns
      WHERE table_schema = 'app' AND table_name = 't' AND column_name = 'a') = 'text' THEN
    ALTER TABLE app.t ALTER COLUMN a TYPE varchar(20);
  END IF;
END $$;
DO $$ BEGIN ALTER TABLE app.t ADD COLUMN undone int; RAISE EXCEPTION 'no'; END $$;
