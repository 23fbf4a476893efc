"""zod schemas as the fields they accept."""

from dataclasses import fields as names_of
from typing import Any

import pytest

from ctb_audit.sources.typescript import read_typescript
from ctb_audit.zod_model import Model, ModelField

IGNORED = ("name", "location")


def model(text: str, name: str = "S") -> Model:
    found = read_typescript(text, "m.ts").model(name)
    assert found is not None
    return found


def told(field: ModelField) -> dict[str, Any]:
    """What differs from a plain field."""
    plain = ModelField("", "any")
    found = {n.name: getattr(field, n.name) for n in names_of(ModelField) if n.name not in IGNORED}
    return {k: v for k, v in found.items() if k == "type" or v != getattr(plain, k)}


FIELDS: dict[str, dict[str, Any]] = {
    "z.string()": {"type": "string"},
    "z.string().min(1).max(255)": {"type": "string", "shortest": 1, "longest": 255},
    "z.string().length(3)": {"type": "string", "shortest": 3, "longest": 3},
    "z.string().email().optional()": {"type": "string", "format": "email", "optional": True},
    "z.email()": {"type": "string", "format": "email"},
    "z.string().regex(/^a\\d+$/i, 'no')": {"type": "string", "pattern": "^a\\d+$", "flags": "i"},
    "z.number().int().positive()": {"type": "integer", "above": "0"},
    "z.number().min(0).max(1_000)": {"type": "number", "minimum": "0", "maximum": "1000"},
    "z.coerce.number().gte(-1.5).lt(2)": {"type": "number", "minimum": "-1.5", "below": "2"},
    "z.boolean().default(true)": {"type": "boolean", "optional": True, "default": True},
    "z.coerce.date().nullable()": {"type": "date", "nullable": True},
    "z.iso.datetime().nullish()": {
        **{"type": "string", "format": "datetime", "optional": True, "nullable": True}
    },
    "z.enum(['a', 'b'])": {"type": "enum", "values": ("a", "b")},
    "z.enum(KINDS)": {"type": "enum", "values": ("x", "y")},
    "z.nativeEnum(Level)": {"type": "enum", "values": ("low", "high")},
    "z.literal('a')": {"type": "enum", "values": ("a",)},
    "z.union([z.literal('a'), z.literal('b')])": {"type": "enum", "values": ("a", "b")},
    "z.string().or(z.null())": {"type": "string", "nullable": True},
    "z.union([z.string(), z.number()])": {"type": "any"},
    "z.array(z.any()).max(3)": {"type": "array", "items": (ModelField("", "any"),), "longest": 3},
    "z.string().array()": {"type": "array", "items": (ModelField("", "string"),)},
    "z.array(imported)": {"type": "array"},
    "z.iso.date()": {"type": "string", "format": "date"},
    "z.ipv4()": {"type": "string"},
    "z.uuidv7()": {"type": "string", "format": "uuid"},
    "z.int32()": {"type": "integer", "minimum": "-2147483648", "maximum": "2147483647"},
    "z.enum(['a', 'b', 'c']).exclude(['b'])": {"type": "enum", "values": ("a", "c")},
    "z.enum(['a', 'b', 'c']).extract(['b'])": {"type": "enum", "values": ("b",)},
    "z.enum({Low: 'low', High: 'high'})": {"type": "enum", "values": ("low", "high")},
    "z.strictObject({a: z.int()}).keyof()": {"type": "enum", "values": ("a",)},
    "z.string().nullish().unwrap()": {"type": "string"},
    "z.string().optional().nonoptional()": {"type": "string"},
    "email()": {"type": "string", "format": "email", "longest": 5},
    "short('x')": {"type": "string", "longest": 2},
    "z.record(z.string(), z.any())": {"type": "object"},
    "z.unknown()": {"type": "any"},
    "z.preprocess(x => x, z.date())": {"type": "date"},
    "z.optional(z.string())": {"type": "string", "optional": True},
    "z.string().refine(x => x).transform(f)": {"type": "string"},
    "Name": {"type": "string", "longest": 9},
    "Base.shape.id": {"type": "string", "format": "uuid"},
    "imported": {"type": "unknown"},
    "z.newest()": {"type": "unknown"},
}
AROUND = """
import { z } from 'zod';
const KINDS = ['x', 'y'] as const;
enum Level { Low = 'low', High = 'high' }
const Name = z.string().max(9);
const Base = z.object({ id: z.string().uuid(), at: z.date() });
const email = () => z.email().max(5);
const short = (why) => { const told = why; return z.string().max(2); };
"""


@pytest.mark.parametrize(("text", "expected"), FIELDS.items(), ids=list(FIELDS))
def test_what_a_field_accepts(text: str, expected: dict[str, Any]) -> None:
    (field,) = model(f"{AROUND} export const S = z.object({{ f: {text} }});").fields
    assert told(field) == expected


OBJECTS = {
    "Base.extend({ more: z.string() })": {"id", "at", "more"},
    "Base.merge(z.object({ more: z.string() })).strict()": {"id", "at", "more"},
    "z.object({ ...Base.shape, more: Name })": {"id", "at", "more"},
    "Base.omit({ at: true })": {"id"},
    "Base.pick({ at: true })": {"at"},
    "z.object({ id: Name, 'two words': Name }).passthrough()": {"id", "two words"},
    "z.strictObject({ id: Name })": {"id"},
    "z.intersection(Base, z.object({ more: Name }))": {"id", "at", "more"},
    "z.extend(Base, { more: Name })": {"id", "at", "more"},
    "z.pick(Base, { at: true })": {"at"},
    "z.object({ id: Name }).refine(x => x)": {"id"},
}


@pytest.mark.parametrize(("text", "names"), OBJECTS.items(), ids=list(OBJECTS))
def test_the_fields_of_a_model(text: str, names: set[str]) -> None:
    found = model(f"{AROUND} export const S = {text};")
    assert ({f.name for f in found.fields}, found.open) == (names, False)


def test_fields_that_may_be_left_out() -> None:
    found = model(f"{AROUND} const S = Base.partial({{ id: true }});")
    assert [(f.name, f.optional) for f in found.fields] == [("id", True), ("at", False)]


def test_a_model_with_fields_from_elsewhere_is_open() -> None:
    assert model(f"{AROUND} const S = z.object({{ ...elsewhere, id: Name }});").open
    assert model(f"{AROUND} const S = Base.extend(elsewhere);").open


def test_zod_under_another_name() -> None:
    assert model("import * as zod from 'zod'; const S = zod.object({ a: zod.string() });").fields
    file = read_typescript("import { z } from 'other'; const S = z.object({});", "m.ts")
    assert file.model_names == ()


def test_what_is_not_understood_is_counted_with_its_place() -> None:
    file = read_typescript("const S = z.object({\n  a: z.string(),\n  b: custom(),\n});", "m.ts")
    file.model("S")
    assert (file.coverage.statements, file.coverage.understood) == (2, 1)
    assert [p.location.line for p in file.problems if p.location] == [3]


def test_a_schema_of_itself_ends() -> None:
    found = model("const S = z.object({ next: z.lazy(() => S).nullable() });")
    assert [(f.type, f.nullable) for f in found.fields] == [("any", True)]
