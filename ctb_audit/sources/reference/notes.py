"""What was understood of a document and what was not, counted (DESIGN: coverage is a result)."""

from ctb_audit.model import Coverage, Location, Name, Problem, ProblemKind


class Notes:
    """Collects problems and coverage while one document is read."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self._understood = 0
        self._not_understood = 0

    def understood(self) -> None:
        self._understood += 1

    def missed(self, message: str, line: int, excerpt: str = "", name: Name | None = None) -> None:
        """Something that should have said more than this reader could take from it."""
        self._not_understood += 1
        self.remark("not-understood", message, line, excerpt, name)

    def remark(
        self,
        kind: ProblemKind,
        message: str,
        line: int,
        excerpt: str = "",
        name: Name | None = None,
    ) -> None:
        """A problem of something that was understood."""
        objects = () if name is None else (name,)
        self.problems.append(
            Problem(kind, message, objects, excerpt[:120], Location(self.path, line, 1))
        )

    @property
    def coverage(self) -> Coverage:
        return Coverage(self._understood + self._not_understood, self._understood)
