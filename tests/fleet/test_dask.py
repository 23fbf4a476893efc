"""The same fleet on a Dask cluster of two worker processes, and what a cluster can do wrong."""

import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from distributed import LocalCluster

from ctb_audit.errors import UsageError
from ctb_audit.fleet import dask_engine as module
from ctb_audit.fleet.collect import Collector, Progress
from ctb_audit.fleet.dask_engine import DaskEngine, dask_engine
from ctb_audit.fleet.engine import EngineError, local_engine
from ctb_audit.fleet.run import begin
from ctb_audit.fleet.shard import Shard
from ctb_audit.fleet.state import State
from ctb_audit.fleet.supervision import auditors
from ctb_audit.fleet.task import Settings, Task

from .conftest import DAY, SQL, fleet, hang

pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
Cluster: Any = LocalCluster


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": 50, "memory_limit": None}
    with Cluster(n_workers=2, threads_per_worker=1, processes=True, **quiet) as found:
        yield found.scheduler_address


@pytest.fixture
def targets(tmp_path: Path) -> Path:
    root = tmp_path / "many"
    for number in range(8):
        folder = root / f"t{number}"
        folder.mkdir(parents=True)
        (folder / "a.sql").write_text(SQL.format(f"t{number}"))
    return root


def nothing(progress: Progress) -> None: ...


def collected(
    engine: Any, path: Path, tasks: list[Task], report: Callable[[Progress], None] = nothing
) -> list[tuple[str, str, str, bytes]]:
    """What a run keeps, without its times."""
    recorded: list[str] = []
    with State(path, writing=True) as state:
        run = begin(state, [t.target for t in tasks], Shard(), resume=False, day=DAY)
        mine = [Task(t.target, Settings(DAY, run.id), t.timeout) for t in tasks]
        collector = Collector(
            engine,
            state,
            retries=2,
            record=lambda result: recorded.append(result.name),
            report=report,
        )
        try:
            collector.collect(mine)
        finally:
            engine.close(run=run.id)
        assert sorted(recorded) == sorted(t.target.name for t in tasks)
        return [(r.name, r.reason, r.inputs, r.content) for r in state.results(run.id)]


def tasks_below(root: Path, timeout: float = 60.0) -> list[Task]:
    names = sorted(path.name for path in root.iterdir())
    return [Task(t, Settings(DAY, ""), timeout) for t in fleet(root, *names).targets]


def test_a_cluster_gives_what_this_machine_gives(
    cluster: str, targets: Path, tmp_path: Path
) -> None:
    on_cluster = collected(dask_engine(cluster), tmp_path / "a.db", tasks_below(targets))
    here = collected(local_engine(1), tmp_path / "b.db", tasks_below(targets))
    assert on_cluster == here and len(here) == 8


def running(engine: DaskEngine) -> list[int]:
    """The auditors that work on a task, on all workers."""
    found = engine._client.run(lambda: [a.pid for a in auditors() if a.run])
    return [pid for pids in found.values() for pid in pids]


def test_workers_that_are_killed_cost_no_result(
    cluster: str, targets: Path, tmp_path: Path
) -> None:
    engine = dask_engine(cluster)
    workers: list[int] = list(engine._client.run(os.getpid).values())
    before = set(workers)

    def report(progress: Progress) -> None:
        if progress.done in (2, 4):
            os.kill(workers.pop(), signal.SIGKILL)

    found = collected(engine, tmp_path / "a.db", tasks_below(targets), report)
    assert [(name, reason) for name, reason, *_ in found] == [(f"t{n}", "") for n in range(8)]
    assert workers == []
    again = dask_engine(cluster)
    try:
        again._client.wait_for_workers(2, timeout=30)
        assert not before & set(again._client.run(os.getpid).values())
    finally:
        again.close()


def test_closing_ends_what_runs_on_the_cluster(cluster: str, tmp_path: Path) -> None:
    hang(tmp_path / "many" / "hangs")
    (task,) = tasks_below(tmp_path / "many", timeout=600)
    engine = dask_engine(cluster)
    engine.submit(Task(task.target, Settings(DAY, "this run"), 600))
    pids: list[int] = []
    while not pids:
        pids = running(engine)
    engine.close(run="this run")
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            while True:
                os.kill(pid, 0)


def test_a_scheduler_that_does_not_answer(unused: int) -> None:
    with pytest.raises(EngineError, match=r"does not answer within 0.5 s; start it with") as caught:
        dask_engine(f"tcp://127.0.0.1:{unused}", seconds=0.5)
    assert caught.value.exit_code == 3


@pytest.fixture
def unused() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_a_server_that_is_no_scheduler() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(EngineError, match="does not answer"):
            dask_engine(f"tcp://127.0.0.1:{port}", seconds=0.2)


def test_a_cluster_without_workers() -> None:
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": 50}
    with (
        Cluster(n_workers=0, processes=False, **quiet) as empty,
        pytest.raises(EngineError, match=r"the cluster has no workers; start some with"),
    ):
        dask_engine(empty.scheduler_address, seconds=1)


def test_workers_with_another_ctb_are_refused(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "__version__", "9.9.9")
    with pytest.raises(EngineError) as caught:
        dask_engine(cluster)
    text = str(caught.value)
    assert "this process ctb-audit 9.9.9" in text and "install the same versions" in text


def test_workers_with_other_libraries_are_refused(
    cluster: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import distributed

    def different(self: Any, check: bool = False, packages: Any = None) -> None:
        raise ValueError("Mismatched versions found\n| msgpack | 1.0.1 | 1.0.2 |\n")

    monkeypatch.setattr(distributed.Client, "get_versions", different)
    with pytest.raises(EngineError, match=r"versions differ: \| msgpack \| 1.0.1 \| 1.0.2 \|"):
        dask_engine(cluster)


def test_workers_that_cannot_import_ctb_are_refused() -> None:
    class Client:
        def get_versions(self, check: bool) -> None: ...

        def run(self, function: Any, on_error: str) -> dict[str, Any]:
            return {"tcp://w:1": ModuleNotFoundError("No module named 'ctb_audit'")}

    with pytest.raises(EngineError, match="worker tcp://w:1 cannot import ctb_audit"):
        module._refuse_differences(Client(), "tcp://s:1")


def test_a_scheduler_that_goes_away_is_no_failure_of_targets(targets: Path, tmp_path: Path) -> None:
    local = Cluster(n_workers=1, dashboard_address="127.0.0.1:0", processes=False, silence_logs=50)
    engine = dask_engine(local.scheduler_address)

    def report(progress: Progress) -> None:
        if progress.done == 2:
            local.close()

    with pytest.raises(EngineError, match=r"run again with --resume|cluster has|gone"):
        collected(engine, tmp_path / "a.db", tasks_below(targets), report)
    with State(tmp_path / "a.db", writing=False) as state:
        run = state.run()
        assert run is not None and len(state.names(run.id)) >= 2
        assert all(not r.reason for r in state.results(run.id))


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(
        UsageError, match=r"needs the extra fleet; pip install 'ctb-audit\[fleet\]'"
    ):
        dask_engine("tcp://127.0.0.1:1")
