-- 7 of 7, REVIEW: read before you run it: what serves nothing; all of it commented out
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.users: idx_users_email serves nothing that users_email_unique does not; destroys, so it stands here as a comment

-- DROP INDEX CONCURRENTLY IF EXISTS public.idx_users_email;

-- public.users: idx_users_heir_id serves nothing that users_heir_id_unique does not; destroys, so it stands here as a comment

-- DROP INDEX CONCURRENTLY IF EXISTS public.idx_users_heir_id;

-- public.imos: idx_imos_heir_id serves nothing that imos_heir_id_unique does not; destroys, so it stands here as a comment

-- DROP INDEX CONCURRENTLY IF EXISTS public.idx_imos_heir_id;

-- public.imos: idx_imos_user_id serves nothing that idx_imos_user_status does not; destroys, so it stands here as a comment

-- DROP INDEX CONCURRENTLY IF EXISTS public.idx_imos_user_id;

-- public.composio_executions: idx_composio_executions_tool_name serves nothing that idx_composio_executions_tool_status does not; destroys, so it stands here as a comment

-- DROP INDEX CONCURRENTLY IF EXISTS public.idx_composio_executions_tool_name;
RESET lock_timeout;
RESET statement_timeout;
