-- undoes it
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
DROP TRIGGER IF EXISTS tasks_set_updated_at ON shq.tasks;
DROP TRIGGER IF EXISTS error_log_set_updated_at ON public.error_log;
DROP TRIGGER IF EXISTS ctb_compliance_log_set_updated_at ON public.ctb_compliance_log;
DROP TRIGGER IF EXISTS composio_executions_set_updated_at ON public.composio_executions;
