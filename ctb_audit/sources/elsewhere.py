"""Where tools keep a schema that is not read, and how to get SQL of it."""

from pathlib import Path, PurePosixPath

from ctb_audit.errors import CtbError
from ctb_audit.sources.files import discover

_DRIZZLE = "Drizzle's models ({path}) are not read; audit what drizzle-kit export prints"
_KNEX = "Knex's migrations ({path}) are not read; audit a dump of the database"
_KEPT = {
    "schema.rb": "Rails' {path} is not read; set config.active_record.schema_format = :sql and "
    "audit db/structure.sql",
    "schema.prisma": "Prisma's {path} is not read; name the SQL of its migrations, or what "
    "prisma migrate diff --script prints",
    **dict.fromkeys(("drizzle.config.ts", "drizzle.config.js"), _DRIZZLE),
    "alembic.ini": "Alembic's Python ({path}) is not read; audit what alembic upgrade head --sql "
    "prints",
    "manage.py": "Django's models ({path}) are not read; audit a dump of the database",
    "ormconfig.json": "TypeORM's entities ({path}) are not read; audit a dump of the database",
    **dict.fromkeys(("knexfile.ts", "knexfile.js"), _KNEX),
}
_LIVE = ", or the database itself: ctb audit env:DATABASE_URL"


def step_towards_sql(folder: Path) -> str:
    """The next step where the folder keeps its schema in what is not read, "" where it does not."""
    try:
        found = discover(folder, folder, wanted=_KEPT.__contains__).files
    except CtbError:
        return ""
    if not found:
        return ""
    nearest = min(found, key=lambda path: path.count("/"))
    return _KEPT[PurePosixPath(nearest).name].format(path=nearest) + _LIVE
