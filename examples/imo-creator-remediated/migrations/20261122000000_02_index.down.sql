-- undoes it
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '60s';
SET statement_timeout = '0';
DROP INDEX CONCURRENTLY IF EXISTS shq.tasks_created_at_idx;
DROP INDEX CONCURRENTLY IF EXISTS public.composio_executions_user_id_idx;
DROP INDEX CONCURRENTLY IF EXISTS public.users_created_at_idx;
RESET lock_timeout;
RESET statement_timeout;
