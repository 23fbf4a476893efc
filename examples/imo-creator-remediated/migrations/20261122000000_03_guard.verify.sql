\set ON_ERROR_STOP on
DO $verify$
DECLARE
  missing text;
BEGIN
  SELECT string_agg(what, '; ') INTO missing FROM (VALUES
    ('the comment of public.users declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('public.users'), 'pg_class') = 'ctb: table=BART-SHQ-USERS-V1 heir=HEIR-2025-10-USER-AUTH-01 enforcement=STRICT orbt=3 purpose="accounts and sign-in"'),
    ('the comment of public.imos declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('public.imos'), 'pg_class') = 'ctb: table=BART-SHQ-IMOS-V1 heir=HEIR-2025-10-IMO-CREATE-01 enforcement=STANDARD orbt=3 purpose="indexed marketing operations"'),
    ('the comment of public.composio_executions declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('public.composio_executions'), 'pg_class') = 'ctb: table=BART-SHQ-COMPEXEC-V1 heir=HEIR-2025-10-SYS-COMP-01 enforcement=STANDARD orbt=2 purpose="calls of external tools"'),
    ('the comment of public.ctb_compliance_log declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('public.ctb_compliance_log'), 'pg_class') = 'ctb: table=BART-SHQ-CTBLOG-V1 heir=HEIR-2025-10-SYS-CTB-01 enforcement=STRICT orbt=1 purpose="the log of audits"'),
    ('the comment of public.error_log declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('public.error_log'), 'pg_class') = 'ctb: table=BART-SHQ-ERRLOG-V1 heir=HEIR-2025-10-SYS-ERR-01 enforcement=STANDARD orbt=1 purpose="errors of all services"'),
    ('the comment of public.schema_migrations declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('public.schema_migrations'), 'pg_class') = 'ctb: table=BART-SHQ-MIGRATIONS-V1 enforcement=STRICT purpose="Which migrations ran, written by the runner"'),
    ('the comment of shq.tasks declares its ids', pg_catalog.obj_description(pg_catalog.to_regclass('shq.tasks'), 'pg_class') = 'ctb: table=BART-SHQ-TASKS-V1 heir=HEIR-2025-10-TASK-EXEC-01 enforcement=STANDARD orbt=2 purpose="background work"'),
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
