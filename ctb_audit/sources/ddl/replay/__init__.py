"""Folds operations into a Catalog as the PostgreSQL server would (DESIGN: replay).

    replay(scripts, mode="server") -> Catalog
    state = Replay(mode="lenient"); state.apply(script); ...; state.catalog()

`server`: a statement that the server would reject has no effect and is a Problem "rejected" with
the reason; inside a transaction block it aborts the block. `lenient`: statements on tables that
nothing defines are problems too, but foreign keys to unknown tables and columns of unknown types
stay, unknown schemas come into being, and the rest of a refused statement counts.
A second object of one name is a Problem "duplicate-object-name" in both; the first one stays.
Problems never concern temporary tables. Grants: see `replay.privileges`. Names, merged constraints
and the order of effects are those of PostgreSQL 15 to 17; `server_version` decides what ALL holds.
"""

from ctb_audit.sources.ddl.replay.fold import Include, Replay, replay

__all__ = ["Include", "Replay", "replay"]
