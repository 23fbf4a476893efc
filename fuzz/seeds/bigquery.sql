CREATE SCHEMA IF NOT EXISTS `project-1.shop` OPTIONS (location = "eu", description = 'the shop');
CREATE OR REPLACE TABLE `project-1.shop.orders` (
  id INT64 NOT NULL OPTIONS (description = "the key"), code STRING(20) DEFAULT 'a', total NUMERIC(10, 2), big BIGNUMERIC, tags ARRAY<STRING> NOT NULL,
  who STRUCT<name STRING NOT NULL OPTIONS (description = 'x'), at ARRAY<STRUCT<a INT64, b TIMESTAMP>>>, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP(), day DATE, data JSON, place GEOGRAPHY, raw BYTES(5), flag BOOL, f FLOAT64, t INTERVAL,
  PRIMARY KEY (id) NOT ENFORCED, CONSTRAINT fk FOREIGN KEY (code) REFERENCES shop.users (code) NOT ENFORCED
) PARTITION BY DATE(at) CLUSTER BY id, code OPTIONS (partition_expiration_days = 3, labels = [("a", "b")], description = """many
lines""", require_partition_filter = TRUE);
CREATE TABLE shop.copy LIKE shop.orders;
CREATE TABLE shop.clone CLONE shop.orders;
CREATE TABLE IF NOT EXISTS shop.made AS SELECT id, STRUCT(1 AS a) AS s FROM shop.orders;
CREATE EXTERNAL TABLE shop.ext (a STRING) OPTIONS (format = 'CSV', uris = ['gs://x/*.csv']);
CREATE TEMP TABLE x (a INT64);
ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS note STRING OPTIONS (description = 'x'), ADD COLUMN b INT64, DROP COLUMN big, RENAME COLUMN code TO code2, ALTER COLUMN total SET DATA TYPE BIGNUMERIC, ALTER COLUMN id DROP NOT NULL;
ALTER TABLE shop.orders SET OPTIONS (description = "new", expiration_timestamp = NULL);
ALTER TABLE shop.orders ALTER COLUMN note SET OPTIONS (description = "x");
ALTER TABLE shop.orders ALTER COLUMN at SET DEFAULT CURRENT_TIMESTAMP(), ALTER COLUMN at DROP DEFAULT;
ALTER TABLE shop.orders ADD PRIMARY KEY (id) NOT ENFORCED;
ALTER TABLE shop.orders DROP PRIMARY KEY IF EXISTS;
ALTER TABLE shop.orders ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES shop.users (id) NOT ENFORCED;
ALTER TABLE shop.orders DROP CONSTRAINT f;
ALTER TABLE shop.orders RENAME TO orders2;
CREATE MATERIALIZED VIEW shop.mv CLUSTER BY id OPTIONS (enable_refresh = TRUE) AS SELECT id, COUNT(*) AS n FROM shop.orders GROUP BY id;
CREATE OR REPLACE VIEW shop.v (a OPTIONS (description = 'x')) OPTIONS (description = 'y') AS SELECT id FROM shop.orders;
CREATE SEARCH INDEX s ON shop.orders (ALL COLUMNS);
CREATE OR REPLACE FUNCTION shop.f(a INT64) RETURNS INT64 AS (a + 1);
CREATE PROCEDURE shop.p(a INT64) BEGIN SELECT a; IF a > 1 THEN SELECT 2; END IF; END;
CREATE ROW ACCESS POLICY r ON shop.orders GRANT TO ('user:a@b.c') FILTER USING (TRUE);
DROP TABLE IF EXISTS shop.orders;
DROP SCHEMA shop CASCADE;
DROP MATERIALIZED VIEW shop.mv;
GRANT `roles/bigquery.dataViewer` ON TABLE shop.orders TO 'user:a@b.c';
EXPORT DATA OPTIONS (uri = 'gs://x/*') AS SELECT 1;
ASSERT TRUE AS 'x';
DECLARE x INT64 DEFAULT 1;
SET x = 2;
BEGIN TRANSACTION;
COMMIT TRANSACTION;
