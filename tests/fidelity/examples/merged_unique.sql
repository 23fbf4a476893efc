CREATE TABLE t (a int UNIQUE, b int, UNIQUE (a), CONSTRAINT other UNIQUE (b), UNIQUE (b));
