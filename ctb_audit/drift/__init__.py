"""What differs between sources, beyond the findings: every change, and what settles doubt."""

from ctb_audit.drift.comparisons import comparisons_of
from ctb_audit.drift.settle import ScratchSettler

__all__ = ["ScratchSettler", "comparisons_of"]
