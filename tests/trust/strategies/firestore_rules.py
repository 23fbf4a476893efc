"""Security rules of Firestore, whole and broken."""

from hypothesis import strategies as st

conditions = st.recursive(
    st.sampled_from(
        (
            *("true", "request.auth != null", "request.auth.uid == id", "resource.data.a == 1"),
            *(
                "request.resource.data.keys().hasAll(['a'])",
                "f()",
                "get(/databases/$(d)/x)",
                "",
                "'",
            ),
        )
    ),
    lambda inner: st.one_of(
        st.builds("{} && {}".format, inner, inner),
        st.builds("({} || {})".format, inner, inner),
        st.builds("!{}".format, inner),
        st.builds("{} ? {} : {}".format, inner, inner, inner),
        st.builds("f({})".format, inner),
        st.builds("{}[{}]".format, inner, inner),
    ),
    max_leaves=6,
)
operations = st.sampled_from(("read", "write", "create, update", "get", "delete", "fly"))
allows = st.one_of(
    st.builds("allow {}: if {};\n".format, operations, conditions),
    st.builds("allow {};\n".format, operations),
    st.builds("function f(a) {{ let b = {}; return {}; }}\n".format, conditions, conditions),
)
paths = st.sampled_from(("/users/{id}", "/{x=**}", "/a/{b}/c/{d}", "/", "users", "/a b/{c}"))
blocks = st.recursive(
    st.lists(allows, max_size=3).map("".join),
    lambda inner: st.builds("match {} {{\n{}{}}}\n".format, paths, inner, inner),
    max_leaves=5,
)
frames = st.sampled_from(
    (
        "service cloud.firestore {{ match /databases/{{d}}/documents {{\n{} }} }}",
        "service firebase.storage {{ {} }}",
        "{}",
        "{} }}",
    )
)
rules = st.builds(lambda frame, body: frame.format(body), frames, blocks)
