\set ON_ERROR_STOP on
DO $verify$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(what, '; ') INTO missing FROM (VALUES
    ('index users_created_at_idx on public.users is valid', EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass('public.users_created_at_idx') AND i.indisvalid)),
    ('index composio_executions_user_id_idx on public.composio_executions is valid', EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass('public.composio_executions_user_id_idx') AND i.indisvalid)),
    ('index tasks_created_at_idx on shq.tasks is valid', EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass('shq.tasks_created_at_idx') AND i.indisvalid))
  ) AS held (what, holds) WHERE holds IS NOT TRUE;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'not so: %', missing;
  END IF;
END
$verify$;
