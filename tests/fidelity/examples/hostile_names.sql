        CREATE SCHEMA "a.b"; CREATE TABLE "a.b"."T ""x""" ("a'b" int PRIMARY KEY, "select" serial,
          "é ñ" text CHECK ("é ñ" <> 'x'), "new
line" int DEFAULT 1);
        CREATE INDEX ON "a.b"."T ""x""" ("é ñ", lower("é ñ"));
        COMMENT ON TABLE "a.b"."T ""x""" IS E'back\\slash\nand line';
