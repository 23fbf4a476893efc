CREATE TABLE p (a int NOT NULL DEFAULT 1, CHECK (a > 0)); CREATE TABLE c (b int) INHERITS (p);
ALTER TABLE p ADD d text; ALTER TABLE p ADD CHECK (d <> ''); CREATE TABLE e (a int, d text);
