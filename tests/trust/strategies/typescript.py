"""TypeScript: document types, zod models, and what is neither."""

from hypothesis import strategies as st

names = st.sampled_from(("User", "Users", "A", "z", "string", "é"))
types = st.recursive(
    st.sampled_from(("string", "number", "Timestamp", "Date", "null", "'a'", "any", "User", "")),
    lambda inner: st.one_of(
        st.builds("{} | {}".format, inner, inner),
        st.builds("{} & {}".format, inner, inner),
        st.builds("{}[]".format, inner),
        st.builds("Partial<{}>".format, inner),
        st.builds("Omit<{}, 'a'>".format, inner),
        st.builds("{{ a: {}; b?: {} }}".format, inner, inner),
        st.builds("({})".format, inner),
    ),
    max_leaves=6,
)
schemas = st.recursive(
    st.sampled_from(("z.string()", "z.number().min(1)", "z.enum(['a', 'b'])", "z.any()", "x", "")),
    lambda inner: st.one_of(
        st.builds("z.object({{ a: {}, ...{} }})".format, inner, inner),
        st.builds("{}.optional()".format, inner),
        st.builds("{}.extend({{ b: {} }})".format, inner, inner),
        st.builds("z.union([{}, {}])".format, inner, inner),
        st.builds("z.array({})".format, inner),
        st.builds("z.preprocess((v) => v, {})".format, inner),
    ),
    max_leaves=6,
)
declarations = st.one_of(
    st.builds("export interface {} {{ a: {}; b?: {} }}\n".format, names, types, types),
    st.builds("type {} = {};\n".format, names, types),
    st.builds("export const {}Schema = {};\n".format, names, schemas),
    st.sampled_from(
        (
            "import { z } from 'zod';\n",
            "import * as x from './x';\n",
            "const c = collection(db, 'users') as CollectionReference<User>;\n",
            "enum E { A = 'a' }\n",
            "class {",
            "/* a",
            "`${",
        )
    ),
)
modules = st.lists(declarations, max_size=8).map("".join)
