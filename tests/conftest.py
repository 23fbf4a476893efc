"""Ctrl-C works in every test, also where the run was started in a background that ignores it, and
no test reads or writes what audits of this user have kept.
"""

import os
import signal
import tempfile
from collections.abc import Iterator

import pytest

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def own_cache() -> Iterator[None]:
    """Scripts are kept in a folder of this run: commands in processes of their own inherit it."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("CTB_CACHE", os.path.join(folder, "ctb"))
        yield
