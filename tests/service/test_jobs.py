"""Jobs end, are logged once, keep out of each other's way, and harm nothing when they crash."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ctb_audit.log import LogRow, open_log
from ctb_audit.service.job import Job, job_of
from ctb_audit.service.jobs import Bounds, Jobs
from ctb_audit.service.refusal import Refusal
from ctb_audit.service.repositories import Repository
from tests.service.conftest import ECHO, HEIR, Start, repository_at, worker

WAIT_FOR = "while not os.path.exists(job['folder'] + '/go'): time.sleep(0.01)\n"
NOTE = """
with open(job['root'] + '/order', 'a') as file: file.write(job['folder'] + ' begins\\n')
time.sleep(0.05)
with open(job['root'] + '/order', 'a') as file: file.write(job['folder'] + ' ends\\n')
print(json.dumps({'reply': {}}))
"""


def rows(folder: Path) -> list[LogRow]:
    log = open_log("", root=folder)
    return list(log.entries()) if (folder / ".ctb/compliance.db").exists() else []


def job(folder: Path, root: Path | None = None, **values: Any) -> Job:
    asked = {"heir_id": HEIR, "by": "ann", **values}
    return job_of("audit", Repository(".", folder), root or folder, **asked)


def run(jobs: Jobs, *asked: Job) -> list[Any]:
    async def all_of_them() -> list[Any]:
        done = await asyncio.gather(*(jobs.run(one) for one in asked), return_exceptions=True)
        return list(done)

    return asyncio.run(all_of_them())


def quiet(event: Mapping[str, Any]) -> None:
    assert "secret" not in json.dumps(event)


def refusals(found: list[Any]) -> list[tuple[int, str]]:
    return [(one.status, one.code) for one in found if isinstance(one, Refusal)]


def test_a_process_that_crashes_is_a_500_and_one_failed_row(repository: Path) -> None:
    jobs = Jobs(Bounds(), quiet, worker("os.kill(os.getpid(), signal.SIGSEGV)"))
    (found,) = run(jobs, job(repository))
    assert refusals([found]) == [(500, "INTERNAL_ERROR")]
    (row,) = rows(repository)
    assert (row.status, row.score, row.actions["error"]) == (
        "failed",
        0,
        "its process ended with SIGSEGV",
    )
    assert row.log_id in found.message
    assert row.actions["request"] == {
        "heir_id": HEIR,
        "repository": "served",
        "target_dir": ".",
        "by": "ann",
    }


@pytest.mark.parametrize("script", ["print('noise')", "print('{}')", "sys.exit(3)", "1/0"])
def test_an_answer_that_is_none_is_a_500(repository: Path, script: str) -> None:
    found = run(Jobs(Bounds(), quiet, worker(script)), job(repository))
    assert refusals(found) == [(500, "INTERNAL_ERROR")]
    assert [row.status for row in rows(repository)] == ["failed"]


def test_a_job_that_takes_too_long_is_ended_with_all_it_started(repository: Path) -> None:
    script = """
