"""ctb-audit: audits how far an organisation's schemas keep its own standard."""

__version__ = "0.1.0"
