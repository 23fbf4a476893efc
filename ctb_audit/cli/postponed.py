"""Modules of the standard library that are imported on the way of every command and used by
hardly one: stand-ins that become the module when something is asked of them (decision 18).

`click` cleans up help texts by `inspect`, keeps its context in a `local` of `threading` and looks
for translations of its messages, of which there are none; `pgparse` takes flags of code from
`inspect`, `uuid` asks `platform` for the system, `pathlib` takes the quoting of URLs along. What
they ask is here too, and so is what `interrupts` asks of `signal`; each answer is held to the
module's own by a test.
"""

import _signal  # type: ignore[import-not-found]  # that of which `signal` makes enumerations
import os
import sys
from _thread import RLock, _local
from importlib import import_module
from importlib.machinery import PathFinder
from types import ModuleType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_loading = RLock()


class _StandIn(ModuleType):
    """The module `__name__`, not yet executed; `_known` is what it answers all the same."""

    def __init__(self, name: str, known: "Mapping[str, Any]") -> None:
        super().__init__(name)
        self._known: Mapping[str, Any] | None = known

    def __getattr__(self, name: str) -> "Any":
        known = self._known or {}
        if name in known:
            return known[name]
        if not name.startswith("__") or name == "__all__":  # others are asked of any module
            _load(self)
            if self.__class__ is not _StandIn:  # else it is this thread that executes it
                return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> "list[str]":
        _load(self)
        return list(vars(self))


def _load(module: _StandIn) -> None:
    """Execute the module in place, once; whoever holds it has the module from now on."""
    with _loading:
        known, module._known = module._known, None
        if known is not None:
            try:
                assert module.__spec__ is not None and module.__spec__.loader is not None
                module.__spec__.loader.exec_module(module)
            except BaseException:
                module._known = known
                raise
            module.__class__ = ModuleType  # type: ignore[assignment]


def postpone() -> None:
    """Put stand-ins where the modules are not loaded yet."""
    for name, known in KNOWN.items():
        if name in sys.modules or (name == "platform" and sys.platform == "win32"):
            continue
        parent, _, _ = name.rpartition(".")
        folders = import_module(parent).__path__ if parent else None
        spec = PathFinder.find_spec(name, folders)
        if spec is None or spec.loader is None:
            continue
        module = _StandIn(name, known)
        module.__spec__, module.__loader__, module.__file__ = spec, spec.loader, spec.origin
        module.__package__ = parent
        sys.modules[name] = module
        if parent:
            setattr(sys.modules[parent], name.rpartition(".")[2], module)


# ---- what is asked of them ---------------------------------------------------------------------


def cleandoc(doc: str) -> str:
    """`inspect.cleandoc`: without the indentation that the lines behind the first share."""
    first, *others = doc.expandtabs().split("\n")
    margin = min((len(o) - len(o.lstrip()) for o in others if o.lstrip()), default=0)
    lines = [first.lstrip(), *(line[margin:] for line in others)]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        del lines[0]
    return "\n".join(lines)


def _system() -> str:
    """`platform.system`."""
    return os.uname().sysname


def _gettext(message: str) -> str:
    """`gettext.gettext` without translations, which are looked for at every call."""
    return message


def _ngettext(singular: str, plural: str, n: int) -> str:
    """`gettext.ngettext` without translations."""
    return singular if n == 1 else plural


def _quote_from_bytes(data: bytes, safe: "str | bytes" = "/") -> str:
    """`urllib.parse.quote_from_bytes`, which only `Path.as_uri` calls."""
    import urllib.parse

    urllib.parse.quote  # noqa: B018  # whatever is asked loads the module
    return urllib.parse.quote_from_bytes(data, safe)


KNOWN: "Mapping[str, Mapping[str, Any]]" = {
    "inspect": {
        "cleandoc": cleandoc,
        **{"CO_OPTIMIZED": 1, "CO_NEWLOCALS": 2, "CO_VARARGS": 4, "CO_VARKEYWORDS": 8},
        **{"CO_NESTED": 16, "CO_GENERATOR": 32, "CO_COROUTINE": 128},
        **{"CO_ITERABLE_COROUTINE": 256, "CO_ASYNC_GENERATOR": 512},
    },
    "gettext": {"gettext": _gettext, "ngettext": _ngettext},
    "platform": {"system": _system},
    "signal": {
        name: getattr(_signal, name)
        for name in ("SIGINT", "SIGKILL", "SIGTERM", "getsignal", "signal")
        if hasattr(_signal, name)
    },
    "threading": {"local": _local},
    "urllib.parse": {"quote_from_bytes": _quote_from_bytes},
}
