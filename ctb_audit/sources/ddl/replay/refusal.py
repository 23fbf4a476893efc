"""Why a statement has no effect."""

from ctb_audit.model import Name, ProblemKind


class Refusal(Exception):
    """The server would reject this; caught by replay, never seen by a user.

    `objects` are the tables concerned.
    """

    def __init__(
        self, message: str, *objects: Name, kind: ProblemKind = "rejected", tolerable: bool = False
    ) -> None:
        super().__init__(message)
        self.message = message
        self.objects = objects
        self.kind: ProblemKind = kind
        self.tolerable = tolerable


class Ignored(Exception):
    """The statement concerns what the model leaves out (temporary tables, extension members)."""


def duplicate(message: str, *objects: Name) -> Refusal:
    """An object of that name exists; tolerated where the statement is guarded by an IF."""
    return Refusal(message, *objects, kind="duplicate-object-name", tolerable=True)
