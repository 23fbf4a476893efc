"""Hostile inputs of any size: name -> file name, size that is asked of us, text of a size.

A size counts what the name says: columns, levels, characters, statements.
"""

import json
from collections.abc import Callable, Mapping
from typing import NamedTuple

USERS = "CREATE TABLE users (id integer PRIMARY KEY);\n"


class Input(NamedTuple):
    """`extra`: files beside it, by path."""

    file: str
    size: int
    text: Callable[[int], str]
    extra: Callable[[int], Mapping[str, str]] = lambda size: {}


def _table(parts: list[str]) -> str:
    return f"CREATE TABLE t (id integer PRIMARY KEY, {', '.join(parts)});\n"


def _lines(count: int, line: Callable[[int], str]) -> str:
    return "".join(line(n) for n in range(count))


def _snapshot(tables: int) -> str:
    table = {"system": "postgresql", "schema": "public", "columns": []}
    named = [{**table, "name": f"t{n}"} for n in range(tables)]
    return json.dumps({"schema_version": "1.0", "surface": "ddl", "source": "a", "tables": named})


def _document(body: str) -> str:
    head = f"**Table ID**: BART-SHQ-USERS-V1\n\n```sql\n{USERS}```\n"
    return f"# Schema Reference\n\n## users\n\n{head}\n{body}\n"


def _markdown_table(rows: int) -> str:
    head = "| Column | Type | Nullable |\n|---|---|---|\n"
    return _document(head + _lines(rows, lambda n: f"| c{n} | text | no |\n"))


def _rules(body: str) -> str:
    opening = "service cloud.firestore { match /databases/{d}/documents {\n"
    return f"rules_version = '2';\n{opening}{body}\n}} }}\n"


def _zod(body: str) -> str:
    return f"import {{ z }} from 'zod';\nexport const UserSchema = {body};\n"


def _configured(text: Callable[[int], str]) -> Callable[[int], Mapping[str, str]]:
    return lambda size: {"ctb.toml": text(size)}


def _waiver(n: int) -> str:
    return (
        f'[[waiver]]\nrule = "missing-primary-key"\ntable = "*a*{n}*"\nowner = "o"\n'
        'reason = "r"\nuntil = "2031-01-01"\n'
    )


