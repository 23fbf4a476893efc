import pytest

from ctb_audit.model import Declaration, InlineWaiver, Location
from ctb_audit.sources.ddl.annotations import Annotations, above, from_comment, misplaced
from ctb_audit.sources.ddl.lexis import lexis
from ctb_audit.sources.ddl.split import split


def read(comments: str) -> Annotations:
    (statement,) = split(f"{comments}\nCREATE TABLE t (a int);")
    return above(statement, "a.sql")


def test_a_declaration_holds_every_key() -> None:
    found = read(
        "-- ctb: table=BART-SHQ-USERS-V1 heir=HEIR-2025-10-USER-AUTH-01 enforcement=strict orbt=3"
        ' purpose="user \\"accounts\\"" status=Planned stamped=no'
    )
    assert found == Annotations(
        declarations=(
            Declaration(
                source="annotation",
                table_id="BART-SHQ-USERS-V1",
                heir_id="HEIR-2025-10-USER-AUTH-01",
                level="STRICT",
                orbt=3,
                purpose='user "accounts"',
                stamped=False,
                status="Planned",
                location=Location("a.sql", 1, 4),
            ),
        )
    )


def test_a_waiver_names_rule_requirement_owner_date_and_reason() -> None:
    found = read(
        "-- head\n\n  -- ctb: ignore[unindexed-foreign-key:a,b] owner=data-team until=2027-03-31"
        ' reason="12 rows"\r\n-- tail\n'
    )
    assert found.waivers == (
        InlineWaiver(
            rule="unindexed-foreign-key",
            requirement="a,b",
            owner="data-team",
            until="2027-03-31",
            reason="12 rows",
            location=Location("a.sql", 3, 6),
        ),
    )
    assert not found.mistakes


def test_several_annotations_stand_above_one_statement() -> None:
    found = read(
        "-- ctb: orbt=1, enforcement='NONE'\n-- ctb: ignore[a-b] owner=x until=2026-01-01 reason=r"
    )
    assert [d.level for d in found.declarations] == ["NONE"]
    assert [w.rule for w in found.waivers] == ["a-b"]


@pytest.mark.parametrize(
    "comments",
    [
        "-- CTB: the Christmas Tree Backbone's own tables",
        "/* \n-- ctb: enforcement=STRIKT\n*/",
        "-- see ctb: nothing",
        "-- plain",
    ],
)
def test_prose_is_no_annotation(comments: str) -> None:
    assert read(comments) == Annotations()


def test_other_letters_count_where_a_key_follows() -> None:
    assert read("-- CTB: enforcement=RELAXED").declarations[0].level == "RELAXED"


@pytest.mark.parametrize(
    ("annotation", "problem", "step"),
    [
        ("enforcment=STRICT", "unknown key enforcment", "did you mean enforcement?"),
        ("xyzzy=1", "unknown key xyzzy", "use one of table, heir"),
        ("enforcement=STRIKT", "no enforcement level", "did you mean STRICT?"),
        ("orbt=5", "no ORBT layer", "use 1, 2, 3 or 4"),
        ("stamped=maybe", "neither yes nor no", "use yes or no"),
        ("orbt=1 orbt=2", "given twice", "keep one"),
        ("purpose=user accounts", "cannot read 'accounts'", "key=value"),
        ('purpose=""', "purpose is empty", "leave it out"),
        ("", "without a key", "use one of"),
        ("ignore[] owner=a until=2026-01-01 reason=b", "names one rule", "ignore[rule]"),
        ("ignore[a,b] owner=a until=2026-01-01 reason=b", "names one rule", "ignore[rule]"),
        ("ignore owner=a", "names one rule", "ignore[rule]"),
        ("ignore[a-b] until=2026-01-01", "lacks owner, reason", "owner=.."),
        ("ignore[a-b] owner=a reason=b until=soon", "no date", "YYYY-MM-DD"),
        ("ignore[a-b] owner=a reason=b untill=2026-01-01", "unknown key untill", "until?"),
    ],
)
def test_what_cannot_be_read_is_a_mistake(annotation: str, problem: str, step: str) -> None:
    found = read(f"-- ctb: {annotation}")
    assert not found.declarations and not found.waivers
    (mistake,) = found.mistakes
    assert problem in mistake.problem
    assert step in mistake.step
    assert mistake.location == ("a.sql", 1, 4)


def test_a_comment_declares_where_it_starts_so() -> None:
    place = Location("a.sql", 3)
    found = from_comment("ctb: enforcement=STRICT\n  orbt=2", place)
    assert found.declarations == (
        Declaration(source="comment", level="STRICT", orbt=2, location=place),
    )
    assert from_comment("Users: everybody", place) == Annotations()
    assert from_comment("ctb: levl=STRICT", place).mistakes[0].location == place


def test_misplaced_annotations_are_found_outside_quotes_only() -> None:
    text = (
        "CREATE TABLE t (a int, -- ctb: ignore[x]\n b text DEFAULT '-- ctb: orbt=1',\n"
        " c text DEFAULT $$\n-- ctb: orbt=1\n$$ /* -- ctb: orbt=1 */)"
    )
    assert [text[at : at + 13] for at in misplaced(text, lexis("postgresql"))] == ["-- ctb: ignor"]
