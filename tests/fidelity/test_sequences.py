"""Any sequence of statements leaves the model and the server alike, refused ones included."""

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings

from ctb_audit.compare import compare
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.postgres import read_live
from tests.fidelity.sequences import sequences


@pytest.fixture(scope="module")
def session(server: ScratchServer) -> Iterator[tuple[ScratchServer, str]]:
    with server.database() as url:
        yield server, url


def run(url: str, text: str) -> None:
    """As psql does: one statement after the other, an error ends none but its own block."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        for statement in text.split(";\n"):
            try:
                connection.execute(statement.encode())
            except psycopg.Error:
                continue
        connection.execute("ROLLBACK")  # as a server does where a session ends in a block


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(text=sequences)
def test_the_model_follows_the_server(session: tuple[ScratchServer, str], text: str) -> None:
    server, url = session
    run(url, text)
    live = read_live(url)
    script = read_script(text, "schema.sql", "postgresql")
    model = replay([script], mode="server", server_version=server.version[0], user="postgres")
    differences = [
        c
        for c in compare(model, live)
        if c.kind != "undecided"
        and not c.minor
        and c.attribute not in ("owner", "grants")
        and c.object_kind != "schema"
    ]
    assert differences == [], text
