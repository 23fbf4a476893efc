"""The committed remediation of the example: written anew, applied with psql, audited, undone."""

import subprocess
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from ctb_audit.audit import audit_catalogs
from ctb_audit.cli.sources import configured_sources
from ctb_audit.compare import compare
from ctb_audit.config import load_config
from ctb_audit.remedy.apply import applied
from ctb_audit.remedy.layouts import files_of
from ctb_audit.remedy.load import load as create
from ctb_audit.remedy.plan import Wanted, plan_remedies
from ctb_audit.remedy.present import carry, present_catalog
from ctb_audit.remedy.script import scripts_of
from ctb_audit.remedy.trial import session_of
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.load import LoadOptions, load
from ctb_audit.sources.postgres import read_live
from tests.remedy.conftest import SETTINGS

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
WRITTEN = EXAMPLES / "imo-creator-remediated" / "migrations"
MECHANICAL = {
    *("missing-tracking-column", "nullable-tracking-column", "wrong-tracking-type"),
    *("missing-tracking-default", "non-unique-heir-id", "unenforced-heir-format"),
    *("unenforced-process-format", "unenforced-orbt-range", "unenforced-blueprint-version"),
    *("unenforced-timestamp-order", "unenforced-email-format", "unenforced-score-range"),
    *("unenforced-documented-values", "unenforced-documented-format", "missing-update-trigger"),
    *("unindexed-foreign-key", "unindexed-heir-id", "unindexed-timestamp", "missing-foreign-key"),
}


def psql(server: ScratchServer, url: str, path: Path) -> None:
    assert server.binaries is not None
    command = [str(server.binaries.folder / "psql"), "-X", "-q", "-f", str(path), url]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f"{path.name}: {done.stderr}"


def test_the_committed_remediation_is_what_the_product_writes() -> None:
    config = load_config(cwd=EXAMPLES / "imo-creator")
    catalogs = load(configured_sources(config), LoadOptions(root=config.root))
    plan = plan_remedies(catalogs, config, SETTINGS, Wanted(unasked=True))
    files = files_of("psql", scripts_of(plan), datetime(2026, 11, 22, tzinfo=UTC))
    written = {path.name: path.read_text() for path in WRITTEN.iterdir()}
    assert {f.path: f.text for f in files} == written, (
        "run `ctb remediate --force --no-log --today 2026-11-22"
        " --output-dir ../imo-creator-remediated/migrations` in examples/imo-creator"
    )


def test_applied_with_psql_everything_mechanical_is_gone(server: ScratchServer) -> None:
    config = load_config(cwd=EXAMPLES / "imo-creator")
    catalogs = load(configured_sources(config), LoadOptions(root=config.root))
    before = audit_catalogs(catalogs, config, SETTINGS)
    with server.database() as url:
        with session_of(url) as session:
            assert create(session, present_catalog(catalogs)) == ()
        base = read_live(url)
        for path in sorted(WRITTEN.glob("*.up.sql")):
            psql(server, url, path)
        for path in sorted(WRITTEN.glob("*.verify.sql")):
            psql(server, url, path)
        followed = applied(
            catalogs, plan_remedies(catalogs, config, SETTINGS, Wanted(unasked=True)).changes
        )
        after = audit_catalogs(carry(read_live(url), followed), config, SETTINGS)
        for path in sorted(WRITTEN.glob("*.down.sql"), reverse=True):
            psql(server, url, path)
        assert compare(base, read_live(url)) == ()
    found = Counter(f.rule for f in after.findings if f.system == "postgresql" and f.table_level)
    assert MECHANICAL & set(found) == set()
    assert before.score is not None and after.score is not None
    assert after.score >= before.score + 5
