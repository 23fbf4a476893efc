-- 3 of 7, safe: triggers, policies and comments, whose lock is brief
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.users: declares table and heir and enforcement and orbt and purpose in the database too
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
COMMENT ON TABLE public.users IS 'ctb: table=BART-SHQ-USERS-V1 heir=HEIR-2025-10-USER-AUTH-01 enforcement=STRICT orbt=3 purpose="accounts and sign-in"';
COMMIT;

-- public.imos: declares table and heir and enforcement and orbt and purpose in the database too
BEGIN;
COMMENT ON TABLE public.imos IS 'ctb: table=BART-SHQ-IMOS-V1 heir=HEIR-2025-10-IMO-CREATE-01 enforcement=STANDARD orbt=3 purpose="indexed marketing operations"';
COMMIT;

-- public.composio_executions: declares table and heir and enforcement and orbt and purpose in the database too
BEGIN;
COMMENT ON TABLE public.composio_executions IS 'ctb: table=BART-SHQ-COMPEXEC-V1 heir=HEIR-2025-10-SYS-COMP-01 enforcement=STANDARD orbt=2 purpose="calls of external tools"';
COMMIT;

-- public.ctb_compliance_log: declares table and heir and enforcement and orbt and purpose in the database too
BEGIN;
COMMENT ON TABLE public.ctb_compliance_log IS 'ctb: table=BART-SHQ-CTBLOG-V1 heir=HEIR-2025-10-SYS-CTB-01 enforcement=STRICT orbt=1 purpose="the log of audits"';
COMMIT;

-- public.error_log: declares table and heir and enforcement and orbt and purpose in the database too
BEGIN;
COMMENT ON TABLE public.error_log IS 'ctb: table=BART-SHQ-ERRLOG-V1 heir=HEIR-2025-10-SYS-ERR-01 enforcement=STANDARD orbt=1 purpose="errors of all services"';
COMMIT;

-- public.schema_migrations: declares table and enforcement and purpose in the database too
BEGIN;
COMMENT ON TABLE public.schema_migrations IS 'ctb: table=BART-SHQ-MIGRATIONS-V1 enforcement=STRICT purpose="Which migrations ran, written by the runner"';
COMMIT;

-- shq.tasks: declares table and heir and enforcement and orbt and purpose in the database too
BEGIN;
COMMENT ON TABLE shq.tasks IS 'ctb: table=BART-SHQ-TASKS-V1 heir=HEIR-2025-10-TASK-EXEC-01 enforcement=STANDARD orbt=2 purpose="background work"';
COMMIT;

-- public.composio_executions: nothing keeps updated_at
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
CREATE OR REPLACE TRIGGER composio_executions_set_updated_at BEFORE UPDATE ON public.composio_executions
FOR EACH ROW EXECUTE FUNCTION public.ctb_set_updated_at ();
COMMIT;

-- public.ctb_compliance_log: nothing keeps updated_at
BEGIN;
CREATE OR REPLACE TRIGGER ctb_compliance_log_set_updated_at BEFORE UPDATE ON public.ctb_compliance_log
FOR EACH ROW EXECUTE FUNCTION public.ctb_set_updated_at ();
COMMIT;

-- public.error_log: nothing keeps updated_at
BEGIN;
CREATE OR REPLACE TRIGGER error_log_set_updated_at BEFORE UPDATE ON public.error_log
FOR EACH ROW EXECUTE FUNCTION public.ctb_set_updated_at ();
COMMIT;

-- shq.tasks: nothing keeps updated_at
BEGIN;
CREATE OR REPLACE TRIGGER tasks_set_updated_at BEFORE UPDATE ON shq.tasks
FOR EACH ROW EXECUTE FUNCTION shq.ctb_set_updated_at ();
COMMIT;
RESET lock_timeout;
RESET statement_timeout;
