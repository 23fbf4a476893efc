from collections.abc import Callable, Iterator

import psycopg
import pytest

from ctb_audit.model import Catalog
from ctb_audit.scratch import ScratchServer, available_binaries
from ctb_audit.sources.postgres import read_live

Read = Callable[[str], Catalog]


@pytest.fixture(scope="session", params=available_binaries(), ids=lambda b: f"{b.origin}-{b.major}")
def server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    with ScratchServer(request.param) as running:
        yield running


@pytest.fixture
def read(server: ScratchServer) -> Iterator[Read]:
    """Loads DDL into a new database of each server and reads it back."""
    with server.database() as url:

        def loaded(ddl: str) -> Catalog:
            with psycopg.connect(url, autocommit=True) as session:
                session.execute(ddl.encode())
            return read_live(url)

        yield loaded
