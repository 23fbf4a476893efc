-- 4 of 7, REVIEW: read before you run it: rows that are there are filled in batches that commit
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.users: fills blueprint_version of the rows that are there with its default; look whether that is so; going down keeps what was filled in
SET lock_timeout = '60s';
SET statement_timeout = '0';
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.users'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE blueprint_version IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.users: fills created_at of the rows that are there with coalesce(updated_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.users'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE created_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.users: fills orbt_layer of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.users'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE orbt_layer IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.users: fills updated_at of the rows that are there with coalesce(created_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.users'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE updated_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.imos: fills blueprint_version of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.imos'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE blueprint_version IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.imos: fills created_at of the rows that are there with coalesce(updated_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.imos'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE created_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.imos: fills orbt_layer of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.imos'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE orbt_layer IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.imos: fills updated_at of the rows that are there with coalesce(created_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.imos'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE updated_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.composio_executions: fills blueprint_version of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.composio_executions'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE blueprint_version IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.composio_executions: fills created_at of the rows that are there with coalesce(updated_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.composio_executions'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE created_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.composio_executions: fills orbt_layer of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.composio_executions'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE orbt_layer IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.composio_executions: fills updated_at of the rows that are there with coalesce(created_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.composio_executions'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE updated_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.ctb_compliance_log: fills blueprint_version of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.ctb_compliance_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE blueprint_version IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.ctb_compliance_log: fills created_at of the rows that are there with coalesce(updated_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.ctb_compliance_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE created_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.ctb_compliance_log: fills orbt_layer of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.ctb_compliance_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE orbt_layer IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.ctb_compliance_log: fills updated_at of the rows that are there with coalesce(created_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.ctb_compliance_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE updated_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.error_log: fills blueprint_version of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.error_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE blueprint_version IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.error_log: fills created_at of the rows that are there with coalesce(updated_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.error_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE created_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.error_log: fills orbt_layer of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.error_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE orbt_layer IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- public.error_log: fills updated_at of the rows that are there with coalesce(created_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'public.error_log'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE updated_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- shq.tasks: fills blueprint_version of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'shq.tasks'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET blueprint_version = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND blueprint_version IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE blueprint_version IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- shq.tasks: fills created_at of the rows that are there with coalesce(updated_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'shq.tasks'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET created_at = coalesce(updated_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND created_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE created_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- shq.tasks: fills orbt_layer of the rows that are there with its default; look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'shq.tasks'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET orbt_layer = DEFAULT WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND orbt_layer IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE orbt_layer IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;

-- shq.tasks: fills updated_at of the rows that are there with coalesce(created_at, now()); look whether that is so; going down keeps what was filled in
DO $backfill$
DECLARE
  leaf regclass;
  block bigint;
  filled bigint;
  tries integer := 0;
  heard boolean;
BEGIN
  -- a policy that hides rows from whoever fills them is an error, not a row left out
  PERFORM pg_catalog.set_config('row_security', 'off', false);
  FOR leaf IN
    WITH RECURSIVE tree (relation) AS (
      SELECT 'shq.tasks'::regclass::oid
      UNION
      SELECT inhrelid FROM pg_catalog.pg_inherits JOIN tree ON inhparent = relation
    )
    SELECT relation::regclass FROM tree JOIN pg_catalog.pg_class c ON c.oid = relation
    WHERE c.relkind = 'r'
  LOOP
    heard := EXISTS (
      SELECT FROM pg_catalog.pg_trigger
      WHERE tgrelid = leaf AND NOT tgisinternal AND tgenabled IN ('O', 'A') AND tgtype & 16 > 0
    );
    block := 0;
    WHILE block <= pg_catalog.pg_relation_size(leaf) / current_setting('block_size')::bigint LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format(
        'UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))',
        leaf, format('ctid >= ''(%s,0)'' AND ctid < ''(%s,0)''', block, block + 16)
      );
      COMMIT;
      block := block + 16;
    END LOOP;
    LOOP
      IF heard THEN
        PERFORM pg_catalog.set_config('session_replication_role', 'replica', true);
      END IF;
      EXECUTE format('UPDATE ONLY %1$s SET updated_at = coalesce(created_at, now()) WHERE ctid = ANY (ARRAY(SELECT ctid FROM ONLY %1$s WHERE %2$s AND updated_at IS NULL LIMIT 4000 FOR NO KEY UPDATE SKIP LOCKED))', leaf, 'true');
      GET DIAGNOSTICS filled = ROW_COUNT;
      COMMIT;
      EXECUTE format('SELECT count(*) FROM (SELECT FROM ONLY %1$s WHERE updated_at IS NULL LIMIT 1) AS unfilled', leaf) INTO block;
      EXIT WHEN block = 0;
      tries := CASE WHEN filled = 0 THEN tries + 1 ELSE 0 END;
      IF tries > 1000 THEN
        RAISE EXCEPTION 'rows of % stay locked', leaf USING HINT = 'run this file again';
      END IF;
      PERFORM pg_catalog.pg_sleep(0.01);
    END LOOP;
  END LOOP;
  PERFORM pg_catalog.set_config('row_security', 'on', false);
END
$backfill$;
RESET lock_timeout;
RESET statement_timeout;
