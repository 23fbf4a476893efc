"""A folder whose schema is kept in what is not read is told how to get SQL of it."""

from pathlib import Path

import pytest

from ctb_audit.errors import EmptySourceError
from ctb_audit.sources.load import LoadOptions, load


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("db/schema.rb", "schema_format = :sql"),
        ("prisma/schema.prisma", "prisma migrate diff"),
        ("drizzle.config.ts", "drizzle-kit export"),
        ("api/alembic.ini", "alembic upgrade head --sql"),
        ("site/manage.py", "a dump of the database"),
    ],
)
def test_the_next_step_is_named(tmp_path: Path, path: str, words: str) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text("x")
    with pytest.raises(EmptySourceError, match="ctb audit env:DATABASE_URL") as caught:
        load([str(tmp_path)], LoadOptions(root=tmp_path))
    assert words in caught.value.step
    assert path in caught.value.step


def test_the_nearest_counts_and_installed_packages_do_not(tmp_path: Path) -> None:
    for path in ("a/b/manage.py", "alembic.ini", "node_modules/x/schema.prisma"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    with pytest.raises(EmptySourceError, match=r"alembic\.ini"):
        load([str(tmp_path)], LoadOptions(root=tmp_path))
