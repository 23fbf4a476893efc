"""TypeScript types as the documents of a collection."""

import pytest

from ctb_audit.sources.typescript import read_files, read_typescript


def fields(text: str, name: str = "Doc") -> dict[str, tuple[str, bool]]:
    document = read_typescript(text, "a.ts").document(name)
    assert document is not None
    return {c.name: (str(c.type), c.nullable) for c in document.shape.fields}


TYPES = {
    "string": ("string", False),
    "'a' | 'b'": ("string", False),
    "`x-${string}`": ("string", False),
    "number": ("number", False),
    "1 | 2": ("number", False),
    "boolean": ("boolean", False),
    "true": ("boolean", False),
    "Timestamp": ("Timestamp", False),
    "firebase.firestore.Timestamp": ("Timestamp", False),
    "Date | Timestamp": ("Timestamp", False),
    "Timestamp | FieldValue": ("Timestamp", False),
    "string | null": ("string", True),
    "string | undefined": ("string", True),
    "string | number": ("any", False),
    "string[]": ("string[]", False),
    "Array<number>": ("number[]", False),
    "readonly string[]": ("string[]", False),
    "[number, number]": ("any[]", False),
    "{ a: string }": ("map", False),
    "Record<string, number>": ("map", False),
    "{ [key: string]: number }": ("map", False),
    "any": ("any", False),
    "DocumentReference<User>": ("reference", False),
    "GeoPoint": ("GeoPoint", False),
    "Kind": ("string", False),
    "Level": ("number", False),
    "Inner": ("map", False),
    "Inner['city']": ("string", True),
    "(typeof KINDS)[number]": ("string", False),
    "NonNullable<Inner>": ("map", False),
    "Doc": ("any", False),
}
AROUND = """
enum Kind { A = 'a' }
enum Level { Low, High }
const KINDS = ['x'] as const;
interface Inner { city?: string }
"""


@pytest.mark.parametrize(("type_", "expected"), TYPES.items(), ids=list(TYPES))
def test_a_field_s_type(type_: str, expected: tuple[str, bool]) -> None:
    assert fields(f"{AROUND} export interface Doc {{ x: {type_}; }}") == {"x": expected}


BASE = "interface Base { id: string; note?: string } interface Named { name: string }"
SHAPES = {
    "interface Doc extends Base, Named { at: Date }": {"id", "note", "name", "at"},
    "type Doc = Base & Named": {"id", "note", "name"},
    "type Doc = Omit<Base, 'note'> & { at: Date }": {"id", "at"},
    "type Doc = Pick<Base, 'id' | 'note'>": {"id", "note"},
    "type Doc = Readonly<Base>": {"id", "note"},
    "class Doc { id!: string; readonly at: Date; run(): void {} }": {"id", "at"},
    "interface Doc { 'a-b': string; fn(): void; [k: string]: unknown }": {"a-b"},
}


@pytest.mark.parametrize(("text", "names"), SHAPES.items(), ids=list(SHAPES))
def test_the_fields_of_a_document(text: str, names: set[str]) -> None:
    assert set(fields(f"{BASE}\n{text}")) == names


def test_partial_and_required_decide_what_may_be_absent() -> None:
    assert fields(f"{BASE} type Doc = Partial<Base>")["id"] == ("string", True)
    assert fields(f"{BASE} type Doc = Required<Base>")["note"] == ("string", False)


def test_names_are_looked_up_where_they_are_imported_from() -> None:
    first = ("a/doc.ts", "import { Kind } from './kinds'; export interface Doc { kind: Kind }")
    kinds = ("a/kinds.ts", "export type Kind = 'a' | 'b';")
    other = ("b/other.ts", "export type Kind = number;")
    file = read_files([first, other, kinds])[0]
    document = file.document("Doc")
    assert document is not None and str(document.shape.fields[0].type) == "string"
    assert file.problems == ()


def test_what_is_defined_nowhere_is_counted() -> None:
    file = read_typescript("interface Doc { a: string; b: Missing<string>; c: Gone }", "a.ts")
    file.document("Doc")
    assert (file.coverage.statements, file.coverage.understood) == (3, 1)
    assert [p.location.column for p in file.problems if p.location] == [28, 48]


def test_a_file_that_does_not_parse_says_so_and_keeps_the_rest() -> None:
    text = "interface Doc { a: string }\nconst x = = {;\n"
    file = read_typescript(text, "a.ts", first_line=10)
    document = file.document("Doc")
    assert document is not None and len(document.shape.fields) == 1
    assert [p.message for p in file.problems] == ["TypeScript: is no TypeScript"]
    assert file.problems[0].location is not None and file.problems[0].location.line == 11
    assert file.coverage.not_understood == 1


def test_collections_that_the_code_opens() -> None:
    text = """
    const users = collection(db, 'users') as CollectionReference<User>;
    const items = db.collection("shops/x/items").withConverter<Item>(conv);
    const none = collection(db, name);
    """
    found = read_typescript(text, "a.ts").collections
    assert found == (("users", "User"), ("items", "Item"))


@pytest.mark.parametrize(
    "text",
    [
        "type Doc = " + "{a: " * 3000,
        "type Doc = " + "A | " * 3000 + "B;",
        "interface Doc extends Doc {}",
    ],
    ids=["nested", "a long union", "of itself"],
)
def test_hostile_texts_end_in_a_result(text: str) -> None:
    file = read_typescript(text, "a.ts")
    file.document("Doc")
    assert file.coverage.statements >= 0


def test_a_type_inferred_from_a_schema_has_its_fields() -> None:
    text = """
    const Note = z.object({ id: z.uuid(), at: z.date().nullish(), tags: z.array(z.string()),
      who: z.object({ name: z.string() }), odd: imported });
    export type Doc = z.infer<typeof Note>;
    interface Other { note: z.infer<typeof Note>; lost: z.infer<typeof Gone>; call: () => void }
    """
    assert fields(text) == {
        **{"id": ("string", False), "at": ("Timestamp", True), "tags": ("string[]", False)},
        **{"who": ("map", False), "odd": ("any", False)},
    }
    assert fields(text, "Other") == {"note": ("map", False), "lost": ("any", False)}
