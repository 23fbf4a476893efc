"""Mutation testing: changes the code in one place and sees whether a test notices.

    nice -n 19 python -m bench.mutation ctb_audit/scoring.py ctb_audit/checks --sample 300 \\
        --tests tests/audit tests/checks tests/rules --out mutation.json

A first run notes which tests pass over which lines; one that fails by itself is left out. Each
mutant then gets a process of its own, forked from one that has collected the tests and imported the
code: there the changed function receives the mutant's code and the tests of its lines run, the
quickest first and for a few seconds at most, until one fails. What survives may thus be known to a
slower test.
`--sample N` takes N mutants of each argument with `--seed`. `--reach FILE` keeps what the first
run notes for the next one, as long as neither the code nor the tests change.
"""

import argparse
import ast
import gc
import importlib
import json
import math
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import _lru_cache_wrapper
from pathlib import Path
from types import CodeType, FunctionType
from typing import NoReturn

import coverage
import pytest

from bench.mutants import Mutant, mutants
from ctb_audit.scratch import ScratchServer, available_binaries

SEED = 20261122
SLOWEST = 8.0  # processor seconds for a mutant's tests, beside three times what they usually take
BUDGET = 3.0  # processor seconds of the tests that are tried on a mutant
LONGEST = 120.0  # seconds by the clock, whatever else the machine does
KILLED, SURVIVED, TIMEOUT, UNREACHED, INVALID = 0, 1, 2, 3, 4
WORDS = ("killed", "survived", "timeout", "unreached", "invalid")


@dataclass
class Outcome:
    path: str
    line: int
    change: str
    result: str
    tests: int = 0
    seconds: float = 0.0


@dataclass
class Reach:
    """`tests`: by path and line the tests that run it; `seconds`: of each test."""

    tests: dict[str, dict[int, set[str]]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)


