CREATE TABLE t (a timestamp with /* c */ time zone, b int CHECK (b NOT -- x
 IN (1)));
