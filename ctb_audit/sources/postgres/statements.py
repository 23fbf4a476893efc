"""The queries on pg_catalog, for a server's version.

Each is one bulk query over all objects of the wanted schemas (`%(schemas)s`, their oids). They
read raw columns; `pg_get_*` is called only for rows that hold an expression. Members of
extensions and temporary objects are left out here. Comments on rows: the readers unpack them in
this order.
"""

from collections.abc import Mapping

RELATION_KINDS = "('r', 'p', 'f', 'v', 'm')"

SCHEMAS = """
SELECT n.oid, n.nspname, n.nspowner, n.nspacl::text[],
  EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_namespace'::regclass
    AND e.objid = n.oid AND e.deptype = 'e')
FROM pg_namespace n
WHERE n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
  AND (%(names)s::text[] IS NULL OR n.nspname = ANY (%(names)s::text[]))
"""

# catalogs that this role may not read: hardened servers revoke some from PUBLIC
CLOSED = """
SELECT c.relname FROM pg_class c
WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind IN ('r', 'v')
  AND c.relname = ANY (%(catalogs)s::text[]) AND NOT has_table_privilege(c.oid, 'SELECT')
"""

ROLES = "SELECT oid, rolname FROM pg_roles"

COMMENTS = """
SELECT classoid::regclass::text, objoid, objsubid, description FROM pg_description
WHERE objoid >= 16384 OR classoid = 'pg_namespace'::regclass
"""


def _not_member(catalog: str, oid: str) -> str:
    return (
        f"NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = '{catalog}'::regclass"
        f" AND e.objid = {oid} AND e.deptype = 'e')"
    )


_RELATIONS = f"""
SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.relpersistence = 'u', c.relispartition,
  c.relrowsecurity, c.relforcerowsecurity, c.relowner, c.relacl::text[], c.reloptions,
  o.reloptions, c.reltuples::int8,
  CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END,
  CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END,
  CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) END,
  f.ftoptions
FROM pg_class c
LEFT JOIN pg_class o ON o.oid = c.reltoastrelid AND o.reloptions IS NOT NULL
LEFT JOIN pg_foreign_table f ON f.ftrelid = c.oid
WHERE c.relnamespace = ANY (%(schemas)s::oid[]) AND c.relkind IN {RELATION_KINDS}
  AND c.relpersistence <> 't' AND {_not_member("pg_class", "c.oid")}
"""

# Without a relation pg_get_expr is twice as fast; only generated columns refer to one. In no order:
# rows of the first relations are read here while the server makes those of the others.
_COLUMNS = """
SELECT a.attrelid, a.attnum, a.attacl::text[], a.attname, a.atttypid, a.atttypmod, a.attnotnull,
  a.attidentity, a.attgenerated, a.attinhcount > 0, a.attcollation,
  pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END)
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid
LEFT JOIN pg_attrdef d ON a.atthasdef AND d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = ANY (%(schemas)s::oid[]) AND c.relkind IN ('r', 'p', 'f', 'v', 'm', 'c')
  AND a.attnum > 0 AND NOT a.attisdropped
"""

_INHERITANCE = """
SELECT i.inhrelid, n.nspname, p.relname
FROM pg_inherits i
JOIN pg_class c ON c.oid = i.inhrelid
JOIN pg_class p ON p.oid = i.inhparent
JOIN pg_namespace n ON n.oid = p.relnamespace
WHERE c.relnamespace = ANY (%(schemas)s::oid[]) AND c.relkind IN ('r', 'p', 'f')
ORDER BY i.inhrelid, i.inhseqno
"""

# NOT NULL that does not hold for all rows yet is a constraint of its own in PostgreSQL 18
_UNPROVEN = """
SELECT k.conrelid, k.conkey[1] FROM pg_constraint k
WHERE k.connamespace = ANY (%(schemas)s::oid[]) AND k.contype = 'n' AND NOT k.convalidated
"""

