"""The TypeScript files of a folder: which are read, and what each describes.

Which type describes the documents of which collection, and which model the rows of which table,
is decided in this order: the configuration, the schema reference (`Schema:` and `Model:` among a
table's source files), the code (`collection(db, 'x') as CollectionReference<X>`), the folder
(`.../firestore/schemas/x.ts`), the name. Of several that fit by name alone none is taken.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from posixpath import basename, dirname, splitext

from ctb_audit.model import Coverage, Name, Problem, Table
from ctb_audit.semantics.field_names import means
from ctb_audit.sources.files import Skipped
from ctb_audit.sources.ties import Key, Known
from ctb_audit.sources.typescript import TypeScript, read_files
from ctb_audit.sources.typescript.documents import collection as as_table
from ctb_audit.sources.typescript.read import Document
from ctb_audit.zod_model import Model

DEFAULT_SCHEMA = "default"
_TYPE = re.compile(r"\b(?:interface|type|class)\s+([A-Za-z_$][\w$]*)")
_ZOD = re.compile(r"\bz\s*\.\s*(?:object|strictObject|looseObject)\s*\(|\.extend\(|from\s+['\"]zod")
_OPENS = re.compile(r"\bcollection(?:Group)?\s*(?:<[^>]*>)?\(")
_IMPORTED = re.compile(r"from\s+['\"](?:\.|@/|~/|src/)[^'\"]*?([\w.-]+)['\"]")
_STORES = frozenset({"firestore", "firebase"})
_SHAPES = frozenset(
    {"schemas", "schema", "collections", "documents", "models", "types", "interfaces"}
)
_TESTS = re.compile(r"(?:\.(?:test|spec|stories|d)\.ts$|/__tests__/|/__mocks__/)")


def is_test(path: str) -> bool:
    """Whether a file is a test, a story or a declaration of somebody else's code."""
    return _TESTS.search(path) is not None


@dataclass
class FoundTypes:
    """What the files describe; `coverage` counts properties."""

    tables: dict[Name, Table] = field(default_factory=dict)
    models: list[Model] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    skipped: list[Skipped] = field(default_factory=list)


def read_types(texts: Mapping[str, str], known: Known, named: frozenset[str]) -> FoundTypes:
    """What the files describe, by path and text; `named` are read whatever their names say."""
    return _Files(texts, known, named).read()