INPUTS: dict[str, Input] = {
    "columns of a table": Input(
        "a.sql", 100_000, lambda n: _table([f"c{i} text" for i in range(n)])
    ),
    "checks of a table": Input(
        "a.sql", 10_000, lambda n: _table([f"CHECK (id > {i})" for i in range(n)])
    ),
    "unique keys of a table": Input(
        "a.sql", 2_000, lambda n: _table([f"c{i} int UNIQUE" for i in range(n)])
    ),
    "actions of an ALTER": Input(
        "a.sql",
        20_000,
        lambda n: (
            USERS
            + "ALTER TABLE users "
            + ", ".join(f"ADD COLUMN c{i} int" for i in range(n))
            + ";\n"
        ),
    ),
    "ALTERs of a table": Input(
        "a.sql",
        20_000,
        lambda n: USERS + _lines(n, lambda i: f"ALTER TABLE users ADD COLUMN c{i} int;\n"),
    ),
    "indexes of a table": Input(
        "a.sql",
        10_000,
        lambda n: USERS + _lines(n, lambda i: f"CREATE INDEX i{i} ON users (id);\n"),
    ),
    "renames of a table": Input(
        "a.sql",
        20_000,
        lambda n: (
            "CREATE TABLE t0 (a int);\n"
            + _lines(n, lambda i: f"ALTER TABLE t{i} RENAME TO t{i + 1};\n")
        ),
    ),
    "tables": Input(
        "a.sql", 10_000, lambda n: _lines(n, lambda i: f"CREATE TABLE t{i} (id int PRIMARY KEY);\n")
    ),
    "tables in a chain of keys": Input(
        "a.sql",
        5_000,
        lambda n: (
            "CREATE TABLE t0 (id int PRIMARY KEY);\n"
            + _lines(n, lambda i: f"CREATE TABLE t{i + 1} (id int PRIMARY KEY REFERENCES t{i});\n")
        ),
    ),
    "tables that inherit": Input(
        "a.sql",
        1_000,
        lambda n: (
            "CREATE TABLE t0 (id int);\n"
            + _lines(n, lambda i: f"CREATE TABLE t{i + 1} () INHERITS (t{i});\n")
        ),
    ),
    "views of views": Input(
        "a.sql",
        2_000,
        lambda n: (
            "CREATE TABLE v0 (id int);\n"
            + _lines(n, lambda i: f"CREATE VIEW v{i + 1} AS SELECT * FROM v{i};\n")
        ),
    ),
    "partitions": Input(
        "a.sql",
        5_000,
        lambda n: (
            "CREATE TABLE p (id int) PARTITION BY LIST (id);\n"
            + _lines(n, lambda i: f"CREATE TABLE p{i} PARTITION OF p FOR VALUES IN ({i});\n")
        ),
    ),
    "values of an enum": Input(
        "a.sql",
        100_000,
        lambda n: (
            "CREATE TYPE e AS ENUM ("
            + ", ".join(f"'{i}'" for i in range(n))
            + ");\nCREATE TABLE t (a e);\n"
        ),
    ),
    "parentheses": Input(
        "a.sql", 10_000, lambda n: f"{USERS}CREATE VIEW v AS SELECT {'(' * n}1{')' * n};\n"
    ),
    "open parentheses": Input("a.sql", 1_000_000, lambda n: USERS + "CREATE TABLE t " + "(" * n),
    "operators in a check": Input(
        "a.sql", 100_000, lambda n: _table([f"CHECK (id > {' + '.join('1' * n)})"])
    ),
    "conditions in a check": Input(
        "a.sql", 20_000, lambda n: _table([f"CHECK ({' AND '.join(['id > 1'] * n)})"])
    ),
    "characters of a name": Input(
        "a.sql", 1_000_000, lambda n: f"CREATE TABLE {'a' * n} (b int);\n"
    ),
    "characters of a quoted name": Input(
        "a.sql", 1_000_000, lambda n: f'CREATE TABLE "{"é" * n}" (b int);\n'
    ),
    "characters of a string": Input(
        "a.sql", 1_000_000, lambda n: _table([f"c text DEFAULT '{'x' * n}'"])
    ),
    "characters of a comment": Input("a.sql", 1_000_000, lambda n: f"/*{'x' * n}*/{USERS}"),
    "nested comments": Input("a.sql", 1_000_000, lambda n: "/*" * n + "*/" * n + USERS),
    "characters of a function": Input(
        "a.sql",
        1_000_000,
        lambda n: (
            f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n"
            f"{'NEW.a := 1;' * (n // 11)} RETURN NEW; END $$;\n{USERS}"
            "CREATE TRIGGER g BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();\n"
        ),
    ),
    "IFs in one another": Input(
        "a.sql",
        2_000,
        lambda n: (
            f"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"{'IF NEW.id > 1 THEN ' * n} NEW.id := 1; {'END IF;' * n} RETURN NEW; END $$;\n{USERS}"
            "CREATE TRIGGER g BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();\n"
        ),
    ),
    "IFs after one another": Input(
        "a.sql",
        2_000,
        lambda n: (
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            + "IF NEW.id > 1 THEN NEW.id := 1; END IF;" * n
            + f" RETURN NEW; END $$;\n{USERS}"
            "CREATE TRIGGER g BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();\n"
        ),
    ),
    "statements of one character": Input("a.sql", 100_000, lambda n: USERS + "a;" * n),
    "empty statements": Input("a.sql", 1_000_000, lambda n: USERS + ";" * n),
    "quotes": Input("a.sql", 1_000_000, lambda n: USERS + "SELECT '" + "a''" * n),
    "dollar quotes": Input(
        "a.sql", 200_000, lambda n: USERS + "".join(f"$a{i}$ " for i in range(n))
    ),
    "annotations": Input("a.sql", 20_000, lambda n: "-- ctb: orbt=1\n" * n + USERS),
    "repeats in a pattern": Input(
        "a.sql", 6, lambda n: _table([f"email text CHECK (email ~ '^{'(' * n}a{'){200}' * n}$')"])
    ),
    "headings": Input("a.md", 20_000, lambda n: _document(_lines(n, lambda i: f"### T{i}\n\n"))),
    "tables of a document": Input(
        "a.md",
        2_000,
        lambda n: (
            "# Schema Reference\n"
            + _lines(
                n, lambda i: f"## users{i}\n\n**Table ID**: BART-SHQ-T-V1\n\n```sql\n{USERS}```\n\n"
            )
        ),
    ),
    "rows of a Markdown table": Input("a.md", 20_000, _markdown_table),
    "cells of a Markdown row": Input(
        "a.md", 20_000, lambda n: _document("|a" * n + "|\n" + "|-" * n + "|\n" + "|b" * n + "|\n")
    ),
    "quotes in one another in Markdown": Input("a.md", 20_000, lambda n: _document(">" * n + "a")),
    "lists in one another in Markdown": Input(
        "a.md", 2_000, lambda n: _document(_lines(n, lambda i: f"{'  ' * i}- a\n"))
    ),
    "brackets in Markdown": Input("a.md", 100_000, lambda n: _document("[" * n)),
    "emphasis in Markdown": Input("a.md", 50_000, lambda n: _document("*a **b " * n)),
    "backticks in Markdown": Input(
        "a.md", 2_000, lambda n: _document(" ".join("`" * i for i in range(1, n)))
    ),
    "HTML in Markdown": Input("a.md", 100_000, lambda n: _document("<div>" * n)),
    "open HTML comments in Markdown": Input("a.md", 100_000, lambda n: _document("a <!-- " * n)),
    "sentences about columns": Input(
        "a.md", 5_000, lambda n: _document(_lines(n, lambda i: f"- status{i}: 'a', 'b'\n"))
    ),
    "objects in one another in TypeScript": Input(
        "a.ts", 5_000, lambda n: f"export interface Users {{ a: {'{ a: ' * n}string{'}' * n} }}\n"
    ),
    "members of a TypeScript union": Input(
        "a.ts",
        20_000,
        lambda n: "export interface Users { a: " + " | ".join(f"'{i}'" for i in range(n)) + " }\n",
    ),
    "fields of a TypeScript type": Input(
        "a.ts",
        20_000,
        lambda n: "export interface Users {" + _lines(n, lambda i: f"a{i}: string;\n") + "}\n",
    ),
    "TypeScript aliases in a chain": Input(
        "a.ts",
        5_000,
        lambda n: (
            _lines(n, lambda i: f"type T{i} = T{i + 1};\n")
            + f"type T{n} = string;\nexport interface Users {{ a: T0 }}\n"
        ),
    ),
    "TypeScript types that double": Input(
        "a.ts",
        40,
        lambda n: (
            _lines(n, lambda i: f"type T{i} = {{ a: T{i + 1}; b: T{i + 1} }};\n")
            + f"type T{n} = string;\nexport interface Users {{ a: T0 }}\n"
        ),
    ),
    "methods of a zod schema": Input(
        "a.ts", 5_000, lambda n: _zod(f"z.object({{ a: z.string(){'.optional()' * n} }})")
    ),
    "zod schemas in one another": Input(
        "a.ts", 2_000, lambda n: _zod(f"{'z.object({ a: ' * n}z.string(){'})' * n}")
    ),
    "zod schemas that double": Input(
        "a.ts",
        40,
        lambda n: (
            _zod("z.object({ a: S0 })")
            + _lines(n, lambda i: f"const S{i} = z.object({{ a: S{i + 1}, b: S{i + 1} }});\n")
            + f"const S{n} = z.string();\n"
        ),
    ),
    "matches in one another": Input(
        "a.rules", 5_000, lambda n: _rules("match /a/{b} {" * n + "}" * n)
    ),
    "matches of rules": Input(
        "a.rules",
        5_000,
        lambda n: _rules(
            _lines(n, lambda i: f"match /c{i}/{{d}} {{ allow read: if request.auth != null; }}\n")
        ),
    ),
    "conditions of a rule": Input(
        "a.rules",
        10_000,
        lambda n: _rules(f"match /a/{{b}} {{ allow read: if {' && '.join('a' * n)}; }}"),
    ),
    "alternatives of a rule": Input(
        "a.rules",
        200,
        lambda n: _rules(
            "match /a/{b} { allow read: if " + " && ".join(["(a == 1 || b == 2)"] * n) + "; }"
        ),
    ),
    "parentheses of a rule": Input(
        "a.rules",
        10_000,
        lambda n: _rules(f"match /a/{{b}} {{ allow read: if {'(' * n}a{')' * n}; }}"),
    ),
    "functions of rules that call two": Input(
        "a.rules",
        40,
        lambda n: _rules(
            _lines(n, lambda i: f"function f{i}() {{ return f{i + 1}() && f{i + 1}(); }}\n")
            + f"function f{n}() {{ return true; }}\nmatch /a/{{b}} {{ allow read: if f0(); }}"
        ),
    ),
    "tables of a snapshot": Input("a.json", 10_000, _snapshot),
    "lists in one another in JSON": Input("a.json", 100_000, lambda n: "[" * n + "]" * n),
    "lists in one another in TOML": Input(
        "a.sql", 10_000, lambda n: USERS, _configured(lambda n: f"exclude = {'[' * n}{']' * n}\n")
    ),
    "keys in one another in TOML": Input(
        "a.sql", 10_000, lambda n: USERS, _configured(lambda n: f"{'.'.join('a' * n)} = 1\n")
    ),
    "waivers": Input(
        "a.sql",
        5_000,
        lambda n: _lines(100, lambda i: f"CREATE TABLE a{i} (b int);\n"),
        _configured(lambda n: _lines(n, _waiver)),
    ),
    "stars of a waiver's pattern": Input(
        "a.sql",
        30,
        lambda n: f"CREATE TABLE {'a' * 60} (b int);\n",
        _configured(lambda n: _waiver(0).replace("*a*0*", "*a" * n + "b")),
    ),
    "stars of an excluded path": Input(
        "a.sql",
        30,
        lambda n: USERS,
        lambda n: {"ctb.toml": f'exclude = ["{"*a" * n}b"]\n', f"{'a' * 200}.sql": USERS},
    ),
    "stars in .gitignore": Input(
        "a.sql",
        30,
        lambda n: USERS,
        lambda n: {".gitignore": "*a" * n + "b\n", f"{'a' * 200}.sql": USERS},
    ),
    "alternatives of a format": Input(
        "a.md",
        60,
        lambda n: _document(f"**Table ID**: {'A' * n}!\n\n```sql\n{USERS}```"),
        lambda n: {
            "ctb.toml": 'standard = "own.toml"\n',
            "own.toml": 'title = "t"\nextends = "ctb-1.0"\n[table_ids]\n'
            "postgresql = '^(A|A|AA)+$'\n",
        },
    ),
}