# A foreign key on a partitioned table has rows for each partition that it points to: those whose
# parent row stands on the same table are the server's own.
_CONSTRAINTS = """
SELECT k.oid, k.conrelid, k.contypid, k.conindid, k.contype, k.conname, k.conkey, k.condeferrable,
  k.condeferred, k.convalidated, k.connoinherit, k.coninhcount > 0, n.nspname, r.relname,
  k.confrelid, k.confkey, k.confmatchtype, k.confupdtype, k.confdeltype,
  {set_columns}, {enforced}, {period},
  CASE WHEN k.contype = 'c' THEN pg_get_expr(k.conbin, k.conrelid) END,
  CASE WHEN k.contype = 'x' THEN ARRAY(
    SELECT w.oprname::text FROM unnest(k.conexclop) WITH ORDINALITY x(o, i)
    JOIN pg_operator w ON w.oid = x.o ORDER BY x.i) END,
  CASE WHEN r.oid IS NOT NULL AND NOT r.relnamespace = ANY (%(schemas)s::oid[]) THEN ARRAY(
    SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY x(o, i)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = x.o ORDER BY x.i) END
FROM pg_constraint k
LEFT JOIN pg_constraint m ON k.conparentid <> 0 AND m.oid = k.conparentid
LEFT JOIN pg_class r ON k.confrelid <> 0 AND r.oid = k.confrelid
LEFT JOIN pg_namespace n ON n.oid = r.relnamespace
WHERE k.connamespace = ANY (%(schemas)s::oid[])
  AND k.contype IN ('c', 'f', 'p', 'u', 'x')
  AND (m.oid IS NULL OR m.conrelid <> k.conrelid)
"""

_INDEXES = """
SELECT i.indexrelid, i.indrelid, x.relname, m.amname, i.indisunique, i.indisvalid, {not_distinct},
  i.indnkeyatts, i.indkey::int2[], i.indclass::oid[], i.indcollation::oid[], i.indoption::int2[],
  x.reloptions,
  CASE WHEN i.indexprs IS NOT NULL THEN pg_get_expr(i.indexprs, i.indrelid) END,
  CASE WHEN i.indexprs IS NOT NULL AND i.indcollation::oid[] <@ ARRAY[0, 100]::oid[] IS FALSE
    THEN pg_get_indexdef(i.indexrelid) END,
  CASE WHEN i.indpred IS NOT NULL THEN pg_get_expr(i.indpred, i.indrelid) END, i.indisprimary
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_am m ON m.oid = x.relam
WHERE x.relnamespace = ANY (%(schemas)s::oid[])
"""

_OPERATOR_CLASSES = """
SELECT o.oid, n.nspname, o.opcname FROM pg_opclass o
JOIN pg_namespace n ON n.oid = o.opcnamespace WHERE NOT o.opcdefault
"""

COLLATIONS = """
SELECT l.oid, n.nspname, l.collname FROM pg_collation l
JOIN pg_namespace n ON n.oid = l.collnamespace WHERE l.oid = ANY (%(oids)s::oid[])
"""

# Clones on partitions are marked internal before PostgreSQL 15.
_TRIGGERS = """
SELECT t.oid, t.tgrelid, t.tgname, t.tgtype, t.tgenabled, t.tgparentid <> 0, t.tgconstraint <> 0,
  t.tgdeferrable, t.tginitdeferred, t.tgargs, t.tgattr::int2[], t.tgoldtable, t.tgnewtable,
  n.nspname, p.proname, CASE WHEN t.tgqual IS NOT NULL THEN pg_get_triggerdef(t.oid) END
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_proc p ON p.oid = t.tgfoid
JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE c.relnamespace = ANY (%(schemas)s::oid[])
  AND (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgfoid >= 16384)
"""

