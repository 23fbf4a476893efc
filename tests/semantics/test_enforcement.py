"""What the database enforces, however it is written."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ctb_audit.model import (
    Argument,
    Column,
    Constraint,
    Function,
    Name,
    Table,
    Trigger,
    Type,
    UserType,
)
from ctb_audit.semantics.answers import Answer, Holds, Missing, Unsure
from ctb_audit.semantics.enforcement import (
    enforces_email,
    enforces_format,
    enforces_order,
    enforces_range,
    enforces_values,
)

HEIR = r"^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$"
VARCHAR = Type("character varying", "text", (50,))
TEXT = Type("text", "text")
INTEGER = Type("integer", "integer")
MOMENT = Type("timestamp with time zone", "timestamp")
TYPES = {
    Name("public", "heir"): UserType(
        "public",
        "heir",
        "domain",
        base=TEXT,
        constraints=(Constraint("check", "heir_check", expression=f"VALUE ~ '{HEIR}'"),),
    ),
    Name("public", "state"): UserType("public", "state", "enum", labels=("open", "done")),
}
Functions = Mapping[Name, tuple[Function, ...]]


def table(
    *checks: str,
    triggers: tuple[Trigger, ...] = (),
    constraints: tuple[Constraint, ...] = (),
    heir: Type = VARCHAR,
    status: Type = VARCHAR,
) -> Table:
    columns = (
        Column("heir_id", heir),
        Column("email", VARCHAR),
        Column("orbt_layer", INTEGER),
        Column("status", status),
        Column("created_at", MOMENT),
        Column("updated_at", MOMENT),
    )
    written = tuple(
        Constraint("check", f"check_{at}", expression=text) for at, text in enumerate(checks)
    )
    return Table(
        "postgresql",
        "public",
        "users",
        columns=columns,
        constraints=written + constraints,
        triggers=triggers,
    )


def validator(body: str) -> Functions:
    name = Name("public", "validate")
    function = Function(
        "public", "validate", returns=Type("trigger", "pseudo"), language="plpgsql", body=body
    )
    return {name: (function,)}


def fired(*events: str, **changes: object) -> tuple[Trigger, ...]:
    given: dict[str, object] = {
        "name": "validate_row",
        "timing": "before",
        "events": events or ("insert", "update"),
        "function": Name("public", "validate"),
        "row": True,
    }
    return (Trigger(**(given | changes)),)  # type: ignore[arg-type]


def format_of(subject: Table, functions: Functions | None = None) -> Answer:
    return enforces_format(subject, functions or {}, TYPES, "heir_id", HEIR)


RAISES = validator(
    f"BEGIN IF NEW.heir_id !~ '{HEIR}' THEN RAISE EXCEPTION 'bad: %', NEW.heir_id; END IF;"
    " RETURN NEW; END"
)
INLINE = {
    Name("public", "is_heir"): (
        Function(
            "public",
            "is_heir",
            (Argument(TEXT, "value"),),
            returns=Type("boolean", "boolean"),
            language="sql",
            body=f"SELECT value ~ '{HEIR}';",
        ),
    )
}


@pytest.mark.parametrize(
    "check",
    [
        f"heir_id ~ '{HEIR}'",
        f"(heir_id)::text ~ '{HEIR}'::text",
        f"heir_id IS NOT NULL AND heir_id ~ '{HEIR}'",
        f"NOT (heir_id !~ '{HEIR}')",
        f"(heir_id !~ '{HEIR}') IS NOT TRUE",
        f"CASE WHEN heir_id ~ '{HEIR}' THEN true ELSE false END",
        r"heir_id ~ '^HEIR-[0-9]{4}-[0-9]{2}-[[:upper:]]+-[A-Z]+-[0-9]{2}$'",
        r"heir_id ~ '^HEIR-20\d\d-(0[1-9]|1[0-2])-[A-Z]+-[A-Z]+-\d{2}$'",  # stricter
        r"heir_id ~ '^HEIR-\d{4}-\d{2}-USER-AUTH-\d{2}$'",
        f"heir_id ~ '{HEIR}' AND length(heir_id) <= 50",
        f"regexp_like(heir_id, '{HEIR}')",
        f"coalesce(heir_id, '') ~ '{HEIR}'",
    ],
)
def test_checks_that_hold_the_format(check: str) -> None:
    assert format_of(table(check)) == Holds("check_0")


@pytest.mark.parametrize(
    "check",
    [
        "heir_id ~ '^HEIR-'",
        r"heir_id ~ 'HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}'",
        r"heir_id ~ '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}'",
        r"heir_id ~ 'HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'",
        r"heir_id ~* '^HEIR-\d{4}-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'",
        r"heir_id ~ '^HEIR-\d+-\d{2}-[A-Z]+-[A-Z]+-\d{2}$'",
        "heir_id LIKE 'HEIR-%'",
        "length(heir_id) > 10",
        f"heir_id ~ '{HEIR}' OR heir_id = 'LEGACY'",
        f"heir_id ~ '{HEIR}' OR status = 'legacy'",
        f"NOT (heir_id ~ '{HEIR}')",
        "true",
    ],
)
def test_looser_checks_do_not(check: str) -> None:
    assert isinstance(format_of(table(check)), Missing)


def test_what_cannot_be_judged_is_unsure() -> None:
    assert isinstance(format_of(table("is_heir(heir_id)")), Unsure)
    assert isinstance(format_of(table(r"heir_id ~ '^(.)\1'")), Unsure)


def test_functions_of_one_expression_are_looked_into() -> None:
    assert format_of(table("is_heir(heir_id)"), INLINE) == Holds("check_0")
    assert format_of(table("public.is_heir((heir_id)::text)"), INLINE) == Holds("check_0")


def test_constraints_that_do_not_count() -> None:
    counts = Constraint("check", "c", expression=f"heir_id ~ '{HEIR}'")
    for constraint in (replace(counts, validated=False), replace(counts, enforced=False)):
        assert isinstance(format_of(table(constraints=(constraint,))), Missing)


def test_domains_hold_formats() -> None:
    assert format_of(table(heir=Type("public.heir", "domain"))) == Holds("domain heir")


def test_triggers_hold_formats() -> None:
    assert format_of(table(triggers=fired()), RAISES) == Holds("validate_row")
    assert format_of(table(triggers=fired(columns=("heir_id",))), RAISES) == Holds("validate_row")
    when = "NEW.heir_id IS DISTINCT FROM OLD.heir_id"
    assert isinstance(format_of(table(triggers=fired("update", when=when)), RAISES), Missing)
    assert format_of(table(triggers=fired(timing="after")), RAISES) == Holds("validate_row")


@pytest.mark.parametrize(
    "triggers",
    [
        fired("insert"),
        fired("update"),
        fired(enabled="disabled"),
        fired(columns=("email",)),
        fired(row=False),
        fired(when="NEW.status = 'strict'"),
    ],
)
def test_triggers_that_do_not_always_fire(triggers: tuple[Trigger, ...]) -> None:
    assert isinstance(format_of(table(triggers=triggers), RAISES), Missing)


def test_a_trigger_without_its_function_is_unsure() -> None:
    assert isinstance(format_of(table(triggers=fired())), Unsure)


def test_a_trigger_that_corrects_holds_with_a_check() -> None:
    upper = validator("BEGIN NEW.status := lower(NEW.status); RETURN NEW; END")
    subject = table("status IN ('open', 'done')", triggers=fired())
    assert enforces_values(subject, upper, {}, "status", ("open", "done")) == Holds("check_0")


def test_no_column_and_nothing_there() -> None:
    assert format_of(table()) == Missing("nothing checks heir_id")
    answer = enforces_range(table(), {}, {}, "missing", low=1, high=4)
    assert answer == Missing("there is no column missing")


@pytest.mark.parametrize(
    "check",
    [
        "orbt_layer BETWEEN 1 AND 4",
        "orbt_layer >= 1 AND orbt_layer <= 4",
        "orbt_layer > 0 AND orbt_layer < 5",
        "orbt_layer IN (1, 2, 3, 4)",
        "orbt_layer = ANY (ARRAY[1, 2, 3, 4])",
        "orbt_layer = ANY ('{1,2,3,4}'::int[])",
        "NOT (orbt_layer < 1 OR orbt_layer > 4)",
        "orbt_layer IN (1, 2)",
        "(orbt_layer)::numeric BETWEEN 1.0 AND 4.0",
    ],
)
def test_ranges_that_hold(check: str) -> None:
    assert enforces_range(table(check), {}, {}, "orbt_layer", low=1, high=4) == Holds("check_0")


@pytest.mark.parametrize(
    ("check", "accepted"),
    [
        ("orbt_layer >= 1", "5 is accepted"),
        ("orbt_layer <= 4", "0 is accepted"),
        ("orbt_layer BETWEEN 0 AND 4", "0 is accepted"),
        ("orbt_layer BETWEEN 1 AND 5", "5 is accepted"),
        ("orbt_layer BETWEEN 1 AND 4 OR orbt_layer = 99", "99 is accepted"),
    ],
)
def test_ranges_that_do_not(check: str, accepted: str) -> None:
    assert enforces_range(table(check), {}, {}, "orbt_layer", low=1, high=4) == Missing(accepted)


def test_values() -> None:
    def ask(subject: Table) -> Answer:
        return enforces_values(subject, {}, TYPES, "status", ("open", "done"))

    assert ask(table("status IN ('open', 'done')")) == Holds("check_0")
    assert ask(table("status = 'open' OR status = 'done'")) == Holds("check_0")
    assert ask(table("status ~ '^(open|done)$'")) == Holds("check_0")
    assert ask(table("status IN ('open', 'done', 'late')")) == Missing("'late' is accepted")
    assert isinstance(ask(table("lower(status) IN ('open', 'done')")), Missing)
    assert ask(table(status=Type("public.state", "enum"))) == Holds("type state")
    lookup = Constraint(
        "foreign key", "fk", ("status",), target=Name("public", "states"), target_columns=("id",)
    )
    assert ask(table(constraints=(lookup,))) == Holds("fk")
    narrower = enforces_values(
        table(status=Type("public.state", "enum")), {}, TYPES, "status", ("open",)
    )
    assert narrower == Missing("'done' is accepted")


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        ("updated_at >= created_at", True),
        ("created_at <= updated_at", True),
        ("NOT (created_at > updated_at)", True),
        ("updated_at IS NULL OR updated_at >= created_at", True),
        ("updated_at - created_at >= interval '0 seconds'", True),
        ("updated_at <= created_at", False),
        ("updated_at >= created_at - interval '1 day'", False),
        ("updated_at IS NOT NULL AND created_at IS NOT NULL", False),
    ],
)
def test_order(check: str, holds: bool) -> None:
    answer = enforces_order(table(check), {}, {}, "updated_at", "created_at")
    assert isinstance(answer, Holds) is holds, answer


@pytest.mark.parametrize(
    ("check", "holds"),
    [
        (r"email ~* '^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}$'", True),
        (r"email ~ '^[^@\s]+@[^@\s]+$'", True),
        ("email LIKE '%_@_%' AND email NOT LIKE '% %' AND email NOT LIKE '%@%@%'", True),
        ("email LIKE '%@%'", False),
        ("position('@' IN email) > 0", False),
        ("email <> ''", False),
    ],
)
def test_email(check: str, holds: bool) -> None:
    answer = enforces_email(table(check), {}, {}, "email")
    assert isinstance(answer, Holds) is holds, answer
