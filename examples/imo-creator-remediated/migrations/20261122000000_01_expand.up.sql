-- 1 of 7, safe: new columns and functions; writers need not know them
-- If a lock is not had in time the file stops; run it again, every statement may run twice.
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';

-- public.ctb_set_updated_at: keeps updated_at
SET lock_timeout = '60s';
SET statement_timeout = '0';
BEGIN;
CREATE OR REPLACE FUNCTION public.ctb_set_updated_at () RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$function$;
COMMIT;

-- shq.ctb_set_updated_at: keeps updated_at
BEGIN;
CREATE OR REPLACE FUNCTION shq.ctb_set_updated_at () RETURNS trigger
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog, pg_temp
AS $function$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END
$function$;
COMMIT;
RESET lock_timeout;
RESET statement_timeout;
