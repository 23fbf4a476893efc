"""Stand-ins for modules are the modules as soon as anything else is asked of them."""

import gettext
import importlib
import inspect
import platform
import re
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from ctb_audit.cli.postponed import KNOWN, cleandoc

TEXTS = (
    "",
    "one line",
    "  one line, indented  ",
    "first\n    second\n      third\n    fourth",
    "\n\n    first\n\n    second\n\n",
    "first\n\tsecond\n\t    third",
    "first\n \n  \n    last",
    "\n",
    "a\n b\nc",
    "  \n   x\n  ",
)


def in_a_new_process(code: str) -> str:
    begun = "from ctb_audit.cli.postponed import postpone\npostpone()\n"
    script = begun + textwrap.dedent(code)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("text", TEXTS)
def test_help_texts_are_cleaned_as_by_inspect(text: str) -> None:
    assert cleandoc(text) == inspect.cleandoc(text)


def test_flags_names_and_texts_are_the_modules_own() -> None:
    flags = {name: value for name, value in KNOWN["inspect"].items() if name.startswith("CO_")}
    assert flags == {name: getattr(inspect, name) for name in flags}
    assert KNOWN["threading"]["local"] is threading.local
    numbers = {n: v for n, v in KNOWN["signal"].items() if n.startswith("SIG")}
    assert len(numbers) >= 2 and numbers == {n: getattr(signal, n) for n in numbers}
    for n in range(4):
        asked = ("one table", "some tables", n)
        assert KNOWN["gettext"]["ngettext"](*asked) == gettext.ngettext(*asked)
    assert KNOWN["gettext"]["gettext"]("Usage:") == gettext.gettext("Usage:")
    if sys.platform != "win32":
        assert KNOWN["platform"]["system"]() == platform.system()


def test_quoting_loads_the_module() -> None:
    code = """
    import sys
    from pathlib import Path
    print(type(sys.modules["urllib.parse"]).__name__)
    print(Path("/a b/\u00e9").as_uri())
    print(type(sys.modules["urllib.parse"]).__name__)
    from urllib.parse import quote_from_bytes, urlsplit
    print(urlsplit("http://a/b").path, quote_from_bytes(b"/a b"))
    """
    before, quoted, after, split = in_a_new_process(code).splitlines()
    assert quoted == "file:///a%20b/%C3%A9" and split == "/b /a%20b"
    assert after == "module" and before in ("module", "_StandIn")


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("inspect", "signature"),
        ("gettext", "dgettext"),
        ("platform", "node"),
        ("signal", "valid_signals"),
        ("threading", "Thread"),
        ("urllib.parse", "quote"),
    ],
)
@pytest.mark.parametrize(
    "way",
    [
        "import {0}; found = {0}.{1}",
        "from {0} import {1} as found",
        "from {0} import *; found = {1}",
        "found = getattr(module, {1!r})",
    ],
)
def test_a_stand_in_becomes_the_module(name: str, asked: str, way: str) -> None:
    module = importlib.import_module(name)
    code = f"import sys\nmodule = sys.modules[{name!r}]\n{way.format(name, asked)}\n"
    code += f"assert sys.modules[{name!r}] is module and module.{asked} is found\n"
    code += "print(type(module).__name__, module.__file__, module.__spec__.name, found.__module__)"
    assert in_a_new_process(code) == f"module {module.__file__} {name} {name}\n"


def test_what_the_module_lacks_is_an_error_of_its_kind() -> None:
    code = """
    import inspect, sys
    try:
        inspect.no_such_name
    except AttributeError as error:
        print(error)
    try:
        from platform import no_such_name
    except ImportError:
        print("no import")
    assert not hasattr(inspect, "__path__")
    """
    assert in_a_new_process(code) == "module 'inspect' has no attribute 'no_such_name'\nno import\n"


def test_threads_wait_for_the_one_that_loads() -> None:
    code = """
    import inspect, threading
    found, ready = [], threading.Barrier(8)
    def ask():
        ready.wait()
        found.append(inspect.signature is not None and inspect.getsource is not None)
    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    print(found)
    """
    assert in_a_new_process(code) == f"{[True] * 8}\n"


@pytest.mark.parametrize("name", KNOWN)
def test_whoever_lists_the_names_sees_all(name: str) -> None:
    expected = {n for n in dir(importlib.import_module(name)) if not n.startswith("__")}
    code = f"import {name}, sys; print(*dir(sys.modules[{name!r}]))"
    assert expected <= set(in_a_new_process(code).split())


def test_what_is_loaded_stays() -> None:
    code = "import inspect, sys; inspect.signature; postpone(); print(type(inspect).__name__)"
    assert in_a_new_process(code) == "module\n"


def test_no_audit_needs_them(tmp_path: Path) -> None:
    (tmp_path / "one.sql").write_text("CREATE TABLE users (id serial PRIMARY KEY, email text);\n")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "ctb_audit.cli", "audit", "--no-log", "one.sql"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1 and "users" in done.stdout
    loaded = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.M))
    assert "click" in loaded
    assert loaded.isdisjoint({"gettext", "platform", "signal", "threading", "urllib.parse"})
    if sys.version_info < (3, 14):  # where `lean` hands classes on to the standard decorator
        assert loaded.isdisjoint({"inspect", "dis", "ast"})


def test_handlers_set_by_the_stand_in_are_those_of_the_module() -> None:
    code = """
    import signal
    def own(number, frame): print("asked", number)
    before = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, own)
    assert signal.strsignal(signal.SIGINT) and signal.getsignal(signal.SIGINT) is own
    signal.raise_signal(signal.SIGINT)
    signal.signal(signal.SIGINT, before)
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    """
    assert in_a_new_process(code) == "asked 2\nTrue\n"
