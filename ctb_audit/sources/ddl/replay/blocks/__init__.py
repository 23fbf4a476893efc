"""DO blocks, run over the catalog that was replayed so far."""
