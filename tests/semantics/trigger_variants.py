"""PL/pgSQL trigger functions with what they do, as data: a server can replay every one.

KEEPERS run as `BEFORE UPDATE ... FOR EACH ROW` on the table of SETUP; the verdict says whether
every UPDATE that is written has `updated_at = now()`: `holds`, `missing` or `unsure`.
VALIDATORS run as `BEFORE INSERT OR UPDATE`; the verdict says whether `heir_id = 'bad'` is
refused: `yes`, `no` or `undecided`. RAISE NOTICE and comments are there to mislead.
"""

SETUP = """
CREATE TABLE t (
    id int PRIMARY KEY, name text, kind text, heir_id text,
    created_at timestamptz, updated_at timestamptz
);
CREATE TABLE log (id int);
CREATE FUNCTION helper_time() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()';
CREATE FUNCTION helper_check(v text) RETURNS boolean LANGUAGE sql AS 'SELECT v ~ ''^HEIR-''';
CREATE FUNCTION helper_nothing() RETURNS void LANGUAGE plpgsql AS 'BEGIN END';
"""

KEEPERS: tuple[tuple[str, str, str], ...] = (
    (
        "plain",
        "BEGIN NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "equals sign",
        "BEGIN NEW.updated_at = CURRENT_TIMESTAMP; RETURN NEW; END",
        "holds",
    ),
    (
        "upper case",
        "BEGIN NEW.UPDATED_AT := NOW(); RETURN NEW; END",
        "holds",
    ),
    (
        "quoted",
        'BEGIN NEW."updated_at" := now(); RETURN NEW; END',
        "holds",
    ),
    (
        "transaction",
        "BEGIN NEW.updated_at := transaction_timestamp(); RETURN NEW; END",
        "holds",
    ),
    (
        "zone",
        "BEGIN NEW.updated_at := timezone('utc', timezone('utc', now())); RETURN NEW; END",
        "holds",
    ),
    (
        "cast",
        "BEGIN NEW.updated_at := now()::timestamptz; RETURN NEW; END",
        "holds",
    ),
    (
        "select into",
        "BEGIN SELECT now() INTO NEW.updated_at; RETURN NEW; END",
        "holds",
    ),
    (
        "select of two",
        "BEGIN SELECT 'x', now() INTO NEW.kind, NEW.updated_at; RETURN NEW; END",
        "holds",
    ),
    (
        "variable",
        "DECLARE v timestamptz := now(); BEGIN NEW.updated_at := v; RETURN NEW; END",
        "holds",
    ),
    (
        "late variable",
        "DECLARE v timestamptz; BEGIN v := now(); NEW.updated_at := v; RETURN NEW; END",
        "holds",
    ),
    (
        "twice",
        "BEGIN NEW.updated_at := NULL; NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "overwritten",
        "BEGIN NEW.updated_at := now(); NEW.updated_at := OLD.updated_at; RETURN NEW; END",
        "missing",
    ),
    (
        "nothing",
        "BEGIN RETURN NEW; END",
        "missing",
    ),
    (
        "other column",
        "BEGIN NEW.created_at := now(); RETURN NEW; END",
        "missing",
    ),
    (
        "constant",
        "BEGIN NEW.updated_at := '2020-01-01'; RETURN NEW; END",
        "missing",
    ),
    (
        "null",
        "BEGIN NEW.updated_at := NULL; RETURN NEW; END",
        "missing",
    ),
    (
        "day",
        "BEGIN NEW.updated_at := CURRENT_DATE; RETURN NEW; END",
        "missing",
    ),
    (
        "yesterday",
        "BEGIN NEW.updated_at := now() - interval '1 day'; RETURN NEW; END",
        "missing",
    ),
    (
        "own value",
        "BEGIN NEW.updated_at := NEW.updated_at; RETURN NEW; END",
        "missing",
    ),
    (
        "coalesce own",
        "BEGIN NEW.updated_at := COALESCE(NEW.updated_at, now()); RETURN NEW; END",
        "missing",
    ),
    (
        "coalesce now",
        "BEGIN NEW.updated_at := COALESCE(now(), NEW.updated_at); RETURN NEW; END",
        "holds",
    ),
    (
        "if both",
        "BEGIN IF NEW.name = 'a' THEN NEW.updated_at := now(); ELSE "
        "NEW.updated_at := CURRENT_TIMESTAMP; END IF; RETURN NEW; END",
        "holds",
    ),
    (
        "if only",
        "BEGIN IF NEW.name = 'a' THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "elsif",
        "BEGIN IF NEW.name = 'a' THEN NEW.updated_at := now(); ELSIF NEW.name = 'b' THEN "
        "NEW.updated_at := now(); END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "elsif else",
        "BEGIN IF NEW.name = 'a' THEN NEW.updated_at := now(); ELSIF NEW.name = 'b' THEN "
        "NEW.updated_at := now(); ELSE NEW.updated_at := now(); END IF; RETURN NEW; END",
        "holds",
    ),
    (
        "one column",
        "BEGIN IF NEW.name IS DISTINCT FROM OLD.name THEN NEW.updated_at := now(); "
        "END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "any change",
        "BEGIN IF NEW IS DISTINCT FROM OLD THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "holds",
    ),
    (
        "any change, rows",
        "BEGIN IF ROW(NEW.*) IS DISTINCT FROM ROW(OLD.*) THEN NEW.updated_at := now(); "
        "END IF; RETURN NEW; END",
        "holds",
    ),
    (
        "no change leaves",
        "BEGIN IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF; "
        "NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "no change skips",
        "BEGIN IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NULL; END IF; "
        "NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "operation",
        "BEGIN IF TG_OP = 'UPDATE' THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "holds",
    ),
    (
        "wrong operation",
        "BEGIN IF TG_OP = 'INSERT' THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "operations",
        "BEGIN IF TG_OP IN ('INSERT', 'UPDATE') THEN NEW.updated_at := now(); END IF; "
        "RETURN NEW; END",
        "holds",
    ),
    (
        "delete guard",
        "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; NEW.updated_at := now(); "
        "RETURN NEW; END",
        "holds",
    ),
    (
        "early return",
        "BEGIN IF NEW.name = 'a' THEN RETURN NEW; END IF; NEW.updated_at := now(); RETURN NEW; END",
        "missing",
    ),
    (
        "early skip",
        "BEGIN IF NEW.name = 'a' THEN RETURN NULL; END IF; NEW.updated_at := now(); "
        "RETURN NEW; END",
        "holds",
    ),
    (
        "early raise",
        "BEGIN IF NEW.name = 'zzz' THEN RAISE EXCEPTION 'no'; END IF; "
        "NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "return old",
        "BEGIN NEW.updated_at := now(); RETURN OLD; END",
        "missing",
    ),
    (
        "return null",
        "BEGIN RETURN NULL; END",
        "holds",
    ),
    (
        "new is old",
        "BEGIN NEW := OLD; RETURN NEW; END",
        "missing",
    ),
    (
        "new is old, then now",
        "BEGIN NEW := OLD; NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "new is replaced",
        "BEGIN SELECT * INTO NEW FROM t WHERE id = OLD.id; RETURN NEW; END",
        "unsure",
    ),
    (
        "replaced, then now",
        "BEGIN SELECT * INTO NEW FROM t WHERE id = OLD.id; NEW.updated_at := now(); "
        "RETURN NEW; END",
        "holds",
    ),
    (
        "case else",
        "BEGIN CASE NEW.kind WHEN 'a' THEN NEW.updated_at := now(); ELSE "
        "NEW.updated_at := now(); END CASE; RETURN NEW; END",
        "holds",
    ),
    (
        "case no else raises",
        "BEGIN CASE WHEN NEW.kind = 'a' THEN NEW.updated_at := now(); "
        "WHEN NEW.kind = 'b' THEN NEW.updated_at := now(); END CASE; RETURN NEW; END",
        "holds",
    ),
    (
        "case gap",
        "BEGIN CASE NEW.kind WHEN 'a' THEN NEW.updated_at := now(); ELSE NULL; END CASE; "
        "RETURN NEW; END",
        "missing",
    ),
    (
        "case value",
        "BEGIN NEW.updated_at := CASE WHEN NEW.kind = 'a' THEN now() ELSE "
        "OLD.updated_at END; RETURN NEW; END",
        "missing",
    ),
    (
        "case value both",
        "BEGIN NEW.updated_at := CASE WHEN NEW.kind = 'a' THEN now() ELSE "
        "CURRENT_TIMESTAMP END; RETURN NEW; END",
        "holds",
    ),
    (
        "loop once",
        "BEGIN LOOP NEW.updated_at := now(); EXIT; END LOOP; RETURN NEW; END",
        "holds",
    ),
    (
        "loop leaves first",
        "BEGIN LOOP EXIT; NEW.updated_at := now(); END LOOP; RETURN NEW; END",
        "missing",
    ),
    (
        "for three",
        "BEGIN FOR i IN 1..3 LOOP NEW.updated_at := now(); END LOOP; RETURN NEW; END",
        "holds",
    ),
    (
        "for none",
        "BEGIN FOR i IN 3..1 LOOP NEW.updated_at := now(); END LOOP; RETURN NEW; END",
        "missing",
    ),
    (
        "for rows",
        "DECLARE r record; BEGIN "
        "FOR r IN SELECT 1 WHERE false LOOP NEW.updated_at := now(); END LOOP; "
        "RETURN NEW; END",
        "missing",
    ),
    (
        "while",
        "BEGIN WHILE NEW.name = 'never' LOOP NEW.updated_at := now(); EXIT; END LOOP; "
        "RETURN NEW; END",
        "missing",
    ),
    (
        "labelled exit",
        "BEGIN <<l>> BEGIN EXIT l; NEW.updated_at := now(); END; RETURN NEW; END",
        "missing",
    ),
    (
        "inner block",
        "BEGIN BEGIN NEW.updated_at := now(); END; RETURN NEW; END",
        "holds",
    ),
    (
        "handler",
        "BEGIN BEGIN NEW.updated_at := now(); EXCEPTION WHEN others THEN NULL; END; "
        "RETURN NEW; END",
        "holds",
    ),
    (
        "raised and caught",
        "BEGIN BEGIN RAISE EXCEPTION 'x'; NEW.updated_at := now(); "
        "EXCEPTION WHEN others THEN NULL; END; RETURN NEW; END",
        "missing",
    ),
    (
        "caught and kept",
        "BEGIN BEGIN RAISE EXCEPTION 'x'; EXCEPTION WHEN others THEN "
        "NEW.updated_at := now(); END; RETURN NEW; END",
        "holds",
    ),
    (
        "division caught",
        "BEGIN BEGIN PERFORM 1 / 0; NEW.updated_at := now(); "
        "EXCEPTION WHEN division_by_zero THEN NULL; END; RETURN NEW; END",
        "unsure",
    ),
    (
        "perform",
        "BEGIN PERFORM helper_nothing(); NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "perform alone",
        "BEGIN PERFORM helper_time(); RETURN NEW; END",
        "unsure",
    ),
    (
        "user function",
        "BEGIN NEW.updated_at := helper_time(); RETURN NEW; END",
        "unsure",
    ),
    (
        "execute into",
        "BEGIN EXECUTE 'SELECT now()' INTO NEW.updated_at; RETURN NEW; END",
        "unsure",
    ),
    (
        "execute beside",
        "BEGIN EXECUTE 'SELECT 1'; NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "notice",
        "BEGIN RAISE NOTICE 'x'; NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "greatest",
        "BEGIN NEW.updated_at := GREATEST(now(), OLD.updated_at); RETURN NEW; END",
        "holds",
    ),
    (
        "only where not given",
        "BEGIN IF NEW.updated_at = OLD.updated_at THEN NEW.updated_at := now(); END IF; "
        "RETURN NEW; END",
        "missing",
    ),
    (
        "only where null",
        "BEGIN IF NEW.updated_at IS NULL THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "unreachable",
        "BEGIN IF false THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "always true",
        "BEGIN IF 1 = 1 THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "holds",
    ),
    (
        "null condition",
        "BEGIN IF NULL THEN NEW.updated_at := now(); END IF; RETURN NEW; END",
        "missing",
    ),
    (
        "insert elsewhere",
        "BEGIN INSERT INTO log VALUES (OLD.id); NEW.updated_at := now(); RETURN NEW; END",
        "holds",
    ),
    (
        "update elsewhere",
        "BEGIN UPDATE log SET id = id; RETURN NEW; END",
        "missing",
    ),
    (
        "no return",
        "BEGIN NEW.updated_at := now(); END",
        "holds",
    ),
    (
        "record copy",
        "DECLARE r t%ROWTYPE; BEGIN r := NEW; r.updated_at := now(); RETURN r; END",
        "unsure",
    ),
    (
        "in a comment",
        "BEGIN -- NEW.updated_at := now();\n RETURN NEW; END",
        "missing",
    ),
    (
        "in a string",
        "BEGIN RAISE NOTICE 'NEW.updated_at := now()'; RETURN NEW; END",
        "missing",
    ),
)