_POLICIES = """
SELECT p.oid, p.polrelid, p.polname, p.polcmd, p.polpermissive, p.polroles,
  pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
FROM pg_policy p
JOIN pg_class c ON c.oid = p.polrelid
WHERE c.relnamespace = ANY (%(schemas)s::oid[])
"""

_FUNCTIONS = f"""
SELECT p.oid, p.pronamespace, p.proname, p.prokind, l.lanname, p.prosrc,
  CASE WHEN p.prosqlbody IS NOT NULL THEN pg_get_function_sqlbody(p.oid) END,
  p.provolatile, p.prosecdef, p.proisstrict, p.proleakproof, p.proparallel, p.proconfig,
  p.prorettype, p.proretset, p.proargtypes::oid[], p.proallargtypes, p.proargmodes::text[],
  p.proargnames,
  CASE WHEN p.pronargdefaults > 0 THEN ARRAY(
    SELECT pg_get_function_arg_default(p.oid, g)
    FROM generate_series(1, coalesce(array_length(p.proallargtypes, 1), p.pronargs)) g) END,
  p.proowner, p.proacl::text[]
FROM pg_proc p
JOIN pg_language l ON l.oid = p.prolang
WHERE p.pronamespace = ANY (%(schemas)s::oid[]) AND {_not_member("pg_proc", "p.oid")}
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_proc'::regclass
    AND e.objid = p.oid AND e.deptype = 'i')
"""

_TYPE_ROW = f"""
SELECT t.oid, t.typnamespace, n.nspname, t.typname, t.typtype, t.typisdefined,
  CASE WHEN t.typcategory = 'A' AND t.typstorage <> 'p' THEN t.typelem ELSE 0 END,
  t.typcollation, t.typrelid, t.typbasetype, t.typtypmod, t.typnotnull,
  CASE WHEN t.typtype = 'd' THEN pg_get_expr(t.typdefaultbin, 0) END,
  CASE WHEN t.typtype = 'e' THEN ARRAY(SELECT e.enumlabel::text FROM pg_enum e
    WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) END,
  r.rngsubtype, {_not_member("pg_type", "t.oid")}
FROM pg_type t
JOIN pg_namespace n ON n.oid = t.typnamespace
LEFT JOIN pg_range r ON r.rngtypid = t.oid
"""

# without the row types of tables and their arrays, two for each table
_TYPES = f"""{_TYPE_ROW}
LEFT JOIN pg_class c ON t.typrelid <> 0 AND c.oid = t.typrelid
LEFT JOIN pg_type v ON t.typelem <> 0 AND v.oid = t.typelem
LEFT JOIN pg_class w ON v.typrelid <> 0 AND w.oid = v.typrelid
WHERE (c.oid IS NULL OR c.relkind = 'c') AND (w.oid IS NULL OR w.relkind = 'c')
  AND n.nspname NOT LIKE 'pg\\_temp%%' AND n.nspname NOT LIKE 'pg\\_toast%%'
"""

MORE_TYPES = f"""{_TYPE_ROW}
WHERE t.oid = ANY (%(oids)s::oid[])
  OR t.oid IN (SELECT typelem FROM pg_type WHERE oid = ANY (%(oids)s::oid[]))
"""

FORMATTED_TYPES = """
SELECT o, m, format_type(o, m) FROM unnest(%(oids)s::oid[], %(modifiers)s::int4[]) x(o, m)
"""

