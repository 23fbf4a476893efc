-- A table whose name is a column's too is renamed where it is the table only.
CREATE SCHEMA s;
CREATE TABLE kind (id integer, kind text, n integer);
CREATE TABLE other (id integer, kind text);
CREATE VIEW listed AS SELECT id, kind FROM kind;
CREATE VIEW called AS SELECT lower(kind) AS low, coalesce(kind, 'x') AS sure FROM kind;
CREATE VIEW filtered AS SELECT id FROM kind WHERE (kind = 'x') AND id IN (1, n);
CREATE VIEW ordered AS SELECT id FROM kind ORDER BY id, kind;
CREATE VIEW grouped AS SELECT count(*) AS c FROM kind GROUP BY id, kind HAVING count(kind) > 1;
CREATE VIEW having_only AS SELECT count(*) AS c FROM kind HAVING count(kind) > 1;
CREATE VIEW joined AS SELECT o.id FROM other o JOIN kind k USING (kind);
CREATE VIEW joined_on AS SELECT o.id FROM other o JOIN kind k ON (o.kind = k.kind);
CREATE VIEW nested AS SELECT q.c FROM (SELECT length(kind) AS c FROM kind) q;
CREATE VIEW second AS SELECT o.id FROM other o, kind k;
CREATE VIEW third AS SELECT o.id FROM (other o CROSS JOIN kind) WHERE o.id > 0;
CREATE VIEW behind AS SELECT o.id FROM other o, LATERAL (SELECT 1 AS one) l, kind k;
CREATE VIEW qualifying AS SELECT kind.id, kind.kind, public.kind.n FROM public.kind;
CREATE VIEW only_one AS SELECT id FROM ONLY kind;
CREATE VIEW aliased AS SELECT kind.id FROM other AS kind;
CREATE VIEW of_schema AS SELECT s.id FROM kind AS s;
CREATE VIEW quoted AS SELECT 'kind' AS "kind", "kind".id FROM "kind";
CREATE VIEW commented AS SELECT id /* kind */ FROM kind -- kind
;
CREATE VIEW in_brackets AS SELECT id FROM (kind JOIN (SELECT 1 AS one) l ON true);
CREATE FUNCTION kind(integer) RETURNS integer LANGUAGE sql AS 'SELECT $1';
CREATE VIEW function_too AS SELECT kind(id) AS called FROM kind;
ALTER TABLE kind RENAME TO "Sort of";
ALTER TABLE "Sort of" SET SCHEMA s;
ALTER TABLE s."Sort of" RENAME TO sort;
