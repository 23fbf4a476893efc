CREATE TABLE ways (a int);
DO $$ BEGIN
  IF true THEN ALTER TABLE ways ADD COLUMN if_true int; ELSIF true THEN ALTER TABLE ways ADD COLUMN no_1 int; ELSE ALTER TABLE ways ADD COLUMN no_2 int; END IF;
  IF false THEN ALTER TABLE ways ADD COLUMN no_3 int; ELSIF true THEN ALTER TABLE ways ADD COLUMN if_elsif int; ELSE ALTER TABLE ways ADD COLUMN no_4 int; END IF;
  IF NULL THEN ALTER TABLE ways ADD COLUMN no_5 int; ELSEIF false THEN ALTER TABLE ways ADD COLUMN no_6 int; ELSE ALTER TABLE ways ADD COLUMN if_else int; END IF;
  IF false THEN ALTER TABLE ways ADD COLUMN no_7 int; END IF;
  CASE 2 WHEN 1, 3 THEN ALTER TABLE ways ADD COLUMN no_8 int; WHEN 4, 2 THEN ALTER TABLE ways ADD COLUMN case_two int; ELSE ALTER TABLE ways ADD COLUMN no_9 int; END CASE;
  CASE WHEN false THEN ALTER TABLE ways ADD COLUMN no_10 int; ELSE ALTER TABLE ways ADD COLUMN case_else int; END CASE;
END $$;
DO $$ BEGIN ALTER TABLE ways ADD COLUMN no_11 int; CASE 9 WHEN 1 THEN ALTER TABLE ways ADD COLUMN no_12 int; END CASE; END $$;
DO $$ BEGIN CASE WHEN false THEN ALTER TABLE ways ADD COLUMN no_13 int; END CASE;
EXCEPTION WHEN case_not_found THEN ALTER TABLE ways ADD COLUMN no_case int; END $$;
DO $$ DECLARE i int := 7; n int := 0; t text := ''; k text; r record; BEGIN
  FOR i IN 1..3 LOOP t := t || i; END LOOP;
  t := t || ',';
  FOR i IN REVERSE 3..1 LOOP t := t || i; END LOOP;
  t := t || ',';
  FOR i IN 2..1 LOOP t := t || 'no'; END LOOP;
  FOR i IN REVERSE 1..2 LOOP t := t || 'no'; END LOOP;
  FOR i IN 4..4 LOOP t := t || i; END LOOP;
  FOR i IN n - 1..n + 1 LOOP t := t || ' ' || i; END LOOP;
  EXECUTE format('ALTER TABLE ways ADD COLUMN %I int', t);
  t := '';
  WHILE n < 3 LOOP n := n + 1; CONTINUE WHEN n = 2; t := t || n; END LOOP;
  WHILE false LOOP t := t || 'no'; END LOOP;
  LOOP n := n + 1; EXIT WHEN n > 5; IF n = 4 THEN CONTINUE; END IF; t := t || n; END LOOP;
  FOREACH k IN ARRAY ARRAY['a', 'b', 'c', 'd'] LOOP
    IF k = 'b' THEN CONTINUE; END IF;
    IF k = 'd' THEN EXIT; END IF;
    t := t || k;
  END LOOP;
  FOREACH k IN ARRAY '{x,y}'::text[] LOOP t := t || k; END LOOP;
  FOR k IN SELECT x FROM unnest(ARRAY['p', 'q']) AS x LOOP t := t || k; END LOOP;
  FOR r IN SELECT x AS one, 2 AS two FROM unnest(ARRAY['r', 's']) AS x LOOP t := t || r.one || r.two; END LOOP;
  FOR r IN EXECUTE 'SELECT ' || quote_literal('u') || ' AS one' LOOP t := t || r.one; END LOOP;
  EXECUTE format('ALTER TABLE ways ADD COLUMN %I int', t);
END $$;
DO $$ DECLARE t text := ''; BEGIN
  <<around>>
  FOR i IN 1..3 LOOP
    FOR j IN 1..3 LOOP
      CONTINUE around WHEN j = 2 AND i = 1;
      EXIT around WHEN i = 3;
      EXIT WHEN j = 3;
      t := t || i || j || ' ';
    END LOOP;
    t := t || '| ';
  END LOOP;
  <<"Named">>
  BEGIN
    t := t || 'in ';
    LOOP EXIT "Named"; END LOOP;
    t := t || 'no ';
  END;
  <<declared>>
  DECLARE u text := 'u '; BEGIN
    FOR i IN 1..2 LOOP t := t || u; EXIT; END LOOP;
    WHILE true LOOP EXIT declared WHEN u = 'u '; END LOOP;
    t := t || 'no ';
  END;
  <<again>>
  WHILE t <> '' LOOP
    <<inner>>
    LOOP EXIT again; END LOOP inner;
    t := t || 'no ';
  END LOOP again;
  FOR i IN 1..2 LOOP
    <<block>> BEGIN EXIT; END block;
    t := t || 'no ';
  END LOOP;
  EXECUTE format('ALTER TABLE ways ADD COLUMN %I int', t || '.');
