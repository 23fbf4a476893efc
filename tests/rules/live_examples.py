"""Examples that a server runs: what only a live database and its rows can show."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg

from ctb_audit.audit import AuditSettings, project_of
from ctb_audit.config import config_from_text
from ctb_audit.judge import questions
from ctb_audit.project import Project
from ctb_audit.scratch import ScratchServer
from ctb_audit.sources.load import LoadOptions, load_all
from ctb_audit.sources.postgres import Limits, LiveSessions
from ctb_audit.standard import Example

LIMITS = Limits(seconds=20)


def live_project(rule_id: str, example: Example, server: ScratchServer, folder: Path) -> Project:
    """The example's SQL on a server and its files on disk, with what one rule asks of the rows."""
    config = replace(config_from_text(example.config, folder), select=(rule_id,))
    files = dict(example.files)
    if example.document:
        files["reference.md"] = example.document
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    with server.database() as url, LiveSessions() as sessions:
        with psycopg.connect(url, autocommit=True) as session:
            session.execute(example.sql.encode())
        arguments = [url, *([str(folder)] if files else [])]
        loaded = load_all(arguments, LoadOptions(root=folder, read_live=sessions.read))
        settings = AuditSettings(today=date(2026, 11, 22))
        project = project_of(loaded.catalogs, config, settings)
        facts = sessions.answer(questions(project), LIMITS)
        return replace(project, facts=facts)
