\set ON_ERROR_STOP on
SELECT 'nothing to verify';
