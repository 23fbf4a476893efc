"""`ctb tag` writes `-- ctb:` annotations above CREATE TABLE, and the audit reads them."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ctb_audit.log import open_log

Ctb = Callable[..., tuple[int, str, str]]
ANNOTATIONS = ("tag", "--only", "annotations", "--no-log")
LINE = re.compile(rb"(?:^|(?<=\xef\xbb\xbf))[ \t]*-- ctb: (?!ignore)[^\r\n]*\r?\n", re.M)
CONFIGURATION = b"""
sources = ["db", "reference.md"]

[[table]]
name = "orders"
level = "RELAXED"
system_code = "SALES"
mode = "ORDER"

[[table]]
name = "fixed"
table_id = "BART-SHQ-FIXED-V7"
"""
REFERENCE = b"""# Schema Reference

### 1. `users`
**Barton ID**: `BART-SHQ-USERS-V1`
**Enforcement Level**: STRICT
**STAMPED Compliant**: Yes

```sql
CREATE TABLE users (id int primary key);
```
"""
USERS = (
    "-- é\nCREATE TABLE users (id int, note text DEFAULT 'CREATE TABLE no (a int);');\n".encode()
)
SCRIPT = b"""-- orders of the shop
  CREATE TABLE orders (id int);
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body$
BEGIN
  CREATE TABLE in_function (a int);
END $body$;
DO $$ BEGIN
CREATE TABLE in_block (a int);
END $$;
/* CREATE TABLE in_comment (a int); */
COPY orders (id) FROM stdin;
CREATE TABLE in_data (a int);
\\.
CREATE TABLE behind_data (id int);
CREATE TABLE one (id int); CREATE TABLE two (id int);
CREATE TABLE schema_migrations (version text);
CREATE TABLE dropped (a int);
DROP TABLE dropped;
-- ctb: ignore[missing-primary-key] owner=me until=2030-01-01 reason="few rows"
CREATE TABLE IF NOT EXISTS "We ird" (a int)"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    files = {
        "ctb.toml": CONFIGURATION,
        "reference.md": REFERENCE,
        "db/001_users.sql": USERS,
        "db/002_orders.sql": SCRIPT,
    }
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    return tmp_path


def declared(ctb: Ctb, *sources: str) -> dict[str, dict[str, object]]:
    """What the model holds of each table's annotations."""
    found = json.loads(ctb("inspect", *sources, "--format", "json")[1])
    catalogs = found if isinstance(found, list) else [found]
    return {
        table["name"]: {key: value for d in table["declarations"] for key, value in d.items()}
        for catalog in catalogs
        for table in catalog["tables"]
        if table.get("declarations")
    }


def test_configuration_and_reference_are_taken_and_the_rest_is_given_out(
    ctb: Ctb, project: Path
) -> None:
    assert ctb(*ANNOTATIONS)[0] == 0
    said = declared(ctb, "db")
    assert said["users"]["table_id"] == "BART-SHQ-USERS-V1"
    assert said["users"]["level"] == "STRICT"
    assert re.fullmatch(r"HEIR-\d{4}-\d{2}-DATA-USERS-01", str(said["users"]["heir_id"]))
    assert said["orders"]["level"] == "RELAXED"
    assert "-SALES-ORDER-01" in str(said["orders"]["heir_id"])
    assert said["We ird"]["table_id"] == "BART-SHQ-WE_IRD-V1"
    assert set(said) == {"users", "orders", "behind_data", "one", "We ird"}


def test_every_other_byte_stays_and_a_second_run_changes_nothing(ctb: Ctb, project: Path) -> None:
    ctb(*ANNOTATIONS)
    for name, before in (("db/001_users.sql", USERS), ("db/002_orders.sql", SCRIPT)):
        once = (project / name).read_bytes()
        assert once != before
        assert LINE.sub(b"", once) == before
    code, out, _ = ctb(*ANNOTATIONS, "--check")
    assert (code, out.split(",")[0]) == (0, "0 to change")
    assert ctb(*ANNOTATIONS)[1].startswith("0 changed")


def test_what_cannot_be_annotated_is_said_and_costs_no_id(ctb: Ctb, project: Path) -> None:
    out = ctb(*ANNOTATIONS, "--verbose")[1]
    assert "public.two gets no annotation: something stands before CREATE TABLE" in out
    assert "public.in_block gets no annotation: no CREATE TABLE of its own stands there" in out
    new = ctb("id", "new", "heir", "--system", "DATA", "--mode", "TWO")[1]
    assert new.endswith("-DATA-TWO-01\n")


@pytest.mark.parametrize(
    ("content", "indent", "end"),
    [
        (b"\xef\xbb\xbfCREATE TABLE t (a int);\r\nSELECT 1;\r\n", b"", b"\r\n"),
        (b"-- caf\xe9\n\tCREATE TABLE t (a text DEFAULT '\xe9')", b"\t", b"\n"),
        (b"CREATE TABLE t (a int)", b"", b"\n"),
    ],
)
def test_marks_encodings_and_line_ends_stay(
    ctb: Ctb, tmp_path: Path, content: bytes, indent: bytes, end: bytes
) -> None:
    path = tmp_path / "t.sql"
    path.write_bytes(content)
    ctb(*ANNOTATIONS)
    after = path.read_bytes()
    (line,) = LINE.findall(after)
    assert line.startswith(indent + b"-- ctb: table=BART-SHQ-T-V1 heir=HEIR-")
    assert line.endswith(end)
    assert LINE.sub(b"", after) == content


