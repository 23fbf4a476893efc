"""What the database itself should hold, verdict by verdict (STANDARD sections 3 and 6)."""

from dataclasses import replace

import pytest

from ctb_audit.document_model import ValueRule
from ctb_audit.model import Catalog, Constraint, Table
from tests.checks.judging import at, catalog_of, document_of, said, table_note

STRICT = "-- ctb: enforcement=STRICT\n"
HEIR = "unenforced-heir-format"
VALUES = "unenforced-documented-values"
FORMAT = "unenforced-documented-format"
NULLS = "nullable-documented-column"


def rule(
    kind: str, column: str, text: str = "as it says", line: int = 6, **bounds: object
) -> ValueRule:
    return ValueRule(kind, column, text, at(line), **bounds)  # type: ignore[arg-type]


def stated(rule_id: str, columns: str, *rules: ValueRule, before: str = "") -> list[str]:
    """What the rule says of `orders`, each line without its fixed beginning."""
    catalog = catalog_of(f"{before}{STRICT}CREATE TABLE orders (id integer,\n{columns});")
    document = document_of(table_note("orders", rules=rules))
    start = "LOW" if rule_id == FORMAT else "MEDIUM"
    found = said(rule_id, catalog, document)
    cut = (f"{start} postgresql ddl public.orders ", "public.orders ", " public.orders")
    return [next((line.replace(c, "", 1) for c in cut if c in line), line) for line in found]


def says(text: str) -> str:
    return f", and line 6 of the document says: {text}"


@pytest.mark.parametrize(
    ("columns", "stated_rule", "expected"),
    [
        (
            "status text",
            rule("values", "status", "Status: `a`, `b`", values=("a", "b")),
            f"[status], line 3: nothing checks status{says('Status: a, b')}",
        ),
        (
            "status text CHECK (status IN ('a', 'b'))",
            rule("values", "status", values=("a", "b")),
            "pass [status]",
        ),
        ("amount integer CHECK (amount >= 1)", rule("positive", "amount"), "pass [amount]"),
        ("amount serial CHECK (amount >= 1)", rule("positive", "amount"), "pass [amount]"),
        ("amount numeric CHECK (amount >= 1)", rule("positive", "amount"), "pass [amount]"),
        ("amount numeric CHECK (amount >= 0.01)", rule("positive", "amount"), "pass [amount]"),
        (
            "amount numeric CHECK (amount >= 0)",
            rule("positive", "amount"),
            f"[amount], line 3: amount: 0 is accepted{says('as it says')}",
        ),
        (
            "amount integer CHECK (amount >= 0)",
            rule("positive", "amount"),
            f"[amount], line 3: amount: 0 is accepted{says('as it says')}",
        ),
        ("amount numeric CHECK (amount >= 0.5)", rule("positive", "amount"), "pass [amount]"),
        *(
            (
                f"amount {type_} CHECK (amount = abs(amount))",
                rule("positive", "amount"),
                f"[amount], line 3: amount: 0 is accepted{says('as it says')}",
            )
            for type_ in ("integer", "serial", "numeric")
        ),
        (
            "amount text",
            rule("positive", "amount"),
            "not applicable [amount]: a positive says nothing of text",
        ),
        (
            "amount text",
            rule("range", "amount", low="1", high="9"),
            "not applicable [amount]: a range says nothing of text",
        ),
        (
            "code integer",
            rule("non-empty", "code"),
            "not applicable [code]: a non-empty says nothing of integer",
        ),
        ("code text CHECK (code <> '')", rule("non-empty", "code"), "pass [code]"),
        (
            "amount money CHECK (amount::numeric > 9)",
            rule("unique", "amount"),
            "[amount], line 3: amount is not unique, and line 6 of the document says that it is",
        ),
        ("code text UNIQUE", rule("unique", "code"), "pass [code]"),
        (
            "orbt_layer integer",
            rule("range", "orbt_layer", low="1", high="4"),
            "not applicable [orbt_layer]: the standard's own range is judged by its rule",
        ),
        (
            "orbt_layer integer",
            rule("range", "orbt_layer", low="0", high="5"),
            "not applicable [orbt_layer]: the standard's own range is judged by its rule",
        ),
        (
            "orbt_layer integer CHECK (orbt_layer BETWEEN 2 AND 4)",
            rule("range", "orbt_layer", low="2", high="4"),
            "pass [orbt_layer]",
        ),
        (
            "orbt_layer integer CHECK (orbt_layer BETWEEN 1 AND 3)",
            rule("range", "orbt_layer", low="1", high="3"),
            "pass [orbt_layer]",
        ),
        (
            "orbt_layer integer CHECK (orbt_layer > 0)",
            rule("positive", "orbt_layer"),
            "pass [orbt_layer]",
        ),
        (
            "amount integer CHECK (amount BETWEEN 1 AND 4)",
            rule("range", "amount", low="1", high="4"),
            "pass [amount]",
        ),
        (
            "heir_id text, amount integer",
            rule("range", "heir_id", low="1", high="4"),
            "not applicable [heir_id]: a range says nothing of text",
        ),
    ],
)
def test_a_documented_rule(columns: str, stated_rule: ValueRule, expected: str) -> None:
    assert stated(VALUES, columns, stated_rule) == [expected]