import subprocess
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
open(job["folder"] + "/child", "w").write(str(child.pid))
time.sleep(60)
"""
    from ctb_audit.service import jobs as module

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MERCY", 0.1)
        found = run(Jobs(Bounds(seconds=1), quiet, worker(script)), job(repository))
    assert refusals(found) == [(500, "JOB_TIMEOUT")]
    assert [row.actions["error"] for row in rows(repository)] == ["ended after 1 seconds"]
    pid = (repository / "child").read_text()
    state = Path(f"/proc/{pid}/stat")
    assert not state.exists() or state.read_text().split(")")[1].split()[0] == "Z"


def test_what_a_repository_lacks_is_a_409(repository: Path) -> None:
    script = "print(json.dumps({'problem': 'db: holds nothing'}))"
    (found,) = run(Jobs(Bounds(), quiet, worker(script)), job(repository))
    assert refusals([found]) == [(409, "REPOSITORY_NOT_READY")]
    assert found.message.startswith("db: holds nothing; the log has it as LOG-")


def test_a_repository_has_one_job_at_a_time_and_others_do_not_wait(tmp_path: Path) -> None:
    one, two = repository_at(tmp_path / "one"), repository_at(tmp_path / "two")
    jobs = Jobs(Bounds(workers=4), quiet, worker(NOTE))
    run(jobs, *(job(folder, tmp_path) for folder in (one, one, two, one, two)))
    lines = (tmp_path / "order").read_text().splitlines()
    for folder in (one, two):
        own = [line.removeprefix(f"{folder} ") for line in lines if line.startswith(str(folder))]
        assert own == ["begins", "ends"] * (len(own) // 2)
    assert len(lines) == 10


def test_no_more_jobs_run_at_once_than_there_are_workers(tmp_path: Path) -> None:
    folders = [repository_at(tmp_path / name) for name in "abcd"]
    run(Jobs(Bounds(workers=2), quiet, worker(NOTE)), *(job(f, tmp_path) for f in folders))
    running = most = 0
    for line in (tmp_path / "order").read_text().splitlines():
        running += 1 if line.endswith("begins") else -1
        most = max(most, running)
    assert 1 <= most <= 2


def test_a_full_queue_is_a_429_that_says_when(repository: Path) -> None:
    jobs = Jobs(Bounds(workers=1, waiting=2), quiet, ECHO)
    found = run(jobs, *(job(repository) for _ in range(5)))
    assert refusals(found) == [(429, "QUEUE_FULL")] * 2
    refused = next(one for one in found if isinstance(one, Refusal))
    assert refused.headers["Retry-After"].isdigit()
    assert rows(repository) == []


def test_what_waits_is_refused_when_the_service_stops_and_what_runs_is_not(
    repository: Path,
) -> None:
    async def stop() -> list[Any]:
        jobs = Jobs(Bounds(), quiet, worker(WAIT_FOR + "print(json.dumps({'reply': {'n': 1}}))"))
        asked = [asyncio.create_task(jobs.run(job(repository))) for _ in range(2)]
        while not jobs.pending:
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        jobs.close()
        (repository / "go").touch()
        found = await asyncio.gather(*asked, return_exceptions=True)
        assert await jobs.finish(5) == 0
        with pytest.raises(Refusal, match="the service stops"):
            await jobs.run(job(repository))
        return found

    found = asyncio.run(stop())
    assert found[0] == {"n": 1}
    assert refusals(found) == [(503, "SHUTTING_DOWN")]


def test_what_runs_for_too_long_when_the_service_stops_is_logged_as_failed(
    repository: Path,
) -> None:
    async def stop() -> int:
        jobs = Jobs(Bounds(), quiet, worker("time.sleep(60)"))
        task = asyncio.create_task(jobs.run(job(repository)))
        await asyncio.sleep(0.1)
        cut = await jobs.finish(0)
        await asyncio.gather(task, return_exceptions=True)
        return cut

    assert asyncio.run(stop()) == 1
    (row,) = rows(repository)
    assert (row.status, row.actions["error"]) == ("failed", "ended because the service stopped")


def test_a_client_that_goes_away_does_not_end_its_job(repository: Path, start: Start) -> None:
    begun = "open(job['folder'] + '/begun', 'w').close()\n"
    done = "open(job['folder'] + '/done', 'w').close(); print(json.dumps({'reply': {}}))"
    service = start(repository, command=worker(begun + WAIT_FOR + done))
    content = json.dumps({"heir_id": HEIR}).encode()
    head = (
        f"POST /api/ctb/audit HTTP/1.1\r\nHost: localhost\r\nX-API-Key: {service.key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", service.port)) as connection:
        connection.sendall(head.encode() + content)
        while not (repository / "begun").exists():
            time.sleep(0.01)
    (repository / "go").touch()
    assert service.end() == 0
    assert (repository / "done").exists()
    assert [line["outcome"] for line in service.jobs()] == ["done"]


def test_a_dry_run_that_breaks_leaves_no_row(repository: Path) -> None:
    asked = job(repository, dry_run=True)
    (found,) = run(Jobs(Bounds(), quiet, worker("sys.exit(1)")), asked)
    assert "LOG-" not in found.message
    assert rows(repository) == []


def test_two_services_have_one_job_of_a_repository_at_a_time(
    repository: Path, start: Start
) -> None:
    services = [start(repository) for _ in range(2)]
    statuses: list[int] = []

    def audit(number: int) -> None:
        statuses.append(services[number % 2].post("audit", {"heir_id": HEIR}).status)

    threads = [threading.Thread(target=audit, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    found = rows(repository)
    assert len({row.heir_id for row in found}) == len({row.log_id for row in found}) == 4
    assert {row.status for row in found} <= {"completed", "failed"}
    assert len(list((repository / ".ctb/reports").iterdir())) == 4


def test_a_repository_that_another_process_works_on_is_waited_for(repository: Path) -> None:
    from ctb_audit.service.turns import alone_in

    entered = threading.Event()

    def second() -> None:
        with alone_in(job(repository)):
            entered.set()

    with alone_in(job(repository)):
        thread = threading.Thread(target=second)
        thread.start()
        assert not entered.wait(0.1)
    assert entered.wait(5)
    thread.join()
