"""A script read by two processes is the script that one reads."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctb_audit.forked import Streamed
from ctb_audit.sources.ddl import ahead
from ctb_audit.sources.ddl.ahead import read_ahead
from ctb_audit.sources.ddl.read import read_script
from ctb_audit.sources.load import LoadOptions, load_all

EXAMPLES = sorted((Path(__file__).parents[2] / "fidelity" / "examples").glob("*.sql"))
TABLES = "".join(
    f"-- about {n}\nCREATE TABLE t{n} (a int, b text DEFAULT 'x;y');\n"
    f"COPY t{n} (a) FROM stdin;\n{n}\n\\.\nALTER TABLE t{n} ADD CHECK (a > {n});\n"
    for n in range(50)
)


@pytest.fixture(autouse=True)
def streams(monkeypatch: pytest.MonkeyPatch) -> list[Streamed[object]]:
    """Every stream that is opened; few effects make a chunk."""
    opened: list[Streamed[object]] = []

    class Counted(Streamed[object]):
        def __init__(self, *arguments: object) -> None:
            opened.append(self)
            super().__init__(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(ahead, "Streamed", Counted)
    monkeypatch.setattr(ahead, "_AT_A_TIME", 7)
    return opened


def _is_read_alike(text: str) -> bool:
    script = read_ahead(text, "a.sql", "postgresql")
    expected = read_script(text, "a.sql", "postgresql")
    return tuple(script.effects) == expected.effects and script.mistakes == expected.mistakes


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9])
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples(example: Path, share: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "OWN_SHARE", share)
    assert _is_read_alike(example.read_text())


def test_data_and_comments_at_the_seam(
    monkeypatch: pytest.MonkeyPatch, streams: list[Streamed[object]]
) -> None:
    for percent in range(0, 100, 3):
        monkeypatch.setattr(ahead, "OWN_SHARE", percent / 100)
        assert _is_read_alike(TABLES)
    assert len(streams) == 34


def test_whoever_asks_twice_or_for_one_gets_the_same() -> None:
    expected = read_script(TABLES, "a.sql", "postgresql").effects
    effects = read_ahead(TABLES, "a.sql", "postgresql").effects
    both = list(zip(effects, effects, strict=True))
    assert both == [(effect, effect) for effect in expected]
    effects = read_ahead(TABLES, "a.sql", "postgresql").effects
    assert len(effects) == len(expected)
    assert (effects[-1], effects[3], list(effects[90:95])) == (
        *(expected[-1], expected[3]),
        list(expected[90:95]),
    )


@pytest.mark.parametrize(
    "text",
    [
        f"-- ctb: table_id=1.2.3\n{TABLES}",
        f"{TABLES}-- ctb: nonsense\n",
        f"\\set name x\n{TABLES}CREATE TABLE :name (a int);",
        f"\\if false\n{TABLES}\\endif\n",
        "",
        "-- nothing\n",
    ],
    ids=["annotated", "annotated last", "variable", "condition", "empty", "comment"],
)
def test_what_governs_the_rest_is_read_by_one(text: str, streams: list[Streamed[object]]) -> None:
    assert _is_read_alike(text)
    assert not streams


@pytest.mark.parametrize(
    "text",
    [
        f"\\restrict abc\n{TABLES}\\unrestrict abc\n",
        f"{TABLES}\\set name x\nCREATE TABLE :name (a int);\\q\n{TABLES}",
        f"SET standard_conforming_strings = off;\nSELECT '\\';';\n{TABLES}SELECT '\\';';",
    ],
    ids=["dump of 17", "later variable", "backslashes"],
)
def test_what_governs_nothing_or_only_what_follows(
    text: str, streams: list[Streamed[object]]
) -> None:
    assert _is_read_alike(text)
    assert streams


@pytest.mark.parametrize("after", [0, 1, 2])
def test_where_the_other_process_dies_the_rest_is_read_here(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    whole = ahead._chunks

    def mortal(effects: Iterator[object]) -> Iterator[object]:
        for number, chunk in enumerate(whole(effects)):  # type: ignore[arg-type]
            if number == after:
                os.kill(os.getpid(), signal.SIGKILL)
            yield chunk

    monkeypatch.setattr(ahead, "_chunks", mortal)
    assert _is_read_alike(TABLES)


@pytest.mark.parametrize("jobs", [0, 1, 2])
def test_sources_are_the_same_however_many_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jobs: int, streams: list[Streamed[object]]
) -> None:
    (tmp_path / "dump.sql").write_text(TABLES)
    path = (str(tmp_path / "dump.sql"),)
    expected = load_all(path, LoadOptions(root=tmp_path))
    monkeypatch.setattr("ctb_audit.sources.scripts.PARALLEL_FROM", 1)
    assert load_all(path, LoadOptions(root=tmp_path, jobs=jobs)) == expected
    assert len(streams) == (
        1 if jobs == 2 or (jobs == 0 and len(os.sched_getaffinity(0)) > 1) else 0
    )
