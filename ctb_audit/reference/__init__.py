"""Schema references written from the model, and existing ones kept true.

sql, sketches   one table as its code block, and the tables as a diagram
entries         what is known of a table, whoever said it
shapes          the two shapes of a document
write, update   a new document; an existing one, of which only what the model knows is replaced
"""

from ctb_audit.reference.update import updated
from ctb_audit.reference.write import Written, written

__all__ = ["Written", "updated", "written"]
