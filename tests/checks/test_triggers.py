"""Triggers by what they do, verdict by verdict (STANDARD sections 3 and 5)."""

from dataclasses import replace

import pytest

from tests.checks.judging import catalog_of, said

UPDATE, INEFFECTIVE = "missing-update-trigger", "ineffective-trigger"
TOUCH = """CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN NEW.updated_at := now(); RETURN NEW; END $$;"""
TABLE = "CREATE TABLE t (id int,\nupdated_at timestamptz);"


def function(name: str, body: str) -> str:
    start = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
    return f"{start} $$ BEGIN {body} END $$;"


def trigger(calls: str, when: str = "BEFORE UPDATE", name: str = "a", each: str = "ROW") -> str:
    return f"CREATE TRIGGER {name} {when} ON t FOR EACH {each} EXECUTE FUNCTION {calls}();"


def judged(rule: str, *parts: str, table: str = TABLE) -> list[str]:
    return said(rule, catalog_of("\n".join((table, *parts))))


KEPT = ["pass public.t"]
NOT_KEPT = [
    "MEDIUM postgresql ddl public.t, line 2: no BEFORE UPDATE trigger keeps updated_at",
]
ELSEWHERE = ["not applicable public.t: its trigger is judged by ineffective-trigger"]


def broken(fault: str, name: str = "a", line: int = 3) -> list[str]:
    return [f"HIGH postgresql ddl public.t [{name}], line {line}: trigger {name} {fault}"]


def both(*parts: str, table: str = TABLE) -> tuple[list[str], list[str]]:
    return judged(UPDATE, *parts, table=table), judged(INEFFECTIVE, *parts, table=table)


def test_a_trigger_that_keeps_the_time() -> None:
    assert both(trigger("touch"), TOUCH) == (KEPT, KEPT)
    assert both(trigger("touch", "BEFORE INSERT OR UPDATE"), TOUCH) == (KEPT, KEPT)


def test_without_a_trigger() -> None:
    none = ["not applicable public.t: the table has no active trigger"]
    assert both() == (NOT_KEPT, none)
    assert both(trigger("touch"), TOUCH, "ALTER TABLE t DISABLE TRIGGER a;") == (NOT_KEPT, none)
    assert judged(UPDATE, table="CREATE TABLE t (id int);") == [
        "not applicable public.t: the column is missing"
    ]


def test_a_trigger_for_something_else() -> None:
    log = function("log", "INSERT INTO changes VALUES (1); RETURN NEW;")
    changes = "CREATE TABLE changes (id int);"
    found = both(trigger("log", "AFTER UPDATE"), log, changes)
    assert (found[0][0], found[1][0]) == (NOT_KEPT[0], KEPT[0])
    insert = trigger("touch", "BEFORE INSERT")
    assert both(insert, TOUCH) == (NOT_KEPT, KEPT)


def test_the_first_trigger_may_be_switched_off() -> None:
    off = "ALTER TABLE t DISABLE TRIGGER a;"
    idle = function("idle", "RETURN NEW;")
    nothing = "neither changes the row nor rejects it nor writes anything"
    parts = (trigger("touch"), trigger("idle", name="b"), TOUCH, idle, off)
    assert both(*parts) == (NOT_KEPT, broken(nothing, "b", 4))


NO_BEFORE = "is no BEFORE UPDATE row trigger"
LATE: list[tuple[str, str, str]] = [
    ("AFTER UPDATE", "ROW", f"does not keep updated_at: trigger a {NO_BEFORE}"),
    ("BEFORE UPDATE", "STATEMENT", f"does not keep updated_at: trigger a {NO_BEFORE}"),
    ("AFTER INSERT", "ROW", "assigns updated_at when the row is already written"),
]


