"""What extensions define, asked of servers that have them: the facts that replay goes by.

    python bench/extensions.py [--check]

Writes `ctb_audit/sources/ddl/replay/extensions.json` from every server of this machine that
`available_binaries` finds, `--check` compares only. For each extension: its types, the functions
that a statement can call and that share no name with a built-in one, its operator classes by
access method (`*`: with the type that they are the default of), and the extensions that it
requires. What a newer version leaves out an older one may have, so the facts of all servers are
taken together.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import psycopg

sys.path.insert(0, str(Path(__file__).parents[1]))

from ctb_audit.scratch import ScratchServer, available_binaries

FILE = Path(__file__).parents[1] / "ctb_audit/sources/ddl/replay/extensions.json"
LEFT_OUT = frozenset({"plpgsql"})

AVAILABLE = """
SELECT name, requires::text[] FROM pg_available_extension_versions v
JOIN pg_available_extensions a USING (name) WHERE v.version = a.default_version
"""
MEMBERS = {
    "types": """
SELECT t.typname FROM pg_type t WHERE t.typcategory <> 'A' AND {member} AND t.typrelid = 0""",
    "functions": """
SELECT p.proname FROM pg_proc p WHERE {member}
  AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
  AND p.prorettype <> 'internal'::regtype
  AND NOT EXISTS (SELECT FROM pg_proc b WHERE b.proname = p.proname
    AND b.pronamespace = 'pg_catalog'::regnamespace)""",
    "operator classes": """
SELECT m.amname || ' ' || o.opcname
  || CASE WHEN o.opcdefault THEN ' *' || format_type(o.opcintype, NULL) ELSE '' END
FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod WHERE {member}""",
    "access methods": "SELECT a.amname FROM pg_am a WHERE {member}",
}
CATALOGS = {
    "types": ("pg_type", "t"),
    "functions": ("pg_proc", "p"),
    "operator classes": ("pg_opclass", "o"),
    "access methods": ("pg_am", "a"),
}


def member(what: str) -> str:
    catalog, alias = CATALOGS[what]
    return (
        f"EXISTS (SELECT FROM pg_depend d JOIN pg_extension x ON x.oid = d.refobjid"
        f" WHERE d.classid = '{catalog}'::regclass AND d.objid = {alias}.oid AND d.deptype = 'e'"
        f" AND d.refclassid = 'pg_extension'::regclass AND x.extname = %s)"
    )


def facts(session: psycopg.Connection[Any], name: str) -> dict[str, set[str]]:
    found = {}
    for what, query in MEMBERS.items():
        rows = session.execute(query.format(member=member(what)).encode(), (name,)).fetchall()
        found[what] = {row[0] for row in rows}
    return found


def of_server(server: ScratchServer, known: dict[str, dict[str, set[str]]]) -> list[str]:
    """Adds what the extensions of this server define; gives those that do not load."""
    lost = []
    with server.database() as url, psycopg.connect(url, autocommit=True) as session:
        session.execute("SET client_min_messages = error")
        available = session.execute(AVAILABLE.encode()).fetchall()
        for name, requires in available:
            if name in LEFT_OUT:
                continue
            try:
                session.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE'.encode())
            except psycopg.Error:
                lost.append(name)
                continue
            entry = known.setdefault(name, {what: set() for what in (*MEMBERS, "requires")})
            for what, names in facts(session, name).items():
                entry[what] |= names
            entry["requires"] |= set(requires or ()) - LEFT_OUT
    return lost


def text() -> str:
    known: dict[str, dict[str, set[str]]] = {}
    versions = []
    for binaries in available_binaries():
        with ScratchServer(binaries) as server:
            lost = of_server(server, known)
            versions.append(".".join(map(str, server.version)))
        print(versions[-1], f"{len(known)} extensions so far, do not load: {lost}", file=sys.stderr)
    entries = {
        name: {what: sorted(names) for what, names in known[name].items() if names}
        for name in sorted(known)
    }
    head = json.dumps(f"bench/extensions.py, PostgreSQL {', '.join(versions)}")
    body = ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in entries.items())
    return f'{{"source": {head},\n"extensions": {{\n{body}\n}}}}\n'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    found = text()
    if options.check:
        same = FILE.read_text() == found
        print("as recorded" if same else "differs from what is recorded")
        return int(not same)
    FILE.write_text(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
