"""Scripts as files, in the layout of the tool that will run them.

Nothing here may run inside a transaction that a tool opens: indexes are built CONCURRENTLY and
backfills commit. Where a tool sends a file as one message, each such statement is its own file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from ctb_audit.remedy.quoting import comment
from ctb_audit.remedy.script import Line, Script, text_of, timeouts

STAMP = "%Y%m%d%H%M%S"


@dataclass(frozen=True, slots=True)
class File:
    """`path` is relative to the folder that is written into, with forward slashes."""

    path: str
    text: str


def files_of(layout: str, scripts: Sequence[Script], at: datetime) -> tuple[File, ...]:
    """The files of a layout of `LAYOUTS`."""
    return tuple(LAYOUTS[layout](scripts, at))


def _header(script: Script, number: int, count: int) -> str:
    told = "safe" if script.safety == "safe" else "REVIEW: read before you run it"
    lines = (
        f"{number} of {count}, {told}: {script.about}",
        "If a lock is not had in time the file stops; run it again, every statement may run twice.",
    )
    return "\n".join(map(comment, lines))


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part) + "\n"


def _psql(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    stop = "\\set ON_ERROR_STOP on"
    for number, script in enumerate(scripts, 1):
        stem = f"{at:{STAMP}}_{number:02d}_{script.slug}"
        header = _header(script, number, len(scripts))
        yield File(f"{stem}.up.sql", _joined(header, stop, *text_of(script.up)))
        yield File(f"{stem}.down.sql", _joined(comment("undoes it"), stop, *text_of(script.down)))
        yield File(f"{stem}.verify.sql", _joined(stop, script.verify))


def _dbmate(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    """Up and down in one file, each sent as one message."""
    count = 0
    for script in scripts:
        for up, down in _pairs(script):
            count += 1
            yield File(
                f"{_serial(at, count)}_{script.slug}.sql",
                f"-- migrate:up transaction:false\n{up}\n-- migrate:down transaction:false\n{down}",
            )
        yield _verify(script, f"{_serial(at, count)}_{script.slug}")


def _flyway(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    for number, script in enumerate(scripts, 1):
        name = f"{_serial(at, number)}__{script.slug}.sql"
        header = _header(script, number, len(scripts))
        for prefix, lines in (("V", script.up), ("U", script.down)):
            yield File(f"{prefix}{name}", _joined(header, *text_of(lines)))
            yield File(f"{prefix}{name}.conf", "executeInTransaction=false\n")
        yield _verify(script, f"{_serial(at, number)}_{script.slug}")


def _sqitch(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    plan = []
    for number, script in enumerate(scripts, 1):
        name = f"ctb_{_serial(at, number)}_{script.slug}"
        header = _header(script, number, len(scripts))
        stop = "\\set ON_ERROR_STOP on"
        yield File(f"deploy/{name}.sql", _joined(header, stop, *text_of(script.up)))
        yield File(f"revert/{name}.sql", _joined(stop, *text_of(script.down)))
        yield File(f"verify/{name}.sql", _joined(stop, script.verify))
        plan.append(f"{name} {at:%Y-%m-%dT%H:%M:%SZ} ctb <ctb@localhost> # {script.about}")
    yield File("sqitch.plan.add", _joined("# append these to sqitch.plan", *plan))


def _golang(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    """One message a file, so a statement that needs no transaction around it stands alone."""
    count = 0
    for script in scripts:
        for up, down in _pairs(script):
            count += 1
            name = f"{_serial(at, count)}_{script.slug}"
            yield File(f"{name}.up.sql", up)
            yield File(f"{name}.down.sql", down)


def _supabase(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    count = 0
    for script in scripts:
        for text in _messages(script.up):
            count += 1
            yield File(f"supabase/migrations/{_serial(at, count)}_{script.slug}.sql", text)


def _pairs(script: Script) -> Iterator[tuple[str, str]]:
    """Messages up, each with one of those down, so that all go down in their order."""
    ups, downs = list(_messages(script.up)), list(_messages(script.down))
    for position in range(max(len(ups), len(downs))):
        yield _at(ups, position), _at(downs, len(downs) - 1 - position)


def _at(texts: Sequence[str], position: int) -> str:
    return texts[position] if 0 <= position < len(texts) else "SELECT 1;\n"


def _messages(lines: Iterable[Line]) -> Iterator[str]:
    """Texts that may each be sent at once: a lone statement, or several of one transaction each.

    A lone one has no room for its timeouts: the message before leaves them to the session.
    """
    waiting: list[Line] = []
    settled = False
    for line in lines:
        if line.step is None or not line.step.alone:
            waiting.append(line)
            settled = settled and line.step is None
            continue
        if not settled:
            yield _joined(*text_of(_told_last(waiting), follow=timeouts(line.step.lock)))
            settled = True
        told = [part.text for part in waiting if part.step is None][-1:]
        yield _joined(*told, f"{line.step.sql};")
        waiting = []
    if any(line.step is not None for line in waiting):
        yield _joined(*text_of(waiting))


def _told_last(waiting: Sequence[Line]) -> Sequence[Line]:
    """Without the comment that belongs to what comes after."""
    return waiting[:-1] if waiting and waiting[-1].step is None else waiting


def _alembic(scripts: Sequence[Script], at: datetime) -> Iterator[File]:
    previous: str | None = None
    for number, script in enumerate(scripts, 1):
        revision = f"ctb{_serial(at, number)}"
        body = [
            f'"""{script.about}"""' if '"""' not in script.about else '"""ctb"""',
            "",
            "from alembic import op",
            "",
            f"revision = {revision!r}",
            f"down_revision = {previous!r}" + ("" if previous else "  # name your head here"),
            "branch_labels = None",
            "depends_on = None",
            "",
            "",
            "def upgrade() -> None:",
            *_executed(script.up),
            "",
            "",
            "def downgrade() -> None:",
            *_executed(script.down),
        ]
        yield File(f"{revision}_{script.slug}.py", _lines(body))
        yield _verify(script, f"{revision}_{script.slug}")
        previous = revision


def _lines(body: Iterable[str]) -> str:
    return "\n".join(body) + "\n"


def _executed(lines: Iterable[Line]) -> Iterator[str]:
    """Statement by statement outside a transaction; `:name` is no bind parameter there."""
    yield "    with op.get_context().autocommit_block():"
    yield "        connection = op.get_bind()"
    for text in text_of(lines, wrapped=False):
        parts = text.strip().split("\n")
        while parts and parts[0].startswith("--"):
            yield f"        # {parts.pop(0).removeprefix('-- ')}"
        settings = parts and parts[0].startswith(("SET ", "RESET "))
        for sql in parts if settings else ["\n".join(parts)] * bool(parts):
            yield f"        connection.exec_driver_sql({sql.rstrip(';').replace('%', '%%')!r})"


def _serial(at: datetime, number: int) -> str:
    """A version of digits that sorts: the moment, then the file's number in two digits."""
    return f"{at:{STAMP}}{number:03d}"


def _verify(script: Script, stem: str) -> File:
    return File(f"verify/{stem}.verify.sql", _joined(script.verify))


LAYOUTS: dict[str, Callable[[Sequence[Script], datetime], Iterator[File]]] = {
    "psql": _psql,
    "dbmate": _dbmate,
    "flyway": _flyway,
    "sqitch": _sqitch,
    "golang-migrate": _golang,
    "supabase": _supabase,
    "alembic": _alembic,
}