@pytest.mark.parametrize("type_", ["integer", "bigint", "numeric", "real", "money", "serial"])
def test_bounds_of_numbers_of_every_kind(type_: str) -> None:
    for bounds in (rule("positive", "amount"), rule("range", "amount", low="1", high="9")):
        (found,) = stated(VALUES, f"amount {type_}", bounds)
        assert found.startswith("[amount], line 3: ")


@pytest.mark.parametrize(("type_", "shown"), [("integer", "0"), ("numeric", "-0.99")])
def test_a_number_that_is_accepted_is_one_of_the_column(type_: str, shown: str) -> None:
    (found,) = stated(VALUES, f"amount {type_} CHECK (amount > -5)", rule("positive", "amount"))
    assert found == f"[amount], line 3: amount: {shown} is accepted{says('as it says')}"


def test_numbers_of_another_system() -> None:
    catalog = catalog_of("CREATE TABLE orders (amount SERIAL);", system="mysql")
    note = table_note("orders", rules=(rule("positive", "amount"),))
    mine = replace(note, system="mysql", name=catalog.tables[0].qualified)
    assert said(VALUES, catalog, document_of(mine)) == [
        f"LOW mysql ddl default.orders [amount], line 1: amount: 0 is accepted{says('as it says')}"
    ]


def test_several_rules_for_one_column_are_one_verdict() -> None:
    first = rule("values", "status", "Status: `a`, `b`", values=("a", "b"))
    second = rule("unique", "status", line=7)
    checked = "status text CHECK (status IN ('a', 'b'))"
    assert stated(VALUES, f"{checked} UNIQUE", first, second) == ["pass [status]"]
    assert stated(VALUES, checked, first, second) == [
        "[status], line 3: status is not unique, and line 7 of the document says that it is"
    ]
    assert stated(VALUES, "status text", first, second)[0].startswith("[status], line 3: nothing")
    number = rule("positive", "status")
    assert stated(VALUES, f"{checked} UNIQUE", number, first) == ["pass [status]"]
    assert stated(VALUES, checked, number, rule("range", "status", low="1", high="2")) == [
        "not applicable [status]: a positive says nothing of text"
    ]


@pytest.mark.parametrize(
    ("label", "columns", "column"),
    [
        ("status", "status text", "status"),
        ("task_types", "task_type text", "task_type"),
        ("priorities", "priority text", "priority"),
        ("statuses", "status text", "status"),
        ("itemcode", "item_code text", "item_code"),
        ("user_status", '"userStatus" text', "userStatus"),
        ("codes", "codes text, code text", "codes"),
    ],
)
def test_a_label_means_a_column(label: str, columns: str, column: str) -> None:
    found = stated(VALUES, columns, rule("unique", label))
    assert found == [
        f"[{column}], line 3: {column} is not unique, and line 6 of the document says that it is"
    ]


@pytest.mark.parametrize("label", ["weight", "stat", "statu", "cl"])
def test_a_label_that_means_no_column(label: str) -> None:
    found = stated(VALUES, "status text", rule("unique", label))
    assert found == ["not applicable: no document states a rule for a column"]


