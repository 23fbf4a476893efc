\set ON_ERROR_STOP on
DO $verify$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(what, '; ') INTO missing FROM (VALUES
    ('trigger composio_executions_set_updated_at fires on public.composio_executions', EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = pg_catalog.to_regclass('public.composio_executions') AND t.tgname = 'composio_executions_set_updated_at' AND t.tgenabled IN ('O', 'A'))),
    ('trigger ctb_compliance_log_set_updated_at fires on public.ctb_compliance_log', EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = pg_catalog.to_regclass('public.ctb_compliance_log') AND t.tgname = 'ctb_compliance_log_set_updated_at' AND t.tgenabled IN ('O', 'A'))),
    ('trigger error_log_set_updated_at fires on public.error_log', EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = pg_catalog.to_regclass('public.error_log') AND t.tgname = 'error_log_set_updated_at' AND t.tgenabled IN ('O', 'A'))),
    ('trigger tasks_set_updated_at fires on shq.tasks', EXISTS (SELECT FROM pg_catalog.pg_trigger t WHERE t.tgrelid = pg_catalog.to_regclass('shq.tasks') AND t.tgname = 'tasks_set_updated_at' AND t.tgenabled IN ('O', 'A')))
  ) AS held (what, holds) WHERE holds IS NOT TRUE;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'not so: %', missing;
  END IF;
END
$verify$;
