-- 6 of 7, REVIEW: read before you run it: indexes are built while writers go on
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.error_log: heir_id is not unique; fails while rows share a value
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_heir_id_key;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
DROP INDEX CONCURRENTLY IF EXISTS public.error_log_heir_id_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS error_log_heir_id_key ON public.error_log (heir_id);
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE public.error_log ADD CONSTRAINT error_log_heir_id_key UNIQUE USING INDEX error_log_heir_id_key;
COMMIT;

-- shq.tasks: heir_id is not unique; fails while rows share a value
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_heir_id_key;
COMMIT;
SET lock_timeout = '60s';
SET statement_timeout = '0';
DROP INDEX CONCURRENTLY IF EXISTS shq.tasks_heir_id_key;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS tasks_heir_id_key ON shq.tasks (heir_id);
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE shq.tasks ADD CONSTRAINT tasks_heir_id_key UNIQUE USING INDEX tasks_heir_id_key;
COMMIT;
RESET lock_timeout;
RESET statement_timeout;
