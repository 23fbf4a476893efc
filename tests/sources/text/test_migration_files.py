"""Versions of migrations that are no SQL, read without running them."""

from pathlib import Path

from ctb_audit.sources.migration_files import migration_files

ALEMBIC = '''"""add users"""
import os
os.remove("canary")
revision: str = "bbb"
down_revision = ("aaa", "aab")
'''


def written(root: Path, **files: str) -> None:
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_py", ".py").replace("_rb", ".rb")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def test_rails_and_alembic(tmp_path: Path) -> None:
    written(
        tmp_path,
        db__migrate__20250101_rb="class A; end",
        db__seeds_rb="",
        alembic__versions__b_py=ALEMBIC,
        alembic__versions__helper_py="x = 1",
        alembic__env_py=ALEMBIC,
        alembic__versions__broken_py="down_revision = (",
    )
    (tmp_path / "canary").touch()
    found = {f.path: (f.chain, f.version, f.after) for f in migration_files(tmp_path, tmp_path, ())}
    assert found == {
        "db/migrate/20250101.rb": ("db/migrate", "", ()),
        "alembic/versions/b.py": ("alembic/versions", "bbb", ("aaa", "aab")),
    }
    assert (tmp_path / "canary").exists()


def test_a_first_revision_and_excluded_folders(tmp_path: Path) -> None:
    first = 'revision = "aaa"\ndown_revision = None\n'
    computed = 'revision = "ccc" + str(1)\ndown_revision = None\n'
    written(tmp_path, versions__a_py=first, versions__c_py=computed, old__versions__a_py=first)
    found = migration_files(tmp_path, tmp_path, ("old",))
    assert [(f.path, f.version, f.after) for f in found] == [("versions/a.py", "aaa", ())]
