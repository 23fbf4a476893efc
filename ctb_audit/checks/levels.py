"""Enforcement levels: declared once, and alike (STANDARD section 3)."""

from collections.abc import Iterator

from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.model import Declaration, Name, System
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict


@check
def unknown_level(subject: Subject, project: Project) -> Iterator[Verdict]:
    if subject.level_source != "default":
        yield Pass()
    elif project.levels_declared:
        yield Fail(f"no source gives it a level; judged as {subject.level}")
    else:
        yield NotApplicable("no source declares levels, the default applies")


@check
def conflicting_level(subject: Subject, project: Project) -> Iterator[Verdict]:
    if subject.level_source == "default":
        yield NotApplicable("no source gives the table a level")
    elif not subject.conflicts:
        yield Pass()
    else:
        used = subject.conflicts[0].used
        others = dict.fromkeys(_told(c.other) for c in subject.conflicts)
        yield Fail(f"{_told(used)}, but {', '.join(others)}", location=used.location)


@beside(conflicting_level)
def conflicting_level_of_unread(project: Project) -> Iterator[ProjectFinding]:
    """Of tables and collections that documents declare and no source defines."""
    declared: dict[tuple[System, Name], list[Declaration]] = {}
    for catalog in project.catalogs:
        for item in catalog.declared:
            if (item.system, item.table) not in project.tables and item.declaration.level:
                declared.setdefault((item.system, item.table), []).append(item.declaration)
    for (system, name), found in declared.items():
        ordered = sorted(found, key=lambda d: list(_PLACES).index(d.source))
        others = [d for d in ordered if d.level != ordered[0].level]
        if others:
            told = ", ".join(dict.fromkeys(_told(d) for d in others))
            verdict = Fail(f"{_told(ordered[0])}, but {told}", location=ordered[0].location)
            yield ProjectFinding(str(name), verdict, system, "reference")


_PLACES = {
    "configuration": "the configuration",
    "annotation": "its annotation",
    "comment": "its comment",
    "section": "its section of the reference",
    "summary": "the reference's summary table",
    "levels": "the reference's list of levels",
}


def _told(declaration: Declaration) -> str:
    return f"{declaration.level} in {_PLACES[declaration.source]}"
