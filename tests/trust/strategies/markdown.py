"""Schema references: sections of tables, summaries, fences, and Markdown that is none."""

from hypothesis import strategies as st

from tests.trust.strategies.sql import scripts

words = st.sampled_from(
    ("users", "`users`", "**users**", "status", "TODO", "a | b", "é", "", "[x](y)")
)
levels = st.sampled_from(("STRICT", "STANDARD", "RELAXED", "NONE", "strict", "?"))
headings = st.builds("{} {}\n\n".format, st.sampled_from(("#", "##", "###", "#######")), words)
facts = st.builds(
    "**{}**: {}\n".format,
    st.sampled_from(
        ("Table ID", "Enforcement", "Purpose", "HEIR ID", "Status", "STAMPED Compliant")
    ),
    st.one_of(words, levels, st.sampled_from(("BART-SHQ-USERS-V1", "BID-DATA-001", "No"))),
)
rows = st.lists(words, min_size=1, max_size=4).map(lambda cells: f"| {' | '.join(cells)} |\n")
grids = st.builds("{}|---|---|\n{}".format, rows, st.lists(rows, max_size=4).map("".join))
languages = st.sampled_from(("sql", "typescript", "javascript", "mermaid", "", "json"))
fences = st.builds("```{}\n{}\n```\n".format, languages, scripts)
rules = st.builds(
    "- {}: {}\n".format,
    words,
    st.sampled_from(("'a', 'b'", "must be 1-4", "positive", "must be unique", "format: `^a$`")),
)
odd = st.sampled_from(
    ("```sql\n", "<!-- ", "<table>\n", "> > > ", "- - - ", "\t\t", "***", "\\", "|")
)
documents = st.lists(st.one_of(headings, facts, grids, fences, rules, odd, words), max_size=10).map(
    "\n".join
)
