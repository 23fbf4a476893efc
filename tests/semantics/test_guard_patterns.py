"""Every pattern of guarding a column: our verdict, and what a server lets in."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import psycopg
import pytest

from ctb_audit.scratch import ScratchServer


def _patterns() -> ModuleType:
    path = Path(__file__).with_name("guard_patterns.py")
    spec = importlib.util.spec_from_file_location("guard_patterns", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


patterns = _patterns()


@pytest.fixture(scope="module")
def session() -> Iterator[psycopg.Connection]:
    with (
        ScratchServer() as server,
        server.database() as url,
        psycopg.connect(url) as opened,
    ):
        yield opened


def test_the_server_agrees_with_every_verdict(session: psycopg.Connection) -> None:
    disagreed = []
    for pattern in patterns.PATTERNS:
        ours, theirs = patterns.verdict(pattern), patterns.server_says(session, pattern)
        if ours not in ("unknown", theirs):
            disagreed.append((pattern.question, pattern.title, ours, theirs))
    assert disagreed == []


def test_few_patterns_are_unknown() -> None:
    unknown = [p.title for p in patterns.PATTERNS if patterns.verdict(p) == "unknown"]
    assert len(unknown) <= 4, unknown