def test_the_standard_s_own_values_come_before_the_document_s() -> None:
    other = rule("values", "enforcement_level", values=("a", "b"))
    assert stated(VALUES, "enforcement_level text", other) == [
        "[enforcement_level], line 3: nothing checks enforcement_level"
    ]
    held = "enforcement_level text CHECK (enforcement_level IN ('STRICT', 'NONE'))"
    assert stated(VALUES, held, other) == ["pass [enforcement_level]"]
    assert stated(VALUES, held) == ["pass [enforcement_level]"]


def test_no_document_states_a_rule() -> None:
    nothing = ["not applicable: no document states a rule for a column"]
    for rule_id in (VALUES, FORMAT, NULLS):
        assert stated(rule_id, "code text") == nothing
    assert stated(VALUES, "code text", rule("required", "code")) == nothing
    assert stated(VALUES, "code text", heir("A-NN", "code")) == nothing
    assert stated(FORMAT, "code text", rule("required", "code")) == nothing
    assert stated(NULLS, "code text", rule("unique", "code")) == nothing


def test_a_long_rule_is_cut() -> None:
    told = "x" * 80
    for text, shown in ((told, told), (f"{told}y", f"{told[:77]}...")):
        (found,) = stated(NULLS, "code text", rule("required", "code", text))
        assert found == f"[code], line 3: code accepts NULL{says(shown)}"


def test_columns_that_must_be_there() -> None:
    rules = (rule("required", "code"), rule("required", "heir_id"), rule("required", "note"))
    assert stated(NULLS, "note text NOT NULL, heir_id text, code text", *rules) == [
        f"[code], line 3: code accepts NULL{says('as it says')}",
        "not applicable [heir_id]: a tracking column is judged by its rule",
        "pass [note]",
    ]


def heir(template: str, column: str = "heir_id") -> ValueRule:
    return rule("format", column, formats=(template,))


@pytest.mark.parametrize(
    ("columns", "stated_rules", "expected"),
    [
        (
            "heir_id text",
            (heir("HEIR-YYYY-MM-SYSTEM-MODE-NN"),),
            ["not applicable [heir_id]: the standard's own format is judged by its rule"],
        ),
        (
            "heir_id text",
            (heir("HEIR-YYYY-MM-USER-AUTH-NN"),),
            [f"[heir_id], line 3: nothing checks heir_id{says('as it says')}"],
        ),
        (
            "code text, created_by text, heir_id text",
            (
                heir("HEIR-YYYY-MM-SYSTEM-MODE-NN"),
                heir("A-NN", "code"),
                heir("HEIR-YYYY-MM-SYSTEM-MODE-NN", "created_by"),
            ),
            [
                f"[code], line 3: nothing checks code{says('as it says')}",
                f"[created_by], line 3: nothing checks created_by{says('as it says')}",
                "not applicable [heir_id]: the standard's own format is judged by its rule",
            ],
        ),
        ("code text CHECK (code ~ '^A-[0-9]{2}$')", (heir("A-NN", "code"),), ["pass [code]"]),
        ("code text CHECK (code ~ '^A-[0-9]{2}$')", (heir("A-VN", "code"),), ["pass [code]"]),
        (
            "code text CHECK (code ~ '^A-[0-9]{2}$')",
            (heir("A-NN", "code"), heir("B-NN", "code")),
            ["pass [code]"],
        ),
    ],
)
def test_documented_formats(
    columns: str, stated_rules: tuple[ValueRule, ...], expected: list[str]
) -> None:
    assert stated(FORMAT, columns, *stated_rules) == expected


def test_a_rule_that_cannot_be_followed_is_unknown() -> None:
    before = "CREATE FUNCTION f(text) RETURNS boolean LANGUAGE c AS 'f';\n"
    column = "code text CHECK (f(code))"
    (found,) = stated(VALUES, column, rule("non-empty", "code"), before=before)
    assert found.startswith("unknown MEDIUM postgresql [code]: ")
    email = catalog_of(f"{before}{STRICT}CREATE TABLE t (email text CHECK (f(email)));")
    (found,) = said("unenforced-email-format", email)
    assert found.startswith("unknown MEDIUM postgresql public.t [email]: ")


def without_triggers(catalog: Catalog) -> Catalog:
    return replace(catalog, tables=tuple(replace(t, triggers=None) for t in catalog.tables))


