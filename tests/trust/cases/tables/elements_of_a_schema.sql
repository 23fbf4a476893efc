CREATE SCHEMA "a.b"  CREATE TABLE "a.b"."T" (a int)
 CREATE TABLE u (b int);(c int);
