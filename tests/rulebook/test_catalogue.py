from ctb_audit import resources
from ctb_audit.report.catalogue import catalogue_markdown, severities
from ctb_audit.rulebook import load_standard, standard_ids
from ctb_audit.rulebook.files import built_in


def test_the_committed_catalogue_is_up_to_date() -> None:
    made = catalogue_markdown(*map(load_standard, standard_ids()))
    committed = resources.resource_text("rules/README.md")
    assert committed == made, "run: make docs"


def test_the_catalogue_lists_every_rule_once() -> None:
    made = catalogue_markdown(*map(load_standard, standard_ids()))
    for rule_id, raw in built_in().rules.items():
        assert made.count(f"[`{rule_id}`]({raw['topic']}/{rule_id}.toml)") == 1


def test_one_standard_needs_no_column_of_standards() -> None:
    made = catalogue_markdown(load_standard("ctb-1.0"))
    assert "| rule | finds | severity | key | clause |\n" in made
    assert "missing-id-registry" not in made


def test_severities_are_given_level_by_level() -> None:
    rules = load_standard().rules
    assert severities(rules["non-unique-heir-id"]).endswith(", -, -")
    assert severities(rules["missing-primary-key"]).startswith("HIGH, ")
