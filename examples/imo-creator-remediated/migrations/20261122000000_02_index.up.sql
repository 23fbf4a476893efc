-- 2 of 7, safe: indexes are built while writers go on
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.users: no index starts with created_at
SET lock_timeout = '60s';
SET statement_timeout = '0';
DROP INDEX CONCURRENTLY IF EXISTS public.users_created_at_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_created_at_idx ON public.users (created_at);

-- public.composio_executions: no index starts with user_id
DROP INDEX CONCURRENTLY IF EXISTS public.composio_executions_user_id_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS composio_executions_user_id_idx ON public.composio_executions (user_id);

-- shq.tasks: no index starts with created_at
DROP INDEX CONCURRENTLY IF EXISTS shq.tasks_created_at_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS tasks_created_at_idx ON shq.tasks (created_at);
RESET lock_timeout;
RESET statement_timeout;
