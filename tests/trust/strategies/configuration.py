"""`ctb.toml` and rule files: keys that exist, keys that nearly do, values of every kind."""

from hypothesis import strategies as st

values = st.sampled_from(
    (
        *("1", "-1", "70.5", "nan", "inf", "true", '""', '"a"', '"*"', "[]", '["a", "*"]', "{}"),
        *("2026-11-22", '"2026-11-22"', '"2026-13-01"', "[[]]", "{ a = 1 }", '"STRICT"', "9" * 400),
        *('"ctb-1.0"', '"../x.toml"', '"a\\nb\\u001b[2J"', "0x7fffffffffffffffff"),
    )
)
keys = st.sampled_from(
    (
        *("standard", "sources", "exclude", "select", "ignore", "fail_under", "fail_on", "rules"),
        *("min_coverage", "default_level", "baseline", "log", "severity", "dialect", "registry"),
        *("registry.tables", "dialekt", "fail_under_table", "templates", "zod", '"a.b"', '""'),
    )
)
tables = st.sampled_from(
    ("[[table]]", "[[waiver]]", "[[fail_under_schedule]]", "[severity]", "[[x]]")
)
inner_keys = st.sampled_from(
    ("name", "level", "exempt", "rule", "owner", "reason", "until", "date", "threshold", "tabel")
)
rule_keys = st.sampled_from(
    (
        "summary",
        "why",
        "remedy",
        "severity",
        "check",
        "params",
        "needs",
        "levels",
        "kinds",
        "check_",
    )
)
checks = st.sampled_from(('"missing_primary_key"', '"missing_columns"', '"no_such_check"', "1"))


def _lines(key: st.SearchStrategy[str], value: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(key, value), max_size=5, unique_by=lambda pair: pair[0])
    return pairs.map(lambda found: "".join(f"{name} = {text}\n" for name, text in found))


configurations = st.builds(
    "{}{}".format,
    _lines(keys, values),
    st.lists(st.builds("{}\n{}".format, tables, _lines(inner_keys, values)), max_size=3).map(
        "".join
    ),
)
rule_files = st.builds(
    'summary = "s"\nwhy = "w"\nremedy = "r"\n{}{}'.format,
    _lines(st.sampled_from(("severity", "clause", "tags")), values),
    st.one_of(_lines(st.just("check"), checks), _lines(rule_keys, values)),
)
