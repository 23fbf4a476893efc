"""What a process that ends soon leaves to its end."""

import gc
import subprocess
import sys

from ctb_audit.collector import collector_paused


def test_nothing_is_kept_in_a_process_that_goes_on() -> None:
    """A service would grow: only `ctb audit`, which ends, leaves its values to the exit."""
    code = (
        "import weakref\n"
        "from ctb_audit.collector import leave_to_exit, until_exit\n"
        "class Large: pass\n"
        "first, second = Large(), Large()\n"
        "held = [weakref.ref(first), weakref.ref(second)]\n"
        "until_exit(first)\n"
        "del first\n"
        "leave_to_exit()\n"
        "until_exit(second)\n"
        "del second\n"
        "print([ref() is None for ref in held])\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[True, False]\n"


def test_the_collector_stands_still_inside_and_goes_on_behind() -> None:
    assert gc.isenabled()
    with collector_paused():
        assert not gc.isenabled()
        with collector_paused():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()
