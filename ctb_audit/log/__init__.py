"""The compliance log: one row for each `tag`, `audit` or `remediate` (STANDARD section 10)."""

from ctb_audit.log.entry import Log, LogEntry, LogFilter, LogRow, Written
from ctb_audit.log.location import DEFAULT_LOG, open_log

__all__ = ["DEFAULT_LOG", "Log", "LogEntry", "LogFilter", "LogRow", "Written", "open_log"]
