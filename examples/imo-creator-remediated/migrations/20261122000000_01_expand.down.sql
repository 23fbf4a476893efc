-- undoes it
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';
SET lock_timeout = '60s';
SET statement_timeout = '0';
DROP FUNCTION IF EXISTS shq.ctb_set_updated_at ();
DROP FUNCTION IF EXISTS public.ctb_set_updated_at ();
