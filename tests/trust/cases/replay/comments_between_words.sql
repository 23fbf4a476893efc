RESET /* ; */ ALL;
COPY t FROM -- ; DROP TABLE t
  STDIN;
1	2
\.
ALTER TABLE p ADD c timestamp with /* é */ time zone, ADD CONSTRAINT x NOT -- é
  NULL banned;