def test_a_source_without_triggers_leaves_open_what_they_might_do() -> None:
    silent = without_triggers(catalog_of(f"{STRICT}CREATE TABLE orders (code text, email text);"))
    document = document_of(table_note("orders", rules=(rule("non-empty", "code"),)))
    reason = "the source does not show triggers"
    assert said(VALUES, silent, document) == [
        f"unknown MEDIUM postgresql public.orders [code]: {reason}"
    ]
    assert said("unenforced-email-format", silent) == [
        f"unknown MEDIUM postgresql public.orders [email]: {reason}"
    ]
    assert said("disabled-trigger", silent) == [f"unknown HIGH postgresql public.orders: {reason}"]


# ---- formats, ranges and orders of the standard --------------------------------------------------


def strict(rule_id: str, columns: str, after: str = "") -> list[str]:
    return said(rule_id, catalog_of(f"{STRICT}CREATE TABLE t (id integer,\n{columns});\n{after}"))


MISSING = "not applicable public.t: the column is missing"


@pytest.mark.parametrize(
    ("rule_id", "columns", "expected"),
    [
        (HEIR, "x int", [MISSING]),
        ("unenforced-orbt-range", "x int", [MISSING]),
        ("unenforced-timestamp-order", "created_at timestamp", [MISSING]),
        ("unenforced-timestamp-order", "updated_at timestamp", [MISSING]),
        (HEIR, "heir_id text", ["HIGH postgresql ddl public.t, line 3: nothing checks heir_id"]),
        (
            "unenforced-orbt-range",
            "orbt_layer int CHECK (orbt_layer > 0)",
            ["MEDIUM postgresql ddl public.t, line 3: orbt_layer: 5 is accepted"],
        ),
        (
            "unenforced-orbt-range",
            "orbt_layer int CHECK (orbt_layer BETWEEN 1 AND 4)",
            ["pass public.t"],
        ),
        (
            "unenforced-timestamp-order",
            "created_at timestamp, updated_at timestamp",
            ["MEDIUM postgresql ddl public.t, line 3: nothing checks created_at and updated_at"],
        ),
        (
            "unenforced-timestamp-order",
            "created_at timestamp, updated_at timestamp, CHECK (updated_at >= created_at)",
            ["pass public.t"],
        ),
    ],
)
def test_what_a_strict_table_holds(rule_id: str, columns: str, expected: list[str]) -> None:
    assert strict(rule_id, columns) == expected


def test_the_order_of_times_is_asked_for_where_both_are() -> None:
    sql = f"{STRICT}CREATE TABLE t (created_at timestamp, updated_at timestamp);"
    rule_id = "unenforced-timestamp-order"
    assert said(rule_id, catalog_of(sql), standard="ctb-1.3") == [MISSING]


def test_every_email_column_of_text() -> None:
    columns = (
        "email integer, backup_email text[], email_address text, work_email varchar(80)"
        " CHECK (work_email ~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$'), mailbox text"
    )
    assert strict("unenforced-email-format", columns) == [
        "MEDIUM postgresql ddl public.t [email_address], line 3: nothing checks email_address",
        "pass public.t [work_email]",
    ]


def test_a_trigger_that_fails_to_check_is_its_own_finding() -> None:
    function = (
        "CREATE FUNCTION check_it() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "BEGIN IF NEW.heir_id !~ '^HEIR-' THEN RAISE NOTICE 'bad'; END IF; RETURN NEW; END $$;\n"
        "CREATE TRIGGER check_t BEFORE INSERT OR UPDATE ON t FOR EACH ROW"
        " EXECUTE FUNCTION check_it();"
    )
    columns = "heir_id text, process_id text"
    assert strict(HEIR, columns, function) == [
        "not applicable public.t: its trigger is judged by ineffective-trigger"
    ]
    assert strict("unenforced-process-format", columns, function) == [
        "MEDIUM postgresql ddl public.t, line 3: nothing checks process_id"
    ]


STANDARD = "-- ctb: enforcement=STANDARD\nCREATE TABLE t (orbt_layer integer {});"
ORBT = "unenforced-orbt-range"


