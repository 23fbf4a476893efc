"""Inputs of the benchmarks, made of nothing but their size: the same text for the same number."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

HEAD = """SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.updated_at = now();
    RETURN NEW;
END;
$$;

"""
TABLE = """--
-- Name: {name}; Type: TABLE; Schema: public; Owner: app
--

CREATE TABLE public.{name} (
    id bigint NOT NULL,
    heir_id character varying(50) NOT NULL,
    process_id character varying(50) NOT NULL,
    name text NOT NULL,
    email character varying(255),
    status character varying(20) DEFAULT 'active'::character varying NOT NULL,
    amount numeric(12,2) DEFAULT 0,
    payload jsonb DEFAULT '{{}}'::jsonb,
    parent_id bigint,
    created_at timestamp with time zone DEFAULT now(),
    updated_at timestamp with time zone DEFAULT now(),
    created_by character varying(100),
    orbt_layer integer DEFAULT 1,
    CONSTRAINT {name}_status_check
        CHECK (((status)::text = ANY (ARRAY['active'::text, 'closed'::text]))),
    CONSTRAINT {name}_orbt_check CHECK (((orbt_layer >= 1) AND (orbt_layer <= 4)))
);


ALTER TABLE public.{name} OWNER TO app;

COMMENT ON TABLE public.{name} IS 'Rows of {name}, as the generator makes them';

CREATE SEQUENCE public.{name}_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER SEQUENCE public.{name}_id_seq OWNED BY public.{name}.id;

ALTER TABLE ONLY public.{name}
    ALTER COLUMN id SET DEFAULT nextval('public.{name}_id_seq'::regclass);

ALTER TABLE ONLY public.{name}
    ADD CONSTRAINT {name}_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.{name}
    ADD CONSTRAINT {name}_heir_id_key UNIQUE (heir_id);

CREATE INDEX idx_{name}_created_at ON public.{name} USING btree (created_at DESC);

CREATE INDEX idx_{name}_status ON public.{name} USING btree (status) WHERE (status IS NOT NULL);

CREATE TRIGGER touch_{name} BEFORE UPDATE ON public.{name}
    FOR EACH ROW EXECUTE FUNCTION public.touch();

GRANT SELECT,INSERT,UPDATE ON TABLE public.{name} TO app_user;

"""
REFERENCE = """ALTER TABLE ONLY public.{name}
    ADD CONSTRAINT {name}_parent_fkey FOREIGN KEY (parent_id) REFERENCES public.{other}(id);

"""
SMALL = """CREATE TABLE users (id serial PRIMARY KEY, email text UNIQUE NOT NULL);
"""


def names(tables: int) -> list[str]:
    return [f"table_{n:05d}" for n in range(tables)]


def dump(tables: int) -> str:
    """What `pg_dump --schema-only` would write of a database of so many tables (2 KB each)."""
    listed = names(tables)
    return HEAD + "".join(_dumped(listed))


def _dumped(listed: list[str]) -> Iterator[str]:
    for name in listed:
        yield TABLE.format(name=name)
    for before, name in pairwise(listed):
        yield REFERENCE.format(name=name, other=before)


def migrations(folder: Path, count: int) -> None:
    """A chain of migrations: every third creates a table, the others change the last one."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        (folder / f"{number + 1:03d}_step.sql").write_text(_step(number, table_of(number)))


def table_of(number: int) -> str:
    """The table that a migration of the chain creates or changes."""
    return f"item_{number // 3:04d}"


def _step(number: int, table: str) -> str:
    match number % 3:
        case 0:
            return (
                f"CREATE TABLE {table} (\n    id serial PRIMARY KEY,\n"
                "    heir_id varchar(50) UNIQUE,\n    status text,\n"
                "    created_at timestamptz DEFAULT now()\n);\n"
            )
        case 1:
            return f"ALTER TABLE {table} ADD COLUMN note_{number} text;\n"
        case _:
            return f"CREATE INDEX idx_{table}_status ON {table} (status);\n"
