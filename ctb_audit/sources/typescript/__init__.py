"""TypeScript: document types of Firestore collections, and zod schemas.

- syntax: a text to a tree, with places in its document
- declarations: what a file declares, and names resolved over several files
- shapes: a type as the model's Type, with the fields of maps
- inferred: what a zod schema accepts, as such a type
- zod: `z.object({...})` as a Model
- read: a file, its documents and models, and what was not understood
- documents: a type as the collection whose documents it describes
"""

from ctb_audit.sources.typescript.read import TypeScript, read_files, read_typescript

__all__ = ["TypeScript", "read_files", "read_typescript"]
