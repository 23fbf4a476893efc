"""What the sources themselves get wrong: statements that no server accepts or nobody reads."""

from collections.abc import Iterable, Iterator

from ctb_audit.checks.registry import ProjectFinding, beside, check
from ctb_audit.lean import pattern
from ctb_audit.model import Name, Problem, ProblemKind, Surface
from ctb_audit.project import Project, Subject
from ctb_audit.verdict import Fail, NotApplicable, Pass, Verdict

SHOWN = 3  # problems that one message lists
_QUOTED = pattern(r'"[^"]*"')


@check
def reported_problem(subject: Subject, project: Project, *, kind: ProblemKind) -> Iterator[Verdict]:
    """Problems of one kind whose statements name the table; a live table was not read from SQL."""
    if subject.surface == "live":
        yield NotApplicable("the table was read from a catalog, not from SQL")
        return
    found = [p for p in project.problems_of(subject) if p.kind == kind]
    yield _summed_up(found) if found else Pass()


@beside(reported_problem)
def reported_elsewhere(project: Project, *, kind: ProblemKind) -> Iterator[ProjectFinding]:
    """Problems of one kind whose statements name no table that is judged: one finding for each
    object that the reader could name, else for each file.
    """
    for catalog in project.catalogs:
        judged = _judged_names(project, catalog.surface)
        grouped: dict[str, list[Problem]] = {}
        for problem in catalog.problems:
            if problem.kind == kind and judged.isdisjoint(problem.objects):
                grouped.setdefault(_object(problem, catalog.source), []).append(problem)
        for name, problems in grouped.items():
            yield ProjectFinding(name, _summed_up(problems), surface=catalog.surface)


def _judged_names(project: Project, surface: Surface) -> frozenset[Name]:
    """The judged tables, with and without their schema."""
    names = [s.name for s in project.subjects if s.surface == surface]
    return frozenset((*names, *(Name(None, n.name) for n in names)))


def _object(problem: Problem, source: str) -> str:
    """A name with its schema is certain; any other is only what the statement says."""
    named = next((n for n in problem.objects if n.schema is not None), None)
    if named is not None:
        return str(named)
    return problem.location.path if problem.location is not None else source


def _summed_up(problems: Iterable[Problem]) -> Fail:
    """Messages that differ in one quoted name only are told once, with the other names."""
    found = list(problems)
    alike: dict[str, list[str]] = {}
    for message in dict.fromkeys(p.message for p in found):
        alike.setdefault(_QUOTED.sub('""', message, count=1), []).append(message)
    texts = [_merged(messages) for messages in alike.values()]
    text = "; ".join(texts[:SHOWN])
    if len(texts) > SHOWN:
        text = f"{text}; and {len(texts) - SHOWN} more"
    return Fail(text, location=found[0].location)


def _merged(messages: list[str]) -> str:
    names = [quoted[0] for m in messages[1:] if (quoted := _QUOTED.search(m))]
    if not names:
        return messages[0]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{messages[0]} (so too {', '.join(names[:SHOWN])}{more})"
