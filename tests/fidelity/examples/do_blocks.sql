DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 't') THEN
  CREATE TABLE t (a int); END IF; END $$;
DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL;
  END $$;
