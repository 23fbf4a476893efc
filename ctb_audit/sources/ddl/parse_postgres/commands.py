"""The commands of one ALTER TABLE, and where their texts stand."""

from ctb_audit.sources.ddl.parse_postgres.kinds import KINDS
from ctb_audit.sources.ddl.parse_postgres.source import Node, Source


class Commands:
    """The commands of one statement; the tree does not say where they stand, `span` does."""

    def __init__(self, node: Node, source: Source) -> None:
        self.node = node
        self.source = source
        self.kind = KINDS[node["objtype"]]
        self._spans: list[tuple[int, int]] = []

    def span(self, position: int) -> tuple[int, int]:
        """Start and end of a command's text."""
        if not self._spans:
            self._spans = self._find()
        return self._spans[position]

    def _find(self) -> list[tuple[int, int]]:
        source, start = self.source, self.node["relation"]["location"]
        spans: list[tuple[int, int]] = []
        while True:
            end = source.item_end(start)
            if end < source.end and source.text[end] == ")":  # of ONLY (name)
                start = end + 1
                continue
            spans.append((start, end))
            if end >= source.end:
                return spans
            start = end + 1


def cascades(command: Node) -> bool:
    return bool(command["behavior"] == "DROP_CASCADE")
