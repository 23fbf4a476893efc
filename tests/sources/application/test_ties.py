"""Which type describes which collection, and which model which table."""

from pathlib import Path

import pytest

from ctb_audit.errors import EmptySourceError
from ctb_audit.model import Catalog
from ctb_audit.sources.load import LoadOptions, load, load_all

USERS = "CREATE TABLE users (id integer PRIMARY KEY); CREATE TABLE orders (id integer PRIMARY KEY);"
RULES = """service cloud.firestore {
  match /databases/{d}/documents { match /users_sessions/{id} { allow read: if false; } }
}"""
SESSION = "export interface UserSession { id: string }\n"
MODEL = "import { z } from 'zod';\nexport const UserSchema = z.object({ id: z.number() });\n"


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def read(folder: Path, **options: dict[str, str]) -> tuple[Catalog, ...]:
    return load([str(folder)], LoadOptions(root=folder, **options))  # type: ignore[arg-type]


def collections(catalogs: tuple[Catalog, ...]) -> list[str]:
    return [t.name for c in catalogs for t in c.tables if t.system == "firestore"]


def models(catalogs: tuple[Catalog, ...]) -> list[tuple[str, str]]:
    return [(m.name, str(m.table)) for c in catalogs for m in c.models]


def test_a_type_is_named_after_a_collection_of_the_rules(tmp_path: Path) -> None:
    write(tmp_path, firestore_dot_rules=RULES, src__session_dot_ts=SESSION)
    assert collections(read(tmp_path)) == ["users_sessions"]


def test_a_folder_says_that_a_file_describes_documents(tmp_path: Path) -> None:
    write(tmp_path, firestore__schemas__notes_dot_ts="export interface Entry { id: string }")
    write(tmp_path, src__form_dot_ts="export interface Form { id: string }")
    assert collections(read(tmp_path)) == ["notes"]


def test_the_code_says_what_a_collection_holds(tmp_path: Path) -> None:
    code = (
        "interface Row { a: string }\nconst x = collection(db, 'logs') as CollectionReference<Row>;"
    )
    write(tmp_path, src__db_dot_ts=code)
    assert collections(read(tmp_path)) == ["logs"]


def test_the_configuration_comes_first(tmp_path: Path) -> None:
    both = SESSION + "export interface Other { b: number }\n"
    write(tmp_path, firestore_dot_rules=RULES, src__session_dot_ts=both)
    ties = {"src/session.ts#Other": "users_sessions"}
    (catalog,) = read(tmp_path, documents=ties)
    assert [c.name for c in catalog.tables[0].columns] == ["b"]


def test_of_several_that_fit_by_name_none_is_taken(tmp_path: Path) -> None:
    write(tmp_path, firestore_dot_rules=RULES, a_dot_ts=SESSION, b_dot_ts=SESSION)
    loaded = load_all([str(tmp_path)], LoadOptions(root=tmp_path))
    assert collections(loaded.catalogs) == []
    assert [s.path for s in loaded.skipped] == ["a.ts, b.ts"]


def test_models_are_tied_by_name_file_and_configuration(tmp_path: Path) -> None:
    write(tmp_path, db_dot_sql=USERS, models__user_dot_ts=MODEL)
    alone = "import { z } from 'zod'; export const Shape = z.object({ id: z.number() });"
    write(tmp_path, models__order_dot_ts=alone, models__else_dot_ts=alone)
    tied = [("Shape", "public.orders"), ("UserSchema", "public.users")]
    assert sorted(models(read(tmp_path))) == tied
    configured = {"models/else.ts": "orders"}
    assert len(models(read(tmp_path, models=configured))) == 3


def test_the_reference_names_the_files(tmp_path: Path) -> None:
    document = """## Neon PostgreSQL

### users

**Barton ID**: `BART-SHQ-USERS-V1`

**Source Files**:
- Model: `models/person.ts`
"""
    write(tmp_path, db_dot_sql=USERS, SCHEMA_dot_md=document)
    write(tmp_path, models__person_dot_ts=MODEL.replace("UserSchema", "Person"))
    assert models(read(tmp_path)) == [("Person", "public.users")]


def test_rules_of_other_tools_and_tests_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, db_dot_sql=USERS, udev_dot_rules="KERNEL==x", a_dot_test_dot_ts=MODEL)
    storage = "service firebase.storage { match /b/{b}/o { } }"
    write(tmp_path, storage_dot_rules=storage)
    loaded = load_all([str(tmp_path)], LoadOptions(root=tmp_path))
    assert [c.surface for c in loaded.catalogs] == ["ddl"] and models(loaded.catalogs) == []
    assert sorted(s.path for s in loaded.skipped) == ["storage.rules", "udev.rules"]


def test_a_named_file_that_declares_nothing_is_an_error(tmp_path: Path) -> None:
    file = write(tmp_path, a_dot_ts="const a = 1;") / "a.ts"
    with pytest.raises(EmptySourceError, match="nothing to audit"):
        load([str(file)], LoadOptions(root=tmp_path))
