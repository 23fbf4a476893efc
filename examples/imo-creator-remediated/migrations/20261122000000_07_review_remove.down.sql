-- undoes it
\set ON_ERROR_STOP on
SET application_name = 'ctb remediate';
SET idle_in_transaction_session_timeout = '30s';
RESET lock_timeout;
RESET statement_timeout;
