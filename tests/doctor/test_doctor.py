"""`ctb doctor` shows what is there, where settings come from, and no password."""

import json
from collections.abc import Callable
from pathlib import Path

Ctb = Callable[..., tuple[int, str, str]]


def test_values_carry_their_origin_and_no_password(ctb: Ctb, tmp_path: Path) -> None:
    (tmp_path / "ctb.toml").write_text(
        'fail_under = 80\nlog = "postgresql://ann:hunter2@db.example.org/audit"\n'
    )
    code, out, _ = ctb("doctor", "--json")
    said = {row["name"]: row for row in json.loads(out)["configuration"]}
    assert code == 0
    assert (said["fail_under"]["value"], said["fail_under"]["note"]) == ("80", "ctb.toml")
    assert said["min_coverage"]["note"] == "default"
    assert said["log"]["value"] == "postgresql://ann@db.example.org/audit"
    assert "hunter2" not in out


def test_versions_and_servers_are_listed_without_a_configuration(ctb: Ctb, tmp_path: Path) -> None:
    code, out, _ = ctb("doctor")
    assert code == 0
    assert "sqlglot" in out
    assert "PostgreSQL" in out
    assert ".ctb/compliance.db  (default)" in out
    assert list(tmp_path.iterdir()) == []


def test_a_broken_configuration_is_an_error(ctb: Ctb, tmp_path: Path) -> None:
    (tmp_path / "ctb.toml").write_text("fail_undr = 80\n")
    code, _, err = ctb("doctor")
    assert code == 2
    assert "fail_under" in err
