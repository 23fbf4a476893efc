"""Loads standards and rules: the data of `rules/` and of a team's own folders.

Built-in files come out of one JSON (made when the wheel is built, in a checkout cached by
content) and are trusted, since tests validate them. A team's own files are validated each
time their content is new. Nothing in a file can execute: a rule names a registered check
and gives it values.
"""

from ctb_audit.rulebook.load import load_rule_examples, load_standard, standard_ids

__all__ = ["load_rule_examples", "load_standard", "standard_ids"]
