CREATE SCHEMA a; CREATE SCHEMA b; SET search_path = a, public; CREATE TABLE t (x int);
SELECT pg_catalog.set_config('search_path', 'b', false); CREATE TABLE t (y int);
ALTER TABLE a.t SET SCHEMA public; RESET search_path; CREATE TABLE u (z int);