END $$;
DO $$ DECLARE t text := ''; x text; y text; z int; r record; BEGIN
  IF FOUND THEN t := t || 'no'; END IF;
  PERFORM 1; IF FOUND THEN t := t || ' perform'; END IF;
  PERFORM 1 WHERE false; IF NOT FOUND THEN t := t || ' none'; END IF;
  SELECT 'a' INTO x; IF FOUND THEN t := t || ' ' || x; END IF;
  SELECT 'b', 3 INTO y, z; t := t || y || z;
  SELECT 'c' INTO x WHERE false; IF NOT FOUND AND x IS NULL THEN t := t || ' null'; END IF;
  SELECT 'd', 4 INTO y, z WHERE false; IF y IS NULL AND z IS NULL THEN t := t || ' both'; END IF;
  SELECT 'e' AS one, 'f' AS two INTO r; t := t || r.one || r.two;
  SELECT INTO x 'g'; t := t || x;
  SELECT 'h' INTO STRICT x; t := t || x;
  SELECT k INTO x FROM unnest(ARRAY['i', 'j']) AS k; t := t || x;
  PERFORM 1;
  EXECUTE 'SELECT 1 WHERE false' INTO z; IF FOUND AND z IS NULL THEN t := t || ' kept'; END IF;
  EXECUTE 'SELECT ' || quote_literal('l') INTO x; t := t || x;
  EXECUTE 'SELECT 5, 6' INTO y, z; t := t || y || z;
  FOR i IN 1..0 LOOP NULL; END LOOP; IF NOT FOUND THEN t := t || ' empty'; END IF;
  FOR i IN 1..1 LOOP NULL; END LOOP; IF FOUND THEN t := t || ' turned'; END IF;
  FOREACH x IN ARRAY '{}'::text[] LOOP NULL; END LOOP; IF NOT FOUND THEN t := t || ' no'; END IF;
  EXECUTE format('ALTER TABLE ways ADD COLUMN %I int', t);
  WHILE z < 8 LOOP z := z + 1; END LOOP; IF NOT FOUND THEN ALTER TABLE ways ADD COLUMN while_tells_nothing int; END IF;
  FOR r IN SELECT 1 AS a WHERE false LOOP NULL; END LOOP; IF NOT FOUND THEN ALTER TABLE ways ADD COLUMN no_rows int; END IF;
END $$;
DO $$ DECLARE a text := 'a'; b text DEFAULT 'b'; c text = 'c'; d text; e CONSTANT text := 'e'; r record; BEGIN
  d = a || b || c || coalesce(d, '-') || e;
  SELECT 'x' AS one, 'y' AS two INTO r;
  r.two := r.one || d;
  EXECUTE format('ALTER TABLE ways ADD COLUMN %I int', r.one || ' ' || r.two);
  DECLARE inner_one text := 'deep'; BEGIN
    EXECUTE 'ALTER TABLE ways ADD COLUMN ' || inner_one || ' int; ALTER TABLE ways ADD COLUMN deeper int';
  END;
  EXECUTE 'DO ' || quote_literal('BEGIN IF true THEN ALTER TABLE ways ADD COLUMN nested int; END IF; RETURN; ALTER TABLE ways ADD COLUMN no int; END');
  EXECUTE 'DO ' || quote_literal('BEGIN EXECUTE ''DO '' || quote_literal(''BEGIN EXECUTE ''''ALTER TABLE ways ADD COLUMN '''' || ''''nested_twice int''''; END''); END');
  IF a = 'a' THEN RETURN; END IF;
  ALTER TABLE ways ADD COLUMN no_14 int;
END $$;
DO $$ DECLARE t text; BEGIN ALTER TABLE ways ADD COLUMN no_15 int; EXECUTE t; END $$;
DO $$ BEGIN FOR i IN 1..2 LOOP FOR j IN 1..2 LOOP ALTER TABLE ways ADD COLUMN IF NOT EXISTS once_only int; RETURN; END LOOP; END LOOP; ALTER TABLE ways ADD COLUMN no_16 int; END $$;
DO $$ BEGIN SET search_path = pg_temp, elsewhere; CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.here (); IF to_regclass('here') IS NOT NULL THEN ALTER TABLE here ADD COLUMN found int; END IF;
  PERFORM set_config('search_path', 'public', false); IF to_regclass('here') IS NULL THEN ALTER TABLE ways ADD COLUMN set_back int; END IF; END $$;
