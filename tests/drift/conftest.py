import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctb_audit.scratch import ScratchServer, available_binaries

sys.path.insert(0, str(Path(__file__).parents[2]))  # for the seeded changes beside these tests


@pytest.fixture(scope="session")
def server() -> Iterator[ScratchServer]:
    with ScratchServer(available_binaries()[0]) as running:
        yield running
