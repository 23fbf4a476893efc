from pathlib import Path

import pytest

from ctb_audit.errors import LogError, UsageError
from ctb_audit.log import open_log


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/root/.ctb/compliance.db"),
        ("sqlite:///audits/log.db", "/root/audits/log.db"),
        ("sqlite:////var/log/ctb.db", "/var/log/ctb.db"),
        ("sqlite:///a%20b.db", "/root/a b.db"),
        ("audits.db", "/root/audits.db"),
        ("/var/log/ctb.db", "/var/log/ctb.db"),
    ],
)
def test_sqlite_urls_and_paths(url: str, path: str) -> None:
    assert open_log(url, root=Path("/root")).location == path


@pytest.mark.parametrize("url", ["sqlite://log.db", "sqlite:///", "sqlite:///log.db?mode=ro"])
def test_a_malformed_sqlite_url_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="not a SQLite URL; write sqlite:///relative"):
        open_log(url, root=Path("/root"))


def test_another_scheme_is_refused_without_its_password() -> None:
    with pytest.raises(UsageError) as caught:
        open_log("mysql://me:s3cret@host/db", root=Path("/"))
    assert str(caught.value).startswith("log mysql://...: no such kind of log")


def test_env_reads_the_named_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_LOG", "postgres://me:s3cret@localhost/audits")
    assert open_log("env:AUDIT_LOG", root=Path("/")).location == "postgresql://me@localhost/audits"
    monkeypatch.delenv("AUDIT_LOG")
    with pytest.raises(LogError, match="log env:AUDIT_LOG: the variable is not set"):
        open_log("env:AUDIT_LOG", root=Path("/"))