class Mutation:
    """A pytest plugin that runs mutants in place of the tests."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._failed = False
        self.outcomes: list[Outcome] = []
        self._again = _alive(options.again)
        self._killers: dict[str, list[str]] = defaultdict(list)

    def pytest_configure(self, config: pytest.Config) -> None:
        """The first counterexample is enough: none is made smaller."""
        from hypothesis import Phase, settings

        phases = [Phase.explicit, Phase.generate]
        settings.register_profile("mutation", derandomize=True, database=None, phases=phases)
        settings.load_profile("mutation")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._failed = self._failed or report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        with shared_servers():
            self._all(session)
        return True

    def _all(self, session: pytest.Session) -> None:
        items = {item.nodeid: item for item in session.items}
        reach = self._reach(session)
        dice = random.Random(self._options.seed)
        for argument in self._options.paths:
            chosen = [(p, m) for p in _modules(Path(argument)) for m in mutants(p.read_text())]
            if 0 < self._options.sample < len(chosen):
                kept = sorted(dice.sample(range(len(chosen)), self._options.sample))
                chosen = [chosen[n] for n in kept]
            for path, mutant in chosen:
                if self._again and (str(path), mutant.line, str(mutant)) not in self._again:
                    continue
                self._judge(path, mutant, reach, items, session)

    # ---- which tests reach which lines -----------------------------------------------------------

    def _reach(self, session: pytest.Session) -> Reach:
        """Of a run of all tests in a process of its own, which keeps this one's caches empty."""
        kept = Path(self._options.reach or Path(self._options.out).with_suffix(".reach.json"))
        if not kept.exists():
            child = os.fork()
            if not child:
                self._record(session, kept)
            os.waitpid(child, 0)
        value = json.loads(kept.read_text())
        tests = {
            path: {int(line): set(names) for line, names in lines.items()}
            for path, lines in value["tests"].items()
        }
        return Reach(tests, value["seconds"])

    def _record(self, session: pytest.Session, kept: Path) -> NoReturn:
        status = 1
        try:
            meter = coverage.Coverage(data_file=None, include=["ctb_audit/*"], config_file=False)
            seconds = {}
            meter.start()
            for position, item in enumerate(session.items):
                meter.switch_context(item.nodeid)
                started = time.process_time()
                self._failed = False
                _run(session, position)
                if not self._failed:
                    seconds[item.nodeid] = time.process_time() - started
            meter.stop()
            data, tests = meter.get_data(), {}
            for path in data.measured_files():
                lines = data.contexts_by_lineno(path)
                tests[os.path.relpath(path)] = {
                    n: [c for c in names if c in seconds] for n, names in lines.items()
                }
            kept.write_text(json.dumps({"tests": tests, "seconds": seconds}))
            status = 0
        except BaseException as error:
            kept.with_suffix(".error").write_text("".join(traceback.format_exception(error)))
            raise
        finally:
            os._exit(status)

    # ---- one mutant ------------------------------------------------------------------------------

    def _judge(
        self,
        path: Path,
        mutant: Mutant,
        reach: Reach,
        items: Mapping[str, pytest.Item],
        session: pytest.Session,
    ) -> None:
        lines = reach.tests.get(str(path), {})
        names = set[str]()
        for line in range(mutant.first_line, mutant.last_line + 1):
            names |= lines.get(line, set())
        if mutant.function is None:
            importing = (name for name, item in items.items() if _imports(item, path, mutant))
            names = set().union(importing, *lines.values())
        known = [name for name in self._killers[f"{path}{mutant.function}"] if name in names]
        rest = sorted(names - set(known), key=lambda name: reach.seconds.get(name, 0.0))
        wanted = [n for n in (*known, *rest) if n in items]
        order = list(_affordable(wanted, reach, self._options.budget))
        started = time.monotonic()
        result, killer = UNREACHED, ""
        if order:
            usual = sum(reach.seconds.get(name, 0.0) for name in order)
            tests = [items[name] for name in order]
            limit = math.ceil(SLOWEST + 3 * usual)
            result, killer = self._forked(path, mutant, tests, session, limit)
        killers = self._killers[f"{path}{mutant.function}"]
        if killer and killer not in killers:  # a test that runs twice in a row has no arguments
            killers.insert(0, killer)
        spent = round(time.monotonic() - started, 2)
        outcome = Outcome(str(path), mutant.line, str(mutant), WORDS[result], len(order), spent)
        self.outcomes.append(outcome)
        if result != KILLED:
            print(f"{path}:{mutant.line}: {outcome.result}: {mutant}", flush=True)
        if len(self.outcomes) % 20 == 0:
            _write(self._options.out, self.outcomes)

    def _forked(
        self,
        path: Path,
        mutant: Mutant,
        order: list[pytest.Item],
        session: pytest.Session,
        limit: int,
    ) -> tuple[int, str]:
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 5))
            self._try(path, mutant, order, session, writing)
        os.close(writing)
        deadline = time.monotonic() + LONGEST
        while time.monotonic() < deadline:
            done, status = os.waitpid(child, os.WNOHANG)
            if done:
                with os.fdopen(reading) as answer:
                    killer = answer.read()
                code = os.waitstatus_to_exitcode(status)
                return (code if code in (SURVIVED, TIMEOUT, INVALID) else KILLED), killer
            time.sleep(0.005)
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
        os.close(reading)
        return TIMEOUT, ""

    def _try(
        self,
        path: Path,
        mutant: Mutant,
        order: list[pytest.Item],
        session: pytest.Session,
        writing: int,
    ) -> NoReturn:
        status = INVALID
        try:
            for number in (signal.SIGTERM, signal.SIGXCPU):
                signal.signal(number, lambda *_: os._exit(TIMEOUT))
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, 1)
            os.dup2(nothing, 2)
            if not _applied(path, mutant):
                return  # type: ignore[misc]  # the process ends below
            session.items = order
            for position, item in enumerate(order):
                status = KILLED  # should the test end the process
                _run(session, position)
                status = SURVIVED
                if self._failed:
                    os.write(writing, item.nodeid.encode())
                    status = KILLED
                    break
        finally:
            session._setupstate.teardown_exact(None)
            os._exit(status)


@contextmanager
def shared_servers() -> Iterator[None]:
    """Starts a server of each kind once, for all mutants; to start one for each took seconds."""
    start, stop = ScratchServer.__enter__, ScratchServer.__exit__
    running: dict[object, ScratchServer] = {}
    for binaries in (None, *available_binaries()):
        running[binaries] = start(ScratchServer(binaries))

    def shared(server: ScratchServer) -> ScratchServer:
        if server._settings != running[None]._settings or server._given not in running:
            return start(server)
        found = running[server._given]
        found._count = max(found._count, os.getpid() * 1_000)  # names of databases
        return found

    def left(server: ScratchServer, *error: object) -> None:
        if server.folder.name:
            stop(server, None, None, None)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ScratchServer, "__enter__", shared)
        patched.setattr(ScratchServer, "__exit__", left)
        yield
    for server in running.values():
        server.stop()


def _run(session: pytest.Session, position: int) -> None:
    item = session.items[position]
    following = session.items[position + 1] if position + 1 < len(session.items) else None
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _affordable(names: Sequence[str], reach: Reach, budget: float) -> Iterator[str]:
    """The first of the tests, together up to `budget` seconds."""
    spent = 0.0
    for name in names:
        spent += reach.seconds.get(name, 0.0)
        if spent > budget:
            return
        yield name


