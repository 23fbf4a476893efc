"""Edited files as patches that somebody applies: one for the types, one for the rules."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ctb_audit.remedy.in_place.files import SourceFile
from ctb_audit.remedy.layouts import STAMP, File
from ctb_audit.remedy.patch import patch_of

FOLDER = "firestore"
_HEAD = "# REVIEW: read before you apply it, from the top of the repository: git apply\n"


def patches_of(texts: Mapping[SourceFile, str], prefix: str, at: datetime) -> Iterator[File]:
    """The patches of files with their new texts. `prefix`: from the repository's top to where the
    files' shown paths begin.
    """
    number = 0
    for slug, suffix in (("types", ".ts"), ("rules", ".rules")):
        parts = [
            patch_of(prefix + file.shown, file.mark.decode() + file.text, file.mark.decode() + text)
            for file, text in texts.items()
            if file.shown.endswith(suffix)
        ]
        if any(parts):
            number += 1
            stem = f"{FOLDER}/{at:{STAMP}}_{number:02d}_review_{slug}"
            yield File(f"{stem}.patch", _HEAD + "".join(parts))
