CREATE SCHEMA s; CREATE TYPE s.mood AS ENUM ('sad', 'ok');
ALTER TYPE s.mood ADD VALUE 'meh' AFTER 'sad'; ALTER TYPE s.mood RENAME VALUE 'ok' TO 'fine';
CREATE DOMAIN age AS int DEFAULT 1 NOT NULL CHECK (VALUE > 0);
ALTER DOMAIN age ADD CONSTRAINT young CHECK (VALUE < 150);
CREATE TYPE pair AS (x int, y text); ALTER TYPE pair ADD ATTRIBUTE z numeric(4,1);
CREATE TYPE fr AS RANGE (subtype = float8);
CREATE TABLE t (a s.mood DEFAULT 'sad', b age, c pair[], d fr);

CREATE TYPE place AS (street text, city text);
ALTER TYPE place RENAME ATTRIBUTE city TO town;
