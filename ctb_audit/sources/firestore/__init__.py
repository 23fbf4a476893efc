"""Live Firestore: collections sampled with a bounded number of reads."""

from ctb_audit.sources.firestore.read import Bounds, read_firestore

__all__ = ["Bounds", "read_firestore"]
