"""Repairs what an audit found in the files that define tables, before any migration ships them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from ctb_audit.audit import AuditSettings, audit_catalogs, project_of
from ctb_audit.config import Config
from ctb_audit.errors import SourceError
from ctb_audit.model import Catalog, Name
from ctb_audit.reference.update import same
from ctb_audit.remedy.change import Change, Left, Plan
from ctb_audit.remedy.in_place.document import edited_documents
from ctb_audit.remedy.in_place.edits import edited
from ctb_audit.remedy.in_place.files import SourceFile, find
from ctb_audit.remedy.in_place.overlay import Overlay, Recorder, Reread, Scripts
from ctb_audit.remedy.in_place.places import Places
from ctb_audit.remedy.in_place.proof import Loader, Surprise, surprises
from ctb_audit.remedy.in_place.shipped import Refusal, shipping_of
from ctb_audit.remedy.in_place.writing import is_written, of_new_tables, written
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.sources.ddl.undo import without_undo

ROUNDS = 12
_MIGRATE = "run ctb remediate without --in-place for it"


@dataclass(frozen=True)
class Request:
    """What to repair and what the caller knows.

    `reread` reads the sources, `folders` are where they were read from. `unshipped`: the tables
    that the caller says no database has; `ref`: the branch or commit that has shipped, None for the
    remote's main branch. `safe`: without the changes that somebody must decide.
    """

    reread: Reread
    folders: tuple[Path, ...]
    config: Config
    settings: AuditSettings
    wanted: Wanted
    unshipped: Callable[[Name], bool] = field(default=lambda name: False)
    ref: str | None = None
    safe: bool = False


@dataclass(frozen=True)
class Edited:
    """`files`: the new text of each file that changes. `server`: what proved that they load, ""
    where nothing is to be proven. `open`: tables that may be edited. `tables`: those that are.
    """

    plan: Plan
    catalogs: tuple[Catalog, ...]
    files: Mapping[SourceFile, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    tables: tuple[Name, ...] = ()
    open: tuple[Name, ...] = ()
    refused: tuple[Refusal, ...] = ()
    score_before: int | None = None
    score_after: int | None = None
    server: str = ""
    stubs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_blocked(self) -> bool:
        """Some table that has not shipped should have been edited and could not."""
        return any(refusal.table in self.open for refusal in self.refused)


def edit_in_place(request: Request) -> Edited:
    """The files as they are to be, proven; nothing is written.

    Raises ScratchError where no server can prove them, UsageError where git or `ref` cannot be
    read, SourceError for a file that cannot be edited byte for byte.
    """
    recorder = Recorder()
    catalogs = request.reread(through=recorder)
    run = _Run(request, catalogs, recorder.scripts)
    return run.edited()


class _Run:
    def __init__(
        self, request: Request, catalogs: tuple[Catalog, ...], scripts: Sequence[Scripts]
    ) -> None:
        self._request = request
        self._catalogs = catalogs
        self._scripts = scripts
        self._files: dict[str, SourceFile] = {}

    def edited(self) -> Edited:
        open_, refused = self._judged()
        plan = self._plan(frozenset(open_))
        chosen = plan.of("safe") if self._request.safe else plan.changes
        changes = of_new_tables(chosen, self._column_order())
        result = Edited(
            plan=replace(plan, left=tuple(_left(plan.left, chosen))),
            catalogs=self._catalogs,
            open=open_,
            refused=refused,
            score_before=plan.score_before,
            score_after=plan.score_before,
        )
        return self._settled(changes, result) if changes else result

    # ---- which tables -------------------------------------------------------------------------

    def _judged(self) -> tuple[tuple[Name, ...], tuple[Refusal, ...]]:
        """Tables that may be edited, and those that may not with the reason."""
        shipping = shipping_of(
            self._catalogs,
            {s.replayed.source: [p.path for p in s.pieces] for s in self._scripts},
            self._request.config.root,
            self._request.ref,
            self._request.unshipped,
        )
        open_: dict[Name, None] = {}
        refused: dict[Name, Refusal] = {}
        for scripts in self._scripts:
            for table in scripts.replayed.tables:
                if table.system != "postgresql" or table.location is None:
                    continue
                name, place = table.qualified, str(table.location)
                refusal = shipping.refusal(name, table.location.path, place) or self._twice(name)
                if refusal is not None:
                    refused.setdefault(name, refusal)
                open_[name] = None
        return tuple(n for n in open_ if n not in refused), tuple(refused.values())

    def _twice(self, name: Name) -> Refusal | None:
        """A table that two groups of scripts define differently: which one is meant?"""
        found = [s.replayed.tables_by_name.get(("postgresql", name)) for s in self._scripts]
        there = [table for table in found if table is not None]
        other = next((t for t in there[1:] if not same(there[0], t)), None)
        if other is None:
            return None
        problem = f"is another table in {other.location}"
        return Refusal(name, str(there[0].location), problem, "make them agree, see ctb drift")

    def _plan(self, open_: frozenset[Name]) -> Plan:
        request = self._request
        names = {str(name) for name in open_}
        chosen = request.wanted.findings
        wanted = replace(request.wanted, findings=lambda f: f.table in names and chosen(f))
        return plan_remedies(self._catalogs, request.config, request.settings, wanted)

    def _column_order(self) -> tuple[str, ...]:
        request = self._request
        standard = project_of(self._catalogs, request.config, request.settings).standard
        return tuple(name for f in standard.fields for name in f.names_in("postgresql"))

    # ---- edits, tried until nothing surprises --------------------------------------------------

    def _settled(self, changes: Sequence[Change], result: Edited) -> Edited:
        """Edits whose model and server differ as intended; tables that do otherwise are refused."""
        refused = {r.table: r for r in result.refused}
        for _ in range(ROUNDS):
            kept = [c for c in changes if c.table not in refused]
            texts, made, more = self._texts(kept)
            overlay = Overlay(texts)
            found = more or self._refusals(self._surprises(overlay, made), made)
            if not found and texts:
                found, server, stubs = self._loaded(overlay, made)
                if not found:
                    done = replace(result, refused=tuple(refused.values()))
                    done = replace(done, server=server, stubs=stubs)
                    return self._done(done, overlay, made)
            if not found:
                break
            refused.update(found)
        return replace(result, refused=tuple(refused.values()))

    def _texts(
        self, changes: Sequence[Change]
    ) -> tuple[
        dict[str, tuple[str, str]], dict[frozenset[str], tuple[Change, ...]], dict[Name, Refusal]
    ]:
        """Texts before and after by path, the changes by group of scripts, refused tables."""
        texts: dict[str, tuple[str, str]] = {}
        made: dict[frozenset[str], tuple[Change, ...]] = {}
        refused: dict[Name, Refusal] = {}
        for scripts in self._scripts:
            if any(t.system != "postgresql" for t in scripts.replayed.tables):
                continue
            result = written(scripts.replayed, Places(scripts.pieces), changes)
            refused.update({r.table: r for r in result.refused})
            made[frozenset(p.path for p in scripts.pieces)] = result.changes
            for path, edits in result.edits.items():
                if edits:
                    file = self._file(path, scripts)
                    texts[path] = (file.text, edited(file.text, edits))
        return texts, made, refused

    def _file(self, path: str, scripts: Scripts) -> SourceFile:
        if path not in self._files:
            place = find(path, self._request.folders)
            if place is None:
                raise SourceError(path, "is no file that can be edited", "name it as a source")
            file = SourceFile.read(place, path)
            text = next(p.text for p in scripts.pieces if p.path == path)
            if without_undo(file.text) != text:
                raise SourceError(path, "was changed while it was read", "run it again")
            self._files[path] = file
        return self._files[path]

    def _surprises(
        self, overlay: Overlay, made: Mapping[frozenset[str], Sequence[Change]]
    ) -> Iterator[Surprise]:
        """What the edited scripts, replayed, do beyond what was intended."""
        if not overlay.texts:
            return
        recorder = Recorder()
        self._request.reread(reader=overlay.read, through=recorder)
        after = {frozenset(p.path for p in s.pieces): s.replayed for s in recorder.scripts}
        for scripts in self._scripts:
            key = frozenset(p.path for p in scripts.pieces)
            if key not in after:
                yield Surprise(None, f"{scripts.replayed.source} is read in other groups")
            else:
                yield from surprises(scripts.replayed, after[key], made.get(key, ()))

    def _refusals(
        self, found: Iterable[Surprise], made: Mapping[frozenset[str], Sequence[Change]]
    ) -> dict[Name, Refusal]:
        """Refusals of the edited tables to blame. Raises SourceError where none of them is."""
        changed = {change.table for changes in made.values() for change in changes}
        all_found = tuple(found)
        refused: dict[Name, Refusal] = {}
        for surprise in all_found:
            name = surprise.table
            if name is not None and name in changed:
                problem = f"would not come out as intended: {surprise.what}"
                refused.setdefault(name, Refusal(name, self._place(name), problem, _MIGRATE))
        if all_found and not refused:
            told = f"would also change: {all_found[0].what}"
            raise SourceError("--in-place", told, "narrow it with --table, or " + _MIGRATE)
        return refused

    def _place(self, name: Name) -> str:
        tables = (t for s in self._scripts for t in s.replayed.tables if t.qualified == name)
        table = next(tables, None)
        return str(table.location) if table and table.location else "--in-place"

    def _loaded(
        self, overlay: Overlay, made: Mapping[frozenset[str], Sequence[Change]]
    ) -> tuple[dict[Name, Refusal], str, tuple[str, ...]]:
        """What a scratch server makes of the edited scripts; its version and stubs."""
        from ctb_audit.sources.via_postgres import ViaPostgres

        with ViaPostgres() as server:
            loader = Loader(server.load, overlay, made)
            self._request.reread(reader=overlay.read, through=loader)
            found = self._refusals(loader.surprises, made)
            return found, server.version, tuple(sorted(server.stubs))

    def _done(
        self, result: Edited, overlay: Overlay, made: Mapping[frozenset[str], Sequence[Change]]
    ) -> Edited:
        request = self._request
        files = {self._files[path]: after for path, (_, after) in overlay.texts.items()}
        after = request.reread(reader=overlay.read)
        changes = tuple(dict.fromkeys(c for own in made.values() for c in own))
        tables = tuple(dict.fromkeys(c.table for c in changes if c.table in result.open))
        documents = edited_documents(
            self._catalogs, after, tables, (request.config, request.settings), request.folders
        )
        files |= documents.files
        audit = audit_catalogs(documents.catalogs, request.config, request.settings)
        return replace(
            result,
            files=files,
            changes=changes,
            tables=tables,
            score_after=audit.score,
            notes=documents.notes,
        )


def _left(left: Iterable[Left], changes: Iterable[Change]) -> Iterator[Left]:
    """What no file can hold: findings that nothing repairs, and changes that no edit makes."""
    others = {c.repairs[0]: c for c in changes if c.repairs and not is_written(c)}
    for item in left:
        change = others.pop(item.fingerprint, None)
        yield item if change is None else replace(item, reason=_reason(change))
    for fingerprint, change in others.items():
        what = str(getattr(change, "name", ""))
        yield Left(fingerprint, type(change).__name__, str(change.table), what, _reason(change))


def _reason(change: Change) -> str:
    told = "take its statement out of the file" if change.phase == "remove" else _MIGRATE
    return f"{getattr(change, 'name', change.table)}: {told}"