@pytest.mark.parametrize(("when", "each", "fault"), LATE)
def test_an_assignment_that_comes_too_late(when: str, each: str, fault: str) -> None:
    update, ineffective = both(trigger("touch", when, each=each), TOUCH)
    assert ineffective == broken(fault)
    assert update == (NOT_KEPT if when == "AFTER INSERT" else ELSEWHERE)


def test_a_trigger_that_is_idle_beside_one_that_keeps_the_time() -> None:
    late = trigger("touch", "AFTER UPDATE", "z")
    told = broken("assigns updated_at when the row is already written", "z", 4)
    assert both(trigger("touch"), late, TOUCH) == (KEPT, told)


def test_what_does_nothing() -> None:
    nothing = "neither changes the row nor rejects it nor writes anything"
    warns = function("warn", "IF NEW.id < 0 THEN RAISE WARNING 'low'; END IF; RETURN NEW;")
    assert both(trigger("warn"), warns) == (NOT_KEPT, broken(nothing))
    two = (trigger("warn"), trigger("warn", name="b"), warns)
    assert judged(INEFFECTIVE, *two) == [f"{broken(nothing)[0]}; trigger b {nothing}"]


def test_a_column_that_the_table_lacks() -> None:
    wrong = function("wrong", "NEW.changed_at := now(); NEW.changed_by := ''; RETURN NEW;")
    told = broken("assigns changed_at, changed_by, which the table lacks")
    assert both(trigger("wrong"), wrong) == (ELSEWHERE, told)
    assert both(trigger("wrong", "BEFORE INSERT"), wrong) == (NOT_KEPT, told)


def test_a_function_that_nothing_defines() -> None:
    told = broken("calls public.somebody_elses, which no source defines")
    assert both(trigger("somebody_elses")) == (ELSEWHERE, told)
    assert both(trigger("somebody_elses", "BEFORE INSERT")) == (NOT_KEPT, told)
    live = said(INEFFECTIVE, catalog_of(f"{TABLE}\n{trigger('somebody_elses')}", "live"))
    assert [line.partition(": ")[0] for line in live] == ["unknown HIGH postgresql public.t"]


BUILT_IN = [
    *("autoinc", "insert_username", "lo_manage", "check_primary_key", "check_foreign_key"),
    *("suppress_redundant_updates_trigger", "tsvector_update_trigger"),
    *("tsvector_update_trigger_column", "unique_key_recheck"),
]


@pytest.mark.parametrize("name", BUILT_IN)
def test_functions_of_the_server(name: str) -> None:
    assert both(trigger(name)) == (NOT_KEPT, KEPT)


def test_moddatetime_keeps_the_time() -> None:
    keeping = "CREATE TRIGGER a BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION"
    assert both(f"{keeping} moddatetime(updated_at);") == (KEPT, KEPT)
    assert both(f"{keeping} moddatetime(id);")[0] == NOT_KEPT


def test_a_function_that_cannot_be_read() -> None:
    foreign = "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpython3u AS $$ 1 $$;"
    update, ineffective = both(trigger("f"), foreign)
    assert [line.partition(": ")[0] for line in update] == ["unknown MEDIUM postgresql public.t"]
    (told,) = ineffective
    assert told.startswith("unknown HIGH postgresql public.t: trigger a: ")
    assert len(told) > len("unknown HIGH postgresql public.t: trigger a: ")
    certain = (trigger("f"), trigger("warn", name="b"), foreign, function("warn", "RETURN NEW;"))
    nothing = "neither changes the row nor rejects it nor writes anything"
    assert judged(INEFFECTIVE, *certain) == broken(nothing, "b", 4)


def test_triggers_that_a_source_does_not_show() -> None:
    catalog = catalog_of(TABLE)
    silent = replace(catalog, tables=(replace(catalog.tables[0], triggers=None),))
    for rule, severity in ((UPDATE, "MEDIUM"), (INEFFECTIVE, "HIGH")):
        assert said(rule, silent) == [
            f"unknown {severity} postgresql public.t: the source does not show triggers"
        ]
