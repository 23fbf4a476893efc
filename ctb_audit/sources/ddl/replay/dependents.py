"""What depends on an object that is dropped."""

from ctb_audit.model import Name
from ctb_audit.sources.ddl.replay.refusal import Refusal
from ctb_audit.sources.ddl.replay.state import State


def refuse_dependent(state: State, name: Name, what: str, dependent: str, cascade: bool) -> None:
    """RESTRICT refuses in server mode; in lenient mode the dependent goes and a problem stays."""
    if not cascade:
        message = f"cannot drop {what} because {dependent} depends on it"
        state.complain(Refusal(message, name))
