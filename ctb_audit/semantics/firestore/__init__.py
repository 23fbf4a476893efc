"""What Firestore security rules grant, decided on their expression trees (STANDARD section 9).

- scope: functions and `let` put in place, names resolved
- texts: canonical texts and what an expression reads
- cases: a condition as the cases in which it holds, for one operation
- facts: what one case proves: signed in, an owner, unchanged and validated fields
- paths: which matches apply to a collection
- grants: the cases of a collection, operation by operation
"""

from ctb_audit.semantics.firestore.grants import (
    Granted,
    Grants,
    MatchedPath,
    applying,
    grants_of,
    matched_paths,
    undefined_calls,
)
from ctb_audit.semantics.firestore.paths import collection_of, covers, is_bounded, target_of

__all__ = [
    "Granted",
    "Grants",
    "MatchedPath",
    "applying",
    "collection_of",
    "covers",
    "grants_of",
    "is_bounded",
    "matched_paths",
    "target_of",
    "undefined_calls",
]
