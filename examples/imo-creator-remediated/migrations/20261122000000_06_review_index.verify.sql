\set ON_ERROR_STOP on
DO $verify$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(what, '; ') INTO missing FROM (VALUES
    ('public.error_log is unique by error_log_heir_id_key', EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass('public.error_log_heir_id_key') AND i.indisvalid)),
    ('shq.tasks is unique by tasks_heir_id_key', EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indexrelid = pg_catalog.to_regclass('shq.tasks_heir_id_key') AND i.indisvalid))
  ) AS held (what, holds) WHERE holds IS NOT TRUE;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'not so: %', missing;
  END IF;
END
$verify$;
