"""Firestore security rules: text to a tree with positions (`ctb_audit.rules_model`).

lexer       the words of the language
stream      words one after the other, and what may stand in their place
expression  conditions
read        files: services, matches, functions, allows; recovery after what is not understood
"""

from ctb_audit.sources.firestore_rules.read import RulesRead, read_rules

__all__ = ["RulesRead", "read_rules"]
