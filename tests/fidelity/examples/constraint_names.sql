CREATE TABLE p (a int PRIMARY KEY, b int UNIQUE, c int, UNIQUE (b, c), CHECK (a > 0),
  CHECK (b > c), CONSTRAINT named CHECK (c <> 1));
CREATE TABLE c (x int REFERENCES p, y int REFERENCES p (b) ON DELETE CASCADE,
  z int CHECK (z IN (1, 2, 3)), FOREIGN KEY (x, y) REFERENCES p (b, c));
ALTER TABLE c ADD UNIQUE (z), ADD CHECK (z > 0), ADD PRIMARY KEY (x);
CREATE TABLE a_table_with_a_name_that_is_quite_long_for_the_server (
  a_column_with_a_name_that_is_quite_long_as_well int UNIQUE CHECK
  (a_column_with_a_name_that_is_quite_long_as_well > 0));
