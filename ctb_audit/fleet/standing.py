"""The score of many tables of many targets (STANDARD section 11, over all of them as one)."""

from collections.abc import Iterable
from typing import NamedTuple

from ctb_audit.result import Grade, TableResult, grade_of
from ctb_audit.scoring import LEVEL_WEIGHTS, half_up


class Standing(NamedTuple):
    """Weighed table scores, which add up. `weight` of the levels, `reached` weight times score."""

    weight: int = 0
    reached: int = 0

    @classmethod
    def of(cls, tables: Iterable[TableResult]) -> "Standing":
        weighed = [(LEVEL_WEIGHTS[t.level], t.score) for t in tables if t.score is not None]
        return cls(sum(w for w, _ in weighed), sum(w * score for w, score in weighed))

    def plus(self, other: "Standing") -> "Standing":
        return Standing(self.weight + other.weight, self.reached + other.reached)

    @property
    def score(self) -> int | None:
        """What one database with all these tables would score; None for weight 0."""
        return half_up(self.reached, self.weight) if self.weight else None

    @property
    def grade(self) -> Grade | None:
        return grade_of(self.score)
