from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from ctb_audit.audit import AuditSettings
from ctb_audit.config import config_from_text
from ctb_audit.model import Catalog
from ctb_audit.remedy.change import Plan
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.prove import Case, Proof, newest_server, prove
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay

SETTINGS = AuditSettings(today=date(2026, 11, 22))
VALUES = {"orbt_layer": "2", "blueprint_version": "1.0"}


@dataclass(frozen=True)
class Remedied:
    """A schema, its plan, and the means to prove it."""

    case: Case
    server: ScratchServer

    @property
    def plan(self) -> Plan:
        return self.case.plan

    def proof(self, **values: object) -> Proof:
        return prove(self.server, replace(self.case, **values))  # type: ignore[arg-type]


Remedy = Callable[..., Remedied]


def catalog_of(sql: str) -> Catalog:
    script = read_script(sql, "schema.sql", "postgresql")
    return replay([script], mode="lenient", source="schema.sql")


@pytest.fixture(scope="session")
def server() -> Iterator[ScratchServer]:
    with newest_server() as running:
        yield running


@pytest.fixture
def remedied(server: ScratchServer) -> Remedy:
    def make(
        sql: str, config: str = "", values: Mapping[str, str] = VALUES, rows: int = 60
    ) -> Remedied:
        catalogs = (catalog_of(sql),)
        configured = config_from_text(config, Path.cwd())
        plan = plan_remedies(catalogs, configured, SETTINGS, Wanted(values=values, unasked=True))
        return Remedied(Case(catalogs, configured, SETTINGS, plan, rows=rows), server)

    return make


@pytest.fixture
def session(server: ScratchServer) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with server.database() as url, psycopg.connect(url, autocommit=True) as opened:
        yield opened
