\set ON_ERROR_STOP on
DO $verify$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(what, '; ') INTO missing FROM (VALUES
    ('public.users.blueprint_version is filled', NOT EXISTS (SELECT FROM public.users WHERE blueprint_version IS NULL)),
    ('public.users.created_at is filled', NOT EXISTS (SELECT FROM public.users WHERE created_at IS NULL)),
    ('public.users.orbt_layer is filled', NOT EXISTS (SELECT FROM public.users WHERE orbt_layer IS NULL)),
    ('public.users.updated_at is filled', NOT EXISTS (SELECT FROM public.users WHERE updated_at IS NULL)),
    ('public.imos.blueprint_version is filled', NOT EXISTS (SELECT FROM public.imos WHERE blueprint_version IS NULL)),
    ('public.imos.created_at is filled', NOT EXISTS (SELECT FROM public.imos WHERE created_at IS NULL)),
    ('public.imos.orbt_layer is filled', NOT EXISTS (SELECT FROM public.imos WHERE orbt_layer IS NULL)),
    ('public.imos.updated_at is filled', NOT EXISTS (SELECT FROM public.imos WHERE updated_at IS NULL)),
    ('public.composio_executions.blueprint_version is filled', NOT EXISTS (SELECT FROM public.composio_executions WHERE blueprint_version IS NULL)),
    ('public.composio_executions.created_at is filled', NOT EXISTS (SELECT FROM public.composio_executions WHERE created_at IS NULL)),
    ('public.composio_executions.orbt_layer is filled', NOT EXISTS (SELECT FROM public.composio_executions WHERE orbt_layer IS NULL)),
    ('public.composio_executions.updated_at is filled', NOT EXISTS (SELECT FROM public.composio_executions WHERE updated_at IS NULL)),
    ('public.ctb_compliance_log.blueprint_version is filled', NOT EXISTS (SELECT FROM public.ctb_compliance_log WHERE blueprint_version IS NULL)),
    ('public.ctb_compliance_log.created_at is filled', NOT EXISTS (SELECT FROM public.ctb_compliance_log WHERE created_at IS NULL)),
    ('public.ctb_compliance_log.orbt_layer is filled', NOT EXISTS (SELECT FROM public.ctb_compliance_log WHERE orbt_layer IS NULL)),
    ('public.ctb_compliance_log.updated_at is filled', NOT EXISTS (SELECT FROM public.ctb_compliance_log WHERE updated_at IS NULL)),
    ('public.error_log.blueprint_version is filled', NOT EXISTS (SELECT FROM public.error_log WHERE blueprint_version IS NULL)),
    ('public.error_log.created_at is filled', NOT EXISTS (SELECT FROM public.error_log WHERE created_at IS NULL)),
    ('public.error_log.orbt_layer is filled', NOT EXISTS (SELECT FROM public.error_log WHERE orbt_layer IS NULL)),
    ('public.error_log.updated_at is filled', NOT EXISTS (SELECT FROM public.error_log WHERE updated_at IS NULL)),
    ('shq.tasks.blueprint_version is filled', NOT EXISTS (SELECT FROM shq.tasks WHERE blueprint_version IS NULL)),
    ('shq.tasks.created_at is filled', NOT EXISTS (SELECT FROM shq.tasks WHERE created_at IS NULL)),
    ('shq.tasks.orbt_layer is filled', NOT EXISTS (SELECT FROM shq.tasks WHERE orbt_layer IS NULL)),
    ('shq.tasks.updated_at is filled', NOT EXISTS (SELECT FROM shq.tasks WHERE updated_at IS NULL))
  ) AS held (what, holds) WHERE holds IS NOT TRUE;
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'not so: %', missing;
  END IF;
END
$verify$;
