-- 3 of 7, safe: triggers, whose lock is brief
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.composio_executions: nothing keeps updated_at
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
CREATE OR REPLACE TRIGGER composio_executions_set_updated_at BEFORE UPDATE ON public.composio_executions
FOR EACH ROW EXECUTE FUNCTION public.ctb_set_updated_at ();

-- public.ctb_compliance_log: nothing keeps updated_at
CREATE OR REPLACE TRIGGER ctb_compliance_log_set_updated_at BEFORE UPDATE ON public.ctb_compliance_log
FOR EACH ROW EXECUTE FUNCTION public.ctb_set_updated_at ();

-- public.error_log: nothing keeps updated_at
CREATE OR REPLACE TRIGGER error_log_set_updated_at BEFORE UPDATE ON public.error_log
FOR EACH ROW EXECUTE FUNCTION public.ctb_set_updated_at ();

-- shq.tasks: nothing keeps updated_at
CREATE OR REPLACE TRIGGER tasks_set_updated_at BEFORE UPDATE ON shq.tasks
FOR EACH ROW EXECUTE FUNCTION shq.ctb_set_updated_at ();