@pytest.mark.parametrize(
    ("check", "stated_roles", "expected"),
    [
        ("", None, "not applicable public.t: no reference is among the sources"),
        ("", ("orbt_layer",), "pass public.t"),
        (
            "",
            (),
            "LOW postgresql ddl public.t, line 2: nothing checks orbt_layer, "
            "and no reference states the rule",
        ),
        ("CHECK (orbt_layer BETWEEN 1 AND 4)", None, "pass public.t"),
    ],
)
def test_below_strict_a_reference_may_state_the_rule(
    check: str, stated_roles: tuple[str, ...] | None, expected: str
) -> None:
    catalogs = [catalog_of(STANDARD.format(check))]
    if stated_roles is not None:
        catalogs.append(replace(document_of(), stated=stated_roles))
    assert said(ORBT, *catalogs) == [expected]


def test_what_is_unknown_stays_so_below_strict() -> None:
    silent = without_triggers(catalog_of(STANDARD.format("")))
    assert said(ORBT, silent, document_of()) == [
        "unknown LOW postgresql public.t: the source does not show triggers"
    ]


# ---- triggers and constraints that do not act ----------------------------------------------------

TRIGGERS = """
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TABLE t (id integer);
"""
FIRES = "CREATE TRIGGER {} BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION f();\n"


def test_triggers_that_do_not_fire() -> None:
    three = "".join(map(FIRES.format, ("a", "b", "c")))
    off = "ALTER TABLE t DISABLE TRIGGER b; ALTER TABLE t ENABLE REPLICA TRIGGER c;"
    assert said("disabled-trigger", catalog_of(TRIGGERS + three + off)) == [
        "HIGH postgresql ddl public.t [b], line 5: "
        "trigger b is disabled; trigger c fires on replicas only"
    ]
    assert said("disabled-trigger", catalog_of(TRIGGERS + three)) == ["pass public.t"]
    assert said("disabled-trigger", catalog_of(TRIGGERS)) == [
        "not applicable public.t: the table has no trigger"
    ]


CONSTRAINTS = "CREATE TABLE a (id integer PRIMARY KEY, code text UNIQUE, n integer NOT NULL);\n"


@pytest.mark.parametrize(
    ("added", "expected"),
    [
        ("", ["not applicable public.a: the table has no constraint of this kind"]),
        ("CHECK (n > 0)", ["pass public.a [c]"]),
        ("FOREIGN KEY (n) REFERENCES a (id)", ["pass public.a [c]"]),
        (
            "CHECK (n > 0) NOT VALID",
            ["MEDIUM postgresql ddl public.a [c], line 2: constraint c is not validated"],
        ),
        (
            "FOREIGN KEY (n) REFERENCES a (id) NOT VALID",
            ["MEDIUM postgresql ddl public.a [c], line 2: constraint c is not validated"],
        ),
    ],
)
def test_constraints_that_old_rows_may_break(added: str, expected: list[str]) -> None:
    sql = CONSTRAINTS + (f"ALTER TABLE a ADD CONSTRAINT c {added};" if added else "")
    assert said("unvalidated-constraint", catalog_of(sql)) == expected


@pytest.mark.parametrize(
    ("kind", "validated", "enforced", "expected"),
    [
        ("check", True, True, "pass t [c]"),
        ("check", False, True, "is not validated"),
        ("check", False, False, "is not enforced"),
        ("check", True, False, "is not enforced"),
        ("not null", True, True, "not applicable t: the table has no constraint of this kind"),
        ("not null", False, True, "is not validated"),
        ("not null", True, False, "is not enforced"),
        ("unique", False, True, "not applicable t: the table has no constraint of this kind"),
    ],
)
def test_constraints_of_newer_servers(
    kind: str, validated: bool, enforced: bool, expected: str
) -> None:
    constraint = Constraint(kind, "c", ("id",), validated=validated, enforced=enforced)  # type: ignore[arg-type]
    table = Table("postgresql", "public", "t", constraints=(constraint,))
    (found,) = said("unvalidated-constraint", Catalog(surface="live", tables=(table,)))
    if expected.startswith("is"):
        assert found == f"MEDIUM postgresql live public.t [c]: constraint c {expected}"
    else:
        assert found.replace("public.", "") == expected
    own = replace(table, constraints=(replace(constraint, inherited=True),))
    assert said("unvalidated-constraint", Catalog(surface="live", tables=(own,))) == [
        "not applicable public.t: the table has no constraint of this kind"
    ]