VALIDATORS: tuple[tuple[str, str, str], ...] = (
    (
        "plain",
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "yes",
    ),
    (
        "negated",
        "BEGIN IF NOT (NEW.heir_id ~ '^HEIR-') THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "yes",
    ),
    (
        "like",
        "BEGIN IF NEW.heir_id NOT LIKE 'HEIR-%' THEN RAISE EXCEPTION 'bad'; END IF; "
        "RETURN NEW; END",
        "yes",
    ),
    (
        "return first",
        "BEGIN IF NEW.heir_id ~ '^HEIR-' THEN RETURN NEW; END IF; RAISE EXCEPTION 'bad'; END",
        "yes",
    ),
    (
        "notice",
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE NOTICE 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "warning",
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE WARNING 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "other column",
        "BEGIN IF NEW.name !~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "inverted",
        "BEGIN IF NEW.heir_id ~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "insert only",
        "BEGIN IF TG_OP = 'DELETE' AND NEW.heir_id !~ '^HEIR-' THEN "
        "RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "skips",
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RETURN NULL; END IF; RETURN NEW; END",
        "yes",
    ),
    (
        "condition name",
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE check_violation; END IF; RETURN NEW; END",
        "yes",
    ),
    (
        "errcode",
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN "
        "RAISE EXCEPTION USING ERRCODE = '23514', MESSAGE = 'bad'; END IF; RETURN NEW; "
        "END",
        "yes",
    ),
    (
        "caught",
        "BEGIN BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; "
        "EXCEPTION WHEN others THEN RAISE NOTICE 'x'; END; RETURN NEW; END",
        "no",
    ),
    (
        "caught and raised",
        "BEGIN BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; "
        "EXCEPTION WHEN others THEN RAISE; END; RETURN NEW; END",
        "yes",
    ),
    (
        "caught other",
        "BEGIN BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; "
        "EXCEPTION WHEN unique_violation THEN NULL; END; RETURN NEW; END",
        "yes",
    ),
    (
        "assert",
        "BEGIN ASSERT NEW.heir_id ~ '^HEIR-', 'bad'; RETURN NEW; END",
        "yes",
    ),
    (
        "variable",
        "DECLARE ok boolean; BEGIN ok := NEW.heir_id ~ '^HEIR-'; IF NOT ok THEN "
        "RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "yes",
    ),
    (
        "null variable",
        "DECLARE ok boolean; BEGIN IF NOT ok THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "case",
        "BEGIN CASE WHEN NEW.heir_id ~ '^HEIR-' THEN NULL; END CASE; RETURN NEW; END",
        "yes",
    ),
    (
        "corrected",
        "BEGIN NEW.heir_id := 'HEIR-' || NEW.heir_id; RETURN NEW; END",
        "no",
    ),
    (
        "helper",
        "BEGIN IF NOT helper_check(NEW.heir_id) THEN RAISE EXCEPTION 'bad'; END IF; "
        "RETURN NEW; END",
        "undecided",
    ),
    (
        "unless free column",
        "BEGIN IF NEW.kind = 'legacy' THEN RETURN NEW; END IF; "
        "IF NEW.heir_id !~ '^HEIR-' THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "length",
        "BEGIN IF length(NEW.heir_id) < 10 THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "yes",
    ),
    (
        "too short only",
        "BEGIN IF length(NEW.heir_id) < 2 THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "null only",
        "BEGIN IF NEW.heir_id IS NULL THEN RAISE EXCEPTION 'bad'; END IF; RETURN NEW; END",
        "no",
    ),
    (
        "dynamic",
        "BEGIN EXECUTE 'SELECT 1'; RETURN NEW; END",
        "undecided",
    ),
)