# The default of the owning column is looked up by its key: catalogs that were never analyzed make
# the planner take a join with it for cheap that goes through all defaults for each sequence.
_SEQUENCES = f"""
SELECT c.oid, c.relnamespace, c.relname, c.relpersistence = 'u', c.relowner, c.relacl::text[],
  s.seqtypid, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, s.seqcycle,
  d.deptype, d.refobjid, d.refobjsubid, n.nspname, t.relname, a.attname,
  EXISTS (SELECT FROM pg_depend v WHERE v.classid = 'pg_attrdef'::regclass
    AND v.objid = (SELECT f.oid FROM pg_attrdef f
      WHERE f.adrelid = d.refobjid AND f.adnum = d.refobjsubid)
    AND v.refclassid = 'pg_class'::regclass AND v.refobjid = c.oid)
FROM pg_class c
JOIN pg_sequence s ON s.seqrelid = c.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.objsubid = 0
  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
LEFT JOIN pg_class t ON t.oid = d.refobjid
LEFT JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid
WHERE c.relnamespace = ANY (%(schemas)s::oid[]) AND c.relkind = 'S' AND c.relpersistence <> 't'
  AND {_not_member("pg_class", "c.oid")}
"""

_EXTENSIONS = """
SELECT x.extname, n.nspname FROM pg_extension x
JOIN pg_namespace n ON n.oid = x.extnamespace
WHERE x.extname <> 'plpgsql'
"""

# which catalogs each query needs beside pg_class, pg_namespace, pg_attribute and pg_type
NEEDS: Mapping[str, tuple[str, ...]] = {
    "relations": ("pg_foreign_table", "pg_depend"),
    "columns": ("pg_attrdef",),
    "inheritance": ("pg_inherits",),
    "constraints": ("pg_constraint", "pg_operator"),
    "indexes": ("pg_index", "pg_am"),
    "operator classes": ("pg_opclass",),
    "triggers": ("pg_trigger", "pg_proc"),
    "policies": ("pg_policy",),
    "functions": ("pg_proc", "pg_language", "pg_depend"),
    "types": ("pg_enum", "pg_range", "pg_depend"),
    "sequences": ("pg_sequence", "pg_depend", "pg_attrdef"),
    "extensions": ("pg_extension",),
    "comments": ("pg_description",),
    "roles": ("pg_roles",),
}
PART_OF: Mapping[str, str] = {"unproven": "constraints"}
"""Queries that a role may not run where it may not run another."""

REQUIRED = frozenset({"relations", "columns", "types", "roles"})
LOCKING = frozenset({"relations", "policies", "functions"})
"""In these the server prints other queries (views, sub-selects of policies, SQL-standard bodies)
and takes ACCESS SHARE on what those read, on PostgreSQL 14 to 18 alike."""
_BATCHES = (
    ("types", "columns", "functions"),
    ("sequences", "unproven", "inheritance", "roles", "comments", "extensions", "operator classes"),
    ("indexes",),
    ("constraints", "relations"),
    ("triggers", "policies"),
)
"""What readers need first, first; each takes the server about as long as reading the one before."""

BASIC_CATALOGS = ("pg_class", "pg_namespace", "pg_attribute", "pg_type", "pg_collation")


def batches(version: int) -> list[dict[str, str]]:
    """The bulk queries by what they give, for a server version such as 150018."""
    known = _statements(version)
    return [{name: known[name] for name in batch} for batch in _BATCHES]


def _statements(version: int) -> Mapping[str, str]:
    constraints = _CONSTRAINTS.format(
        set_columns="k.confdelsetcols" if version >= 150000 else "NULL::int2[]",
        enforced="k.conenforced" if version >= 180000 else "true",
        period="k.conperiod" if version >= 180000 else "false",
    )
    indexes = _INDEXES.format(
        not_distinct="i.indnullsnotdistinct" if version >= 150000 else "false"
    )
    return {
        "relations": _RELATIONS,
        "columns": _COLUMNS,
        "inheritance": _INHERITANCE,
        "unproven": _UNPROVEN,
        "constraints": constraints,
        "indexes": indexes,
        "operator classes": _OPERATOR_CLASSES,
        "triggers": _TRIGGERS,
        "policies": _POLICIES,
        "functions": _FUNCTIONS,
        "types": _TYPES,
        "sequences": _SEQUENCES,
        "extensions": _EXTENSIONS,
        "comments": COMMENTS,
        "roles": ROLES,
    }