def test_what_a_person_wrote_stays_and_what_is_wrong_is_refreshed(ctb: Ctb, project: Path) -> None:
    path = project / "db/003_fixed.sql"
    path.write_bytes(
        b"-- ctb:  purpose='by hand'  heir=HEIR-2020-13-X-Y-01  enforcement=strict \n"
        b"CREATE TABLE fixed (a int);\n"
        b"-- ctb: orbt=2\n-- ctb: table=BART-SHQ-USERS-V1 status=Active\n"
        b"CREATE TABLE copied (a int);\n"
        b"-- ctb: enforcement=STRICT\nALTER TABLE copied ADD b int;\n"
    )
    out = ctb(*ANNOTATIONS)[1]
    assert "public.fixed, public.copied refreshed" in out
    lines = path.read_bytes().splitlines()
    fixed, orbt, copied = (line for line in lines[:4] if line.startswith(b"-- ctb:"))
    assert re.fullmatch(
        rb"-- ctb:  purpose='by hand'  heir=HEIR-\d{4}-\d{2}-DATA-FIXED-01  enforcement=strict"
        rb" table=BART-SHQ-FIXED-V7 ",
        fixed,
    )
    assert orbt == b"-- ctb: orbt=2"
    assert b"table=BART-SHQ-COPIED-V1 status=Active heir=HEIR-" in copied
    assert ctb(*ANNOTATIONS, "--check")[0] == 0


def test_a_level_of_the_configuration_overrides_and_others_are_the_audit_s_to_report(
    ctb: Ctb, project: Path
) -> None:
    path = project / "db/002_orders.sql"
    path.write_bytes(b"-- ctb: enforcement=STRICT\nCREATE TABLE orders (id int);\n")
    users = project / "db/001_users.sql"
    users.write_bytes(b"-- ctb: enforcement=NONE\nCREATE TABLE users (id int);\n")
    ctb(*ANNOTATIONS)
    assert path.read_bytes().startswith(b"-- ctb: enforcement=RELAXED table=")
    assert users.read_bytes().startswith(b"-- ctb: enforcement=NONE table=BART-SHQ-USERS-V1 ")
    assert "conflicting-level" in ctb("audit", "--no-log")[1]


def test_an_annotation_that_cannot_be_read_stops_annotations_not_headers(
    ctb: Ctb, project: Path
) -> None:
    path = project / "db/001_users.sql"
    path.write_bytes(b"-- ctb: tabel=x\nCREATE TABLE users (id int);\n")
    code, _, err = ctb("tag")
    assert code == 3
    assert "db/001_users.sql:1" in err
    assert "did you mean table?" in err
    assert path.read_bytes().startswith(b"-- CTB Metadata\n")
    assert b"-- ctb: tabel=x\n" in path.read_bytes()


def test_headers_and_annotations_are_written_at_once_and_logged(ctb: Ctb, project: Path) -> None:
    assert ctb("tag")[0] == 0
    text = (project / "db/001_users.sql").read_bytes()
    assert text.startswith(b"-- CTB Metadata\n")
    assert b"\n-- \xc3\xa9\n-- ctb: table=BART-SHQ-USERS-V1 " in text
    (row,) = open_log(root=project).entries()
    done = {entry["path"]: entry["detail"] for entry in row.actions["actions"]}
    assert done["db/001_users.sql"].endswith("; public.users annotated")
    assert row.actions["tagging"]["annotated"] == 5
    assert ctb("tag", "--check")[0] == 0


def test_the_score_does_not_suffer_and_ids_count_as_declared(ctb: Ctb, project: Path) -> None:
    def audit() -> tuple[int, set[str]]:
        found = json.loads(ctb("audit", "--no-log", "--format", "json")[1])
        return found["score"], {f["fingerprint"] for f in found["findings"]}

    score, findings = audit()
    ctb("tag")
    after, left = audit()
    assert after >= score
    assert left <= findings


@pytest.mark.parametrize(
    ("dialect", "type_"), [("sqlite", "int"), ("mysql", "int"), ("bigquery", "INT64")]
)
def test_other_systems(ctb: Ctb, tmp_path: Path, dialect: str, type_: str) -> None:
    """SQLite and MySQL have no table ids in the standard."""
    (tmp_path / "ctb.toml").write_text(f'[dialect]\n"db" = "{dialect}"\n')
    (tmp_path / "db").mkdir()
    (tmp_path / "db/t.sql").write_text(f"CREATE TABLE t (a {type_});\n")
    ctb(*ANNOTATIONS)
    line = (tmp_path / "db/t.sql").read_bytes().splitlines()[0]
    assert (b"table=BART-BQ-T-V1" in line) == (dialect == "bigquery")
    assert b"heir=HEIR-" in line
    assert ctb(*ANNOTATIONS, "--check")[0] == 0


def test_tables_of_one_name_in_two_schemas_get_names_of_their_own(ctb: Ctb, tmp_path: Path) -> None:
    (tmp_path / "t.sql").write_bytes(
        b"CREATE SCHEMA shop;\nCREATE TABLE shop.t (a int);\nCREATE TABLE t (a int);\n"
    )
    ctb(*ANNOTATIONS)
    assert {d["table_id"] for d in declared(ctb, "t.sql").values()} <= {
        "BART-SHQ-SHOP_T-V1",
        "BART-SHQ-PUBLIC_T-V1",
    }
    assert (tmp_path / "t.sql").read_bytes().count(b"-- ctb: table=BART-SHQ-") == 2
