"""Behaviour of PL/pgSQL trigger functions, read from their trees and never run."""

from ctb_audit.semantics.plpgsql.effects import TriggerEffect, effect_of
from ctb_audit.semantics.plpgsql.sequence import row_keeps_current
from ctb_audit.semantics.plpgsql.triggers import (
    Event,
    assigns_on_every_path,
    is_active,
    keeps_current,
    rejects_row,
    trigger_fires,
)

__all__ = [
    "Event",
    "TriggerEffect",
    "assigns_on_every_path",
    "effect_of",
    "is_active",
    "keeps_current",
    "rejects_row",
    "row_keeps_current",
    "trigger_fires",
]