class _Files:
    """The TypeScript files of one folder."""

    def __init__(self, texts: Mapping[str, str], known: Known, named: frozenset[str]) -> None:
        self._texts = texts
        self._known = known
        self._found = FoundTypes()
        self._named = named

    def read(self) -> FoundTypes:
        chosen = self._with_imports([p for p in self._texts if self._is_candidate(p)])
        files = {f.path: f for f in read_files((p, self._texts[p]) for p in chosen)}
        opened = dict(o for f in files.values() for o in f.collections if o[0])
        self._known.collections.update(dict.fromkeys(opened))
        for path, file in files.items():
            self._documents(path, file)
            self._models(path, file)
        self._by_name(files, opened)
        for file in files.values():
            self._found.problems.extend(file.problems if file.coverage.statements else ())
            self._found.coverage += file.coverage
        return self._found

    # ---- which files ----------------------------------------------------------------------------

    def _is_candidate(self, path: str) -> bool:
        text = self._texts[path]
        return (
            path in self._named
            or path in self._known.stated
            or _in_store(path)
            or any(
                True for kind in ("documents", "models") for _ in self._known.configured(path, kind)
            )
            or (_ZOD.search(text) is not None and bool(self._known.tables))
            or self._declares_document(text)
        )

    def _declares_document(self, text: str) -> bool:
        if _OPENS.search(text):
            return True
        names = set(_TYPE.findall(text)) if self._known.collections else ()
        return any(means(n, c) for n in names for c in self._known.collections)

    def _with_imports(self, paths: Sequence[str]) -> list[str]:
        """Also the files that these import, so that names resolve."""
        by_stem: dict[str, list[str]] = {}
        for path in self._texts:
            by_stem.setdefault(splitext(basename(path))[0], []).append(path)
        chosen = dict.fromkeys(paths)
        todo = list(paths)
        while todo:
            for stem in _IMPORTED.findall(self._texts[todo.pop()]):
                for path in by_stem.get(stem, ()):
                    if path not in chosen:
                        chosen[path] = None
                        todo.append(path)
        return list(chosen)

    # ---- documents ------------------------------------------------------------------------------

    def _documents(self, path: str, file: TypeScript) -> None:
        configured = list(self._known.configured(path, "documents"))
        for name, target in configured:
            document = file.document(name) if name else file.main_document(target)
            self._add(target, document)
        system, table = self._known.stated.get(path, ("", None))
        stem = splitext(basename(path))[0]
        if configured:
            return
        if table is not None:
            if system == "firestore":
                self._add(table.name, file.main_document(table.name))
        elif _in_store(path) or (path in self._named and not file.model_names):
            collection = self._known.collection(stem)
            self._add(collection, file.main_document(collection))

    def _by_name(self, files: Mapping[str, TypeScript], opened: Mapping[str, str]) -> None:
        """Collections that nothing else ties to a type."""
        for collection in self._known.collections:
            name = Name(DEFAULT_SCHEMA, collection)
            if name in self._found.tables:
                continue
            typed = opened.get(collection, "")
            fitting = [
                (file, type_)
                for file in files.values()
                for type_ in file.type_names
                if (type_ == typed if typed else means(type_, collection))
            ]
            if len(fitting) == 1:
                file, type_ = fitting[0]
                self._add(collection, file.document(type_))
            elif fitting:
                places = ", ".join(dict.fromkeys(f.path for f, _ in fitting))
                why = f"several types may describe the collection {collection}; tie one in ctb.toml"
                self._found.skipped.append(Skipped(places, why))

    def _add(self, collection: str, document: Document | None) -> None:
        if document is not None:
            name = Name(DEFAULT_SCHEMA, collection)
            table = as_table(name, document.shape, document.location)
            self._found.tables.setdefault(name, table)

    # ---- models ---------------------------------------------------------------------------------

    def _models(self, path: str, file: TypeScript) -> None:
        if not file.model_names:
            return
        tied: dict[str, None] = {}
        for name, target in self._known.configured(path, "models"):
            key = self._known.table(target)
            model = file.model(name) if name in file.model_names else file.model_of(key[1].name)
            self._tie(model, key, tied)
        stated = self._known.stated.get(path)
        if stated is not None:
            self._tie(file.model_of(stated[1].name), stated, tied)
        if not tied:
            self._models_by_name(path, file, tied)
        if path in self._named:
            rest = (m for n in file.model_names if n not in tied and (m := file.model(n)))
            self._found.models.extend(rest)

    def _models_by_name(self, path: str, file: TypeScript, tied: dict[str, None]) -> None:
        stem = splitext(basename(path))[0].split(".")[0]
        alone = len(file.model_names) == 1
        for name in file.model_names:
            keys = [
                key
                for key in self._known.tables
                if means(name, key[1].name) or (alone and means(stem, key[1].name))
            ]
            if len({key[1].name for key in keys}) == 1 and len(keys) == 1:
                self._tie(file.model(name), keys[0], tied)

    def _tie(self, model: Model | None, key: Key, tied: dict[str, None]) -> None:
        if model is not None and model.name not in tied:
            tied[model.name] = None
            self._found.models.append(replace(model, system=key[0], table=key[1]))


def _in_store(path: str) -> bool:
    """Whether the folders say that the file describes documents: `firestore/schemas/x.ts`."""
    parts = set(dirname(path).lower().split("/"))
    return bool(parts & _STORES) and bool(parts & _SHAPES)
