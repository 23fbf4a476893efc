CREATE TABLE t (a varchar(50), b text, c char, d char(3), e numeric, f numeric(10),
  g numeric(12,2), h timestamptz(3), i timestamp, j time(2), k interval, l interval year,
  m interval day to second(3), n bit, o varbit(7), p float4, q float(10), r "char",
  s int[], t int[][], u uuid, v jsonb, w inet, x int4range, y tsvector, z bytea);
