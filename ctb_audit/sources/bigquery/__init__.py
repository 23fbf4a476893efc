"""Live BigQuery: datasets, tables and views through its API. No query is run: nothing is billed."""

from ctb_audit.sources.bigquery.read import read_bigquery

__all__ = ["read_bigquery"]
