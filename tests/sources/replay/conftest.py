from collections.abc import Callable

import pytest

from ctb_audit.model import Catalog
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.ddl.replay import replay
from ctb_audit.sources.ddl.replay.state import Mode


def _folded(mode: Mode) -> Callable[..., Catalog]:
    def run(*texts: str) -> Catalog:
        scripts = [read_script(text, f"{at}.sql", "postgresql") for at, text in enumerate(texts)]
        return replay(scripts, mode=mode)

    return run


@pytest.fixture
def server() -> Callable[..., Catalog]:
    """SQL texts, each a file, to the catalog that a server would hold."""
    return _folded("server")


@pytest.fixture
def lenient() -> Callable[..., Catalog]:
    return _folded("lenient")
