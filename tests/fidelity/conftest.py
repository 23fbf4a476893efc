import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctb_audit.scratch import ScratchServer, available_binaries

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the comparison beside these tests


@pytest.fixture(scope="session", params=available_binaries(), ids=lambda b: f"{b.origin}-{b.major}")
def server(request: pytest.FixtureRequest) -> Iterator[ScratchServer]:
    with ScratchServer(request.param) as running:
        yield running