def _alive(file: str) -> frozenset[tuple[str, int, str]]:
    """The mutants that no test killed in an earlier run."""
    if not file:
        return frozenset()
    found = [Outcome(**value) for value in json.loads(Path(file).read_text())]
    alive = [o for o in found if o.result in ("survived", "unreached")]
    return frozenset((o.path, o.line, o.change) for o in alive)


def _modules(path: Path) -> list[Path]:
    return sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def _imports(item: pytest.Item, path: Path, mutant: Mutant) -> bool:
    """Whether a test's module imports the constant: a module of constants alone has no lines that
    a test would run.
    """
    module = sys.modules.get(_module_name(path))
    test = item.getparent(pytest.Module)
    if module is None or test is None:
        return False
    value = vars(module).get(mutant.constant)
    return value is not None and vars(test.obj).get(mutant.constant) is value


# ---- putting a mutant in place ---------------------------------------------------------------


def _applied(path: Path, mutant: Mutant) -> bool:
    """Whether the mutant now stands in this process; caches that other code filled are empty."""
    code = compile(mutant.changed(), str(path.resolve()), "exec")
    importlib.import_module(_module_name(path))
    gc.unfreeze()
    objects = gc.get_objects()
    for cached in objects:
        if isinstance(cached, _lru_cache_wrapper) and cached.__module__.startswith("ctb_audit"):
            cached.cache_clear()
    if mutant.function is None:
        return _set_constant(path, mutant)
    new = {(c.co_qualname, c.co_firstlineno): c for c in _codes(code)}
    file, done = str(path.resolve()), False
    for function in objects:
        if isinstance(function, FunctionType) and function.__code__.co_filename == file:
            old = function.__code__
            found = new.get((old.co_qualname, old.co_firstlineno))
            if found is not None and old.co_qualname == mutant.function:
                if found.co_freevars != old.co_freevars:
                    return False
                function.__code__ = found
                done = True
    return done


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _set_constant(path: Path, mutant: Mutant) -> bool:
    """Evaluates the constant anew and gives it to every module that imported it by name."""
    module = sys.modules.get(_module_name(path))
    if module is None:
        return False
    for statement in mutant.changed().body:
        target = _target(statement)
        if target == mutant.constant:
            value = statement.value  # type: ignore[attr-defined]  # `_target` is "" for others
            made = eval(compile(ast.Expression(value), str(path), "eval"), vars(module))
            old = vars(module)[mutant.constant]
            for other in list(sys.modules.values()):
                if vars(other).get(mutant.constant) is old:
                    setattr(other, mutant.constant, made)
            return True
    return False


def _target(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
            return name
    return ""


# ---- results -------------------------------------------------------------------------------------


def _write(path: str, outcomes: Sequence[Outcome]) -> None:
    Path(path).write_text(json.dumps([asdict(o) for o in outcomes], indent=0))


def summary(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """A line a module and one for all: mutants, killed (time-outs count), share and its margin."""
    modules: dict[str, Counter[str]] = defaultdict(Counter)
    for outcome in outcomes:
        if outcome.result != "invalid":
            modules[outcome.path][outcome.result] += 1
            modules["all"][outcome.result] += 1
    yield f"{'module':<58} mutants killed share  95 %"
    for path, counts in modules.items():
        total, killed = counts.total(), counts["killed"] + counts["timeout"]
        share = killed / total
        margin = 1.96 * math.sqrt(share * (1 - share) / total)
        yield f"{path:<58} {total:7} {killed:6} {share:5.0%}  ±{margin:.0%}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--tests", nargs="+", required=True)
    parser.add_argument("--sample", type=int, default=0, help="0 for all")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--reach", default="", help="where to keep which tests reach which lines")
    parser.add_argument("--budget", type=float, default=BUDGET, help="seconds of tests a mutant")
    parser.add_argument("--again", default="", help="only what survived, by the file of a run")
    parser.add_argument("-k", default="", help="which tests, as pytest takes it")
    parser.add_argument("--out", default="mutation.json")
    options = parser.parse_args()
    plugin = Mutation(options)
    left_out = ("cacheprovider", "xdist", "unraisableexception", "threadexception")
    quiet = ["-q", "--no-summary", *(f"-pno:{name}" for name in left_out)]
    with tempfile.TemporaryDirectory() as folder:  # pytest's own would be cleared by each mutant
        quiet.append(f"--basetemp={folder}/tests")
        pytest.main([*quiet, "-k", options.k, *options.tests], plugins=[plugin])
    _write(options.out, plugin.outcomes)
    print("\n".join(summary(plugin.outcomes)))


if __name__ == "__main__":
    main()
