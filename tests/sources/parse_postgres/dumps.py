"""Statements as `pg_dump` spells them, which need no grammar."""

DUMPED = (
    "ALTER TABLE public.users OWNER TO app",
    'ALTER SEQUENCE "My Schema"."Users" OWNER TO "App"',
    "ALTER VIEW v OWNER TO app",
    "ALTER TABLE ONLY public.users\n    ADD CONSTRAINT users_pkey PRIMARY KEY (id)",
    'ALTER TABLE ONLY users ADD CONSTRAINT "U" UNIQUE (a, "B c")',
    "ALTER TABLE public.a\n    ADD CONSTRAINT f FOREIGN KEY (x, y) REFERENCES public.b(x, y)",
    "ALTER TABLE ONLY a ADD CONSTRAINT f FOREIGN KEY (x) REFERENCES b(id)"
    " ON UPDATE CASCADE ON DELETE SET NULL",
    "ALTER TABLE ONLY public.users"
    " ALTER COLUMN id SET DEFAULT nextval('public.users_id_seq'::regclass)",
    "CREATE INDEX i ON public.users USING btree (name)",
    'CREATE UNIQUE INDEX i ON ONLY users USING btree (name DESC, "Other")',
    "CREATE INDEX i ON t USING gin (tags) WHERE ((tags IS NOT NULL) AND (name <> 'a(b'::text))",
    "CREATE SEQUENCE public.s\n    START WITH 1\n    INCREMENT BY 1\n    NO MINVALUE\n"
    "    NO MAXVALUE\n    CACHE 1",
    "CREATE SEQUENCE s AS integer START WITH -5 INCREMENT BY -1 MINVALUE -9 MAXVALUE -1 CACHE 20",
    "ALTER SEQUENCE public.users_id_seq OWNED BY public.users.id",
    "CREATE TRIGGER t BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch()",
    "CREATE TRIGGER t AFTER UPDATE OR INSERT ON t FOR EACH STATEMENT EXECUTE FUNCTION f()",
    "COMMENT ON TABLE public.users IS 'It''s\nctb: level=STRICT'",
    "COMMENT ON COLUMN public.users.id IS 'the key'",
    "GRANT SELECT,INSERT ON TABLE public.users TO app",
    "GRANT ALL ON TABLE users TO app",
    "GRANT USAGE ON SEQUENCE s TO app",
)

TABLES = (
    "CREATE TABLE public.users (\n    id bigint NOT NULL,\n    name text DEFAULT 'a,b'::text,\n"
    "    CONSTRAINT users_check CHECK ((length(name) > 1))\n)",
    "CREATE TABLE IF NOT EXISTS t (\n  id serial PRIMARY KEY,\n\n  a int REFERENCES b (id),\n"
    "  UNIQUE (a, id)\n)",
    "CREATE TABLE t (\n    id bigint NOT NULL,\n"
    "    CONSTRAINT other\n        CHECK (id > 0) NOT VALID\n)",
    f"CREATE TABLE t (\n    a int,\n    CONSTRAINT {'c' * 70} CHECK (a > 0)\n)",
    "CREATE TABLE t (\n    a int,\n    constraint Lower CHECK (a > 0)\n)",
)
