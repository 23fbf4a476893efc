-- undoes it
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '500ms';
SET statement_timeout = '5s';
BEGIN;
ALTER TABLE shq.tasks DROP CONSTRAINT IF EXISTS tasks_heir_id_key;
COMMIT;
BEGIN;
ALTER TABLE public.error_log DROP CONSTRAINT IF EXISTS error_log_heir_id_key;
COMMIT;
RESET lock_timeout;
RESET statement_timeout;
