-- undoes it
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
DROP FUNCTION IF EXISTS shq.ctb_set_updated_at ();
COMMIT;
BEGIN;
DROP FUNCTION IF EXISTS public.ctb_set_updated_at ();
COMMIT;
RESET lock_timeout;
RESET statement_timeout;
